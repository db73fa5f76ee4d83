package import Tensors

/// Vectors that weights are multiplied with, in each form that a format asks for.
///
/// Memory for a fixed number of vectors of a fixed largest length; one object serves many products.
package struct Activations: Sendable {
    /// Room of [vectors, columns] float32 values.
    let values: Buffer<Float>
    /// The same values as Q8_0 blocks, where ``prepare(columns:vectors:for:)`` made them.
    private let quantized: Buffer<UInt8>

    package init(columns: Int, vectors: Int) {
        values = Buffer(count: columns * vectors)
        let whole = BlockFormat.length
        quantized = Buffer(count: (columns + whole - 1) / whole * vectors * BlockFormat.q8_0.byteCount)
    }

    /// The first `vectors` vectors of `columns` values.
    package func floats(columns: Int, vectors: Int) -> Buffer<Float> { values[0..<columns * vectors] }

    /// Makes the forms that the weights about to be multiplied ask for.
    func prepare(columns: Int, vectors: Int, for types: [any QuantizedType]) {
        if types.contains(where: { $0.activation == .q8_0 }) {
            Kernel.quantize(
                floats(columns: columns, vectors: vectors), as: .q8_0, into: blocks(columns: columns, vectors: vectors))
        }
    }

    /// The same vectors as Q8_0 blocks.
    package func blocks(columns: Int, vectors: Int) -> Buffer<UInt8> {
        quantized[0..<BlockFormat.q8_0.bytes(for: columns) * vectors]
    }
}

extension Buffer<UInt8> {
    /// The bytes as elements of another type. Tensor data is aligned, and formats know how many bytes they have.
    func elements<Other: BitwiseCopyable>(of type: Other.Type) -> Buffer<Other> {
        guard let elements = rebound(to: Other.self) else { preconditionFailure("tensor data that is not aligned") }
        return elements
    }
}
