import Tensors

/// One matrix product cut into tiles by its shape, so that threads can share it and the result stays the same to the
/// bit.
struct MatrixProduct: Sendable {
    let rows: Int
    let columns: Int
    let depth: Int
    private let tileRows: Int
    private let tileColumns: Int

    /// Multiplications a tile should hold at least: below, handing it out costs more than it saves.
    private static let tileWork = 1 << 19

    init(rows: Int, columns: Int, depth: Int) {
        self.rows = rows
        self.columns = columns
        self.depth = depth
        // Wide matrices are cut into columns, others into rows: either way in multiples of what the product's kernel
        // computes at once.
        if columns >= rows {
            tileRows = max(rows, 1)
            tileColumns = MatrixProduct.tile(columns, work: max(rows * depth, 1))
        } else {
            tileRows = MatrixProduct.tile(rows, work: max(columns * depth, 1))
            tileColumns = max(columns, 1)
        }
    }

    /// How many of `count` lines, each of `work` multiplications, make a tile.
    private static func tile(_ count: Int, work: Int) -> Int {
        let wanted = max(tileWork / work, 1)
        let rounded = (wanted + 63) / 64 * 64
        return max(min(rounded, count), 1)
    }

    /// How many tiles there are.
    var tiles: Int {
        guard rows > 0, columns > 0 else { return 0 }
        return ((rows - 1) / tileRows + 1) * ((columns - 1) / tileColumns + 1)
    }

    /// The rows and columns of a tile.
    func tile(_ index: Int) -> (rows: Range<Int>, columns: Range<Int>) {
        let across = (columns - 1) / tileColumns + 1
        let row = index / across * tileRows
        let column = index % across * tileColumns
        return (row..<min(row + tileRows, rows), column..<min(column + tileColumns, columns))
    }

    /// Where a matrix lies: its elements, how far apart its rows are, whether it is stored the other way round.
    struct Side: Sendable {
        let elements: Buffer<Float>
        let stride: Int
        var isTransposed = false

        /// From row `row` (of the matrix as it enters the product) on.
        func from(row: Int) -> Buffer<Float> { elements[(isTransposed ? row : row * stride)..<elements.count] }

        /// From column `column` on.
        func from(column: Int) -> Buffer<Float> { elements[(isTransposed ? column * stride : column)..<elements.count] }
    }

    /// y = alpha a b + beta y, one tile of it.
    func compute(
        tile index: Int, alpha: Float = 1, _ a: Side, _ b: Side, beta: Float = 0, into y: Buffer<Float>
    ) {
        let (rows, columns) = tile(index)
        Kernel.gemm(
            transposeA: a.isTransposed, transposeB: b.isTransposed, m: rows.count, n: columns.count, k: depth,
            alpha: alpha,
            a.from(row: rows.lowerBound), lda: a.stride, b.from(column: columns.lowerBound), ldb: b.stride, beta: beta,
            into: y[rows.lowerBound * self.columns + columns.lowerBound..<y.count], ldc: self.columns)
    }
}
