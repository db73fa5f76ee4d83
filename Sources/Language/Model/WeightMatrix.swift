import Tensors

/// A weight matrix as a file stores it: `rows` outputs of `columns` inputs.
struct WeightMatrix: Sendable {
    let type: any QuantizedType
    let rows: Int
    let columns: Int
    private let data: Buffer<UInt8>
    private let rowBytes: Int

    /// The tensor of a name.
    ///
    /// - Throws: ``LanguageError/tensor(path:name:expected:got:)`` where it is missing or of another shape.
    init(_ file: GGUFFile, _ name: String, rows: Int, columns: Int) throws(LanguageError) {
        let tensor = file.tensor(named: name)
        guard let tensor, tensor.shape == [columns, rows] else {
            throw .tensor(
                path: file.path, name: name, expected: "[\(columns), \(rows)]", got: tensor?.summary ?? "nothing")
        }
        type = tensor.type
        self.rows = rows
        self.columns = columns
        data = file.data(of: tensor)
        rowBytes = type.rowBytes(columns: columns)
    }

    private init(_ other: WeightMatrix, rows part: Range<Int>) {
        type = other.type
        rows = part.count
        columns = other.columns
        rowBytes = other.rowBytes
        data = other.data[part.lowerBound * rowBytes..<part.upperBound * rowBytes]
    }

    /// Some of the rows as a matrix of their own, in the same memory.
    func rows(_ part: Range<Int>) -> WeightMatrix { WeightMatrix(self, rows: part) }

    /// Writes one row's values to `target`.
    func copyRow(_ row: Int, into target: Buffer<Float>) {
        type.dequantize(data[row * rowBytes..<(row + 1) * rowBytes], into: target)
    }

    /// One matrix and where its products go: [vectors, rows].
    struct Product {
        let matrix: WeightMatrix
        let target: Buffer<Float>
    }

    /// Multiplies several matrices of as many columns with the same vectors, in one pass over the pool.
    ///
    /// A row's products do not depend on how rows are cut into pieces, which is by threads: each has several, so that who is done
    /// early can help, but none so small that beginning with it, or waking a thread for it, would take long beside it. Kernels
    /// for many vectors unpack up to 32 rows at a time: no piece cuts through those.
    static func multiply(_ products: [Product], with activations: Activations, vectors: Int, pool: WorkerPool) {
        guard let columns = products.first?.matrix.columns else { return }
        activations.prepare(columns: columns, vectors: vectors, for: products.map(\.matrix.type), pool: pool)
        // Four vectors take little longer than one.
        let work = columns * max(1, vectors / 4)
        let rows = products.reduce(0) { $0 + $1.matrix.rows }
        let fair = min(rows / (pool.threads * piecesOfThread), mostOfPiece / work)
        let rowsOfPiece = (max(32, leastOfPiece / work, fair) + 31) / 32 * 32
        var pieces: [(product: Int, rows: Range<Int>)] = []
        for (index, product) in products.enumerated() {
            for start in stride(from: 0, to: product.matrix.rows, by: rowsOfPiece) {
                pieces.append((index, start..<min(start + rowsOfPiece, product.matrix.rows)))
            }
        }
        let all = pieces
        pool.run(all.count) { index in
            let (matrix, target) = (products[all[index].product].matrix, products[all[index].product].target)
            matrix.multiply(rows: all[index].rows, with: activations, vectors: vectors, into: target)
        }
    }

    /// Multiplications of one piece with one vector: some five microseconds' worth, and twenty.
    private static let leastOfPiece = 1 << 18
    private static let mostOfPiece = 1 << 20
    private static let piecesOfThread = 8

    private func multiply(
        rows part: Range<Int>, with activations: Activations, vectors: Int, into target: Buffer<Float>
    ) {
        type.multiply(
            data[part.lowerBound * rowBytes..<part.upperBound * rowBytes], rows: part.count, columns: columns,
            with: activations, vectors: vectors, into: target[part.lowerBound..<(vectors - 1) * rows + part.upperBound],
            stride: rows)
    }
}

extension GGUFFile {
    /// A vector of the file as float32: norm weights, biases, factors.
    ///
    /// - Throws: ``LanguageError/tensor(path:name:expected:got:)`` where it is missing or of another shape.
    func vector(_ name: String, count: Int) throws(LanguageError) -> Buffer<Float> {
        let tensor = tensor(named: name)
        guard let tensor, tensor.shape == [count] else {
            throw .tensor(path: path, name: name, expected: "[\(count)]", got: tensor?.summary ?? "nothing")
        }
        let values = Buffer<Float>(count: count)
        tensor.type.dequantize(data(of: tensor), into: values)
        return values
    }
}
