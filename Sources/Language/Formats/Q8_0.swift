package import Tensors

/// ggml's 8-bit blocks: 32 values, a half-precision scale before the integers.
package struct Q8_0: QuantizedType {
    package var name: String { "Q8_0" }
    package var code: UInt32 { 8 }
    package var blockSize: Int { 32 }
    package var blockBytes: Int { 34 }
    package var alignment: Int { 1 }
    package var activation: ActivationType { .q8_0 }

    package init() {}

    package func dequantize(_ source: Buffer<UInt8>, into target: Buffer<Float>) {
        Kernel.dequantize(source, as: .q8_0, into: target)
    }

    package func quantize(_ source: Buffer<Float>, into target: Buffer<UInt8>) -> Bool {
        Kernel.quantize(source, as: .q8_0, into: target)
        return true
    }

    package func multiply(
        _ weights: Buffer<UInt8>, rows: Int, columns: Int, with activations: Activations, vectors: Int,
        into target: Buffer<Float>, stride: Int
    ) {
        Kernel.matrixVectors(
            weights, as: .q8_0, rows: rows, columns: columns, activations.blocks(columns: columns, vectors: vectors),
            vectors: vectors, into: target, stride: stride)
    }
}
