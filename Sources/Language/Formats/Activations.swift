package import Tensors

/// Vectors that weights are multiplied with, in each form that a format asks for.
///
/// Memory for a fixed number of vectors of a fixed largest length; one object serves many products.
package struct Activations: Sendable {
    /// Room of [vectors, columns] float32 values.
    let values: Buffer<Float>
    /// The same values in blocks, where ``prepare(columns:vectors:for:pool:)`` made them.
    private let quantized: [VectorFormat: Buffer<UInt8>]

    package init(columns: Int, vectors: Int) {
        values = Buffer(count: columns * vectors)
        let whole = (columns + 255) / 256 * 256
        quantized = Dictionary(
            uniqueKeysWithValues: VectorFormat.allCases.map { ($0, Buffer(count: $0.bytes(for: whole) * vectors)) })
    }

    /// The first `vectors` vectors of `columns` values.
    package func floats(columns: Int, vectors: Int) -> Buffer<Float> { values[0..<columns * vectors] }

    /// Makes the forms that the weights about to be multiplied ask for, on several threads where there is work for them.
    package func prepare(columns: Int, vectors: Int, for types: [any QuantizedType], pool: WorkerPool) {
        for format in VectorFormat.allCases where types.contains(where: { $0.activation == .blocks(format) }) {
            let (source, target) = (
                floats(columns: columns, vectors: vectors), blocks(format, columns: columns, vectors: vectors)
            )
            let bytes = format.bytes(for: columns)
            pool.split(vectors, chunk: max(1, Self.valuesOfPiece / max(1, columns))) { part in
                Kernel.quantize(
                    source[part.lowerBound * columns..<part.upperBound * columns], vectors: part.count, as: format,
                    into: target[part.lowerBound * bytes..<part.upperBound * bytes])
            }
        }
    }

    /// Values of one piece of a loop that several threads share: some ten microseconds' worth.
    static let valuesOfPiece = 1 << 14

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
