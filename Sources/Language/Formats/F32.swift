package import Tensors

/// IEEE single precision, one value a block.
package struct F32: QuantizedType {
    package var name: String { "F32" }
    package var code: UInt32 { 0 }
    package var blockSize: Int { 1 }
    package var blockBytes: Int { 4 }
    package var alignment: Int { 4 }
    package var activation: ActivationType { .float32 }

    package init() {}

    package func dequantize(_ source: Buffer<UInt8>, into target: Buffer<Float>) {
        target.copy(from: source.elements(of: Float.self))
    }

    package func quantize(_ source: Buffer<Float>, into target: Buffer<UInt8>) -> Bool {
        target.elements(of: Float.self).copy(from: source)
        return true
    }

    package func multiply(
        _ weights: Buffer<UInt8>, rows: Int, columns: Int, with activations: Activations, vectors: Int,
        into target: Buffer<Float>, stride: Int
    ) {
        Kernel.matrixVectors(
            weights.elements(of: Float.self), rows: rows, columns: columns,
            activations.floats(columns: columns, vectors: vectors), vectors: vectors, into: target, stride: stride)
    }
}
