package import Tensors

/// A format of blocks that the kernels read: what ``QuantizedType`` asks for follows from the kernels' own description.
package protocol BlockType: QuantizedType {
    /// The kernels' name of the format.
    var format: BlockFormat { get }
}

extension BlockType {
    package var blockSize: Int { format.length }
    package var blockBytes: Int { format.byteCount }
    package var alignment: Int { 1 }
    package var activation: ActivationType { .blocks(format.vectorFormat) }

    package func dequantize(_ source: Buffer<UInt8>, into target: Buffer<Float>) {
        Kernel.dequantize(source, as: format, into: target)
    }

    package func quantize(_ source: Buffer<Float>, into target: Buffer<UInt8>) -> Bool {
        guard format.isWritten else { return false }
        Kernel.quantize(source, as: format, into: target)
        return true
    }

    package func multiply(
        _ weights: Buffer<UInt8>, rows: Int, columns: Int, with activations: Activations, vectors: Int,
        into target: Buffer<Float>, stride: Int
    ) {
        Kernel.matrixVectors(
            weights, as: format, rows: rows, columns: columns,
            activations.blocks(format.vectorFormat, columns: columns, vectors: vectors), vectors: vectors, into: target,
            stride: stride)
    }
}
