import Kernels

/// Fixed-point weights of one axis of a resampling: every target element is a weighted sum of neighbouring source elements.
package struct ResampleWeights: Sendable {
    /// Fraction bits of a weight.
    package static let fractionBits: Int32 = 22

    /// Elements of the source axis.
    package let source: Int
    /// First source element of each target.
    package let first: [Int32]
    /// Number of source elements of each target.
    package let count: [Int32]
    /// `size` weights a target, times 2^22, of which the first `count` are used.
    package let weights: [Int32]
    package let size: Int

    /// Every target's elements lie inside the source, and the magnitudes of its weights sum to less than 2^23, so that no
    /// sum overflows.
    package init(source: Int, first: [Int32], count: [Int32], weights: [Int32], size: Int) {
        precondition(first.count == count.count && weights.count == checkedProduct(first.count, size), "counts differ")
        for target in first.indices {
            let (start, taps) = (Int(first[target]), Int(count[target]))
            precondition(start >= 0 && taps >= 0 && taps <= size && start <= source - taps, "a tap outside the source")
            let used = weights[target * size..<target * size + taps]
            precondition(used.reduce(0) { $0 + Int($1.magnitude) } < 1 << 23, "weights too large")
        }
        self.source = source
        self.first = first
        self.count = count
        self.weights = weights
        self.size = size
    }

    /// Elements of the target axis.
    package var targets: Int { first.count }
}

/// Where the elements of one resized axis come from: two neighbours and how far it lies towards the second.
package struct ResizeTaps: Sendable {
    /// Elements of the source axis.
    package let source: Int
    /// First and second neighbour of each target, in turn.
    let neighbours: Buffer<Int32>
    /// 0 at the first neighbour, 1 at the second.
    let fractions: Buffer<Float>

    /// - Parameter taps: a target element each; neighbours inside the source.
    package init(source: Int, taps: [(first: Int, second: Int, fraction: Float)]) {
        self.source = source
        neighbours = Buffer(count: checkedProduct(taps.count, 2))
        fractions = Buffer(taps.map(\.fraction))
        for (index, tap) in taps.enumerated() {
            precondition(
                tap.first >= 0 && tap.first < source && tap.second >= 0 && tap.second < source, "outside the source")
            neighbours[2 * index] = Int32(tap.first)
            neighbours[2 * index + 1] = Int32(tap.second)
        }
    }

    /// Elements of the target axis.
    package var targets: Int { fractions.count }
}

// Resampling.
extension Kernel {
    /// Rows of RGB bytes, each along its length.
    ///
    /// - Parameters:
    ///   - x: [rows, weights.source, 3].
    ///   - y: [rows, weights.targets, 3]; sums rounded to nearest and clamped to 0...255.
    package static func resampleRows(
        _ x: Span<UInt8>, rows: Int, _ weights: ResampleWeights, into y: inout MutableSpan<UInt8>
    ) {
        let length = checkedProduct(weights.source, 3)
        let newLength = checkedProduct(weights.targets, 3)
        precondition(x.count == checkedProduct(rows, length), "x is not [rows, source, 3]")
        precondition(y.count == checkedProduct(rows, newLength), "y is not [rows, targets, 3]")
        unsafe x.withUnsafeBufferPointer { x in
            unsafe y.withUnsafeMutableBufferPointer { y in
                guard let source = x.baseAddress, let target = y.baseAddress else { return }
                for row in 0..<rows {
                    unsafe table.pointee.resample_row_u8(
                        source + row * length, weights.first, weights.count, weights.weights, weights.size,
                        weights.targets, target + row * newLength)
                }
            }
        }
    }

    /// The rows of bytes of an image mixed into new ones.
    ///
    /// - Parameters:
    ///   - x: [weights.source, stride] bytes.
    ///   - y: [weights.targets, stride]; sums rounded to nearest and clamped to 0...255.
    package static func resampleColumns(
        _ x: Span<UInt8>, stride: Int, _ weights: ResampleWeights, into y: inout MutableSpan<UInt8>
    ) {
        precondition(x.count == checkedProduct(weights.source, stride), "x is not [source, stride]")
        precondition(y.count == checkedProduct(weights.targets, stride), "y is not [targets, stride]")
        unsafe x.withUnsafeBufferPointer { x in
            unsafe y.withUnsafeMutableBufferPointer { y in
                unsafe weights.weights.withUnsafeBufferPointer { taps in
                    guard let source = x.baseAddress, let output = y.baseAddress, let taps = taps.baseAddress else {
                        return
                    }
                    for target in 0..<weights.targets {
                        unsafe table.pointee.resample_column_u8(
                            source + Int(weights.first[target]) * stride, stride, taps + target * weights.size,
                            Int(weights.count[target]), output + target * stride, stride)
                    }
                }
            }
        }
    }

    /// One plane of floats, bilinear: along each row between two columns, then between two rows.
    ///
    /// - Parameters:
    ///   - x: [rows.source, columns.source].
    ///   - y: [rows.targets, columns.targets].
    package static func resizeLinear(
        _ x: Buffer<Float>, rows: ResizeTaps, columns: ResizeTaps, into y: Buffer<Float>
    ) {
        precondition(x.count == checkedProduct(rows.source, columns.source), "x is not the plane")
        precondition(y.count == checkedProduct(rows.targets, columns.targets), "y is not the plane")
        y.requireWritable()
        unsafe table.pointee.resize_linear_f32(
            x.start, columns.source, rows.neighbours.start, rows.fractions.start, rows.targets,
            columns.neighbours.start, columns.fractions.start, columns.targets, y.start)
    }

    /// One plane of floats, each element copied from one of x.
    ///
    /// - Parameters:
    ///   - x: [height, width], `height` being the count divided by `width`.
    ///   - rows: the source row of each target row.
    ///   - columns: the source column of each target column.
    ///   - y: [rows.count, columns.count].
    package static func resizeNearest(
        _ x: Buffer<Float>, width: Int, rows: [Int32], columns: [Int32], into y: Buffer<Float>
    ) {
        precondition(width > 0 && x.count % width == 0, "x is not whole rows")
        let height = x.count / width
        precondition(rows.allSatisfy { $0 >= 0 && Int($0) < height }, "a row outside the plane")
        precondition(columns.allSatisfy { $0 >= 0 && Int($0) < width }, "a column outside the plane")
        precondition(y.count == checkedProduct(rows.count, columns.count), "y is not the plane")
        y.requireWritable()
        unsafe table.pointee.resize_nearest_f32(x.start, width, rows, rows.count, columns, columns.count, y.start)
    }
}
