package import Tensors

/// Vectors that weights are multiplied with, in each form that a format asks for.
///
/// Memory for a fixed number of vectors of a fixed largest length; one object serves many products.
package struct Activations: Sendable {
    /// Room of [vectors, columns] float32 values.
    let values: Buffer<Float>
    /// The same values in blocks, where ``prepare(columns:vectors:for:)`` made them.
    private let quantized: [VectorFormat: Buffer<UInt8>]

    package init(columns: Int, vectors: Int) {
        values = Buffer(count: columns * vectors)
        let whole = (columns + 255) / 256 * 256
        quantized = Dictionary(
            uniqueKeysWithValues: VectorFormat.allCases.map { ($0, Buffer(count: $0.bytes(for: whole) * vectors)) })
    }

    /// The first `vectors` vectors of `columns` values.
    package func floats(columns: Int, vectors: Int) -> Buffer<Float> { values[0..<columns * vectors] }

    /// Makes the forms that the weights about to be multiplied ask for.
    package func prepare(columns: Int, vectors: Int, for types: [any QuantizedType]) {
        for format in VectorFormat.allCases where types.contains(where: { $0.activation == .blocks(format) }) {
            Kernel.quantize(
                floats(columns: columns, vectors: vectors), vectors: vectors, as: format,
                into: blocks(format, columns: columns, vectors: vectors))
        }
    }

    /// The same vectors in blocks.
    package func blocks(_ format: VectorFormat, columns: Int, vectors: Int) -> Buffer<UInt8> {
        guard let all = quantized[format] else { preconditionFailure("there is room for every format") }
        return all[0..<format.bytes(for: columns) * vectors]
    }
}

extension Buffer<UInt8> {
    /// The bytes as elements of another type. Tensor data is aligned, and formats know how many bytes they have.
    func elements<Other: BitwiseCopyable>(of type: Other.Type) -> Buffer<Other> {
        guard let elements = rebound(to: Other.self) else { preconditionFailure("tensor data that is not aligned") }
        return elements
    }
}
