package import Tensors

/// IEEE half precision, one value a block.
package struct F16: QuantizedType {
    package var name: String { "F16" }
    package var code: UInt32 { 1 }
    package var blockSize: Int { 1 }
    package var blockBytes: Int { 2 }
    package var alignment: Int { 2 }
    package var activation: ActivationType { .float32 }

    package init() {}

    package func dequantize(_ source: Buffer<UInt8>, into target: Buffer<Float>) {
        Kernel.float32(fromFloat16: source.elements(of: UInt16.self), into: target)
    }

    package func quantize(_ source: Buffer<Float>, into target: Buffer<UInt8>) -> Bool {
        Kernel.float16(source, into: target.elements(of: UInt16.self))
        return true
    }

    package func multiply(
        _ weights: Buffer<UInt8>, rows: Int, columns: Int, with activations: Activations, vectors: Int,
        into target: Buffer<Float>, stride: Int
    ) {
        Kernel.matrixVectors(
            float16: weights.elements(of: UInt16.self), rows: rows, columns: columns,
            activations.floats(columns: columns, vectors: vectors), vectors: vectors, into: target, stride: stride)
    }
}
