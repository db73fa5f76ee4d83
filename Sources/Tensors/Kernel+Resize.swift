import Kernels

/// Fixed-point weights of one axis of a resampling: every target element is a weighted sum of neighbouring source elements.
package struct ResampleWeights: Sendable {
    /// Fraction bits of a weight.
    package static var fractionBits: Int { 22 }

    /// Elements of the source axis.
    package let source: Int
    /// First source element of each target.
    let first: Buffer<Int32>
    /// Number of source elements of each target.
    let count: Buffer<Int32>
    /// `size` weights a target, of which the first `count` are used.
    let weights: Buffer<Int32>
    /// Largest number of source elements of a target.
    package let size: Int

    /// - Parameters:
    ///   - source: elements of the source axis.
    ///   - taps: a target element each: its first source element and its weights, times 2^22; inside the source. The
    ///     magnitudes of a target's weights sum to less than 2^23, so that no sum overflows.
    package init(source: Int, taps: [(first: Int, weights: [Int32])]) {
        let size = taps.map(\.weights.count).max() ?? 0
        self.source = source
        self.size = size
        first = Buffer(count: taps.count)
        count = Buffer(count: taps.count)
        weights = Buffer(count: checkedProduct(taps.count, size))
        for (index, tap) in taps.enumerated() {
            precondition(tap.first >= 0 && tap.first <= source, "a tap outside the source")
            precondition(tap.weights.count <= source - tap.first, "a tap outside the source")
            precondition(tap.weights.reduce(0) { $0 + $1.magnitude } < 1 << 23, "weights too large")
            first[index] = Int32(tap.first)
            count[index] = Int32(tap.weights.count)
            for (place, weight) in tap.weights.enumerated() { weights[index * size + place] = weight }
        }
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
    /// One row of RGB bytes along its length.
    ///
    /// - Parameters:
    ///   - x: [weights.source, 3].
    ///   - y: [weights.targets, 3]; sums rounded to nearest and clamped to 0...255.
    package static func resampleRow(_ x: Buffer<UInt8>, _ weights: ResampleWeights, into y: Buffer<UInt8>) {
        precondition(x.count == checkedProduct(weights.source, 3), "x is not [source, 3]")
        precondition(y.count == checkedProduct(weights.targets, 3), "y is not [targets, 3]")
        y.requireWritable()
        unsafe table.pointee.resample_row_u8(
            x.start, weights.first.start, weights.count.start, weights.weights.start, weights.size, weights.targets,
            y.start)
    }

    /// One target row of bytes across the rows of an image.
    ///
    /// - Parameters:
    ///   - x: [weights.source, stride] bytes.
    ///   - target: index of the row, below `weights.targets`.
    ///   - y: as many bytes as are wanted of the row, at most `stride`.
    package static func resampleColumn(
        _ x: Buffer<UInt8>, stride: Int, _ weights: ResampleWeights, target: Int, into y: Buffer<UInt8>
    ) {
        precondition(x.count == checkedProduct(weights.source, stride), "x is not [source, stride]")
        precondition(target >= 0 && target < weights.targets && y.count <= stride, "outside the image")
        y.requireWritable()
        let start = Int(weights.first[target]) * stride
        unsafe table.pointee.resample_column_u8(
            x.start + start, stride, weights.weights.start + target * weights.size, Int(weights.count[target]), y.start,
            y.count)
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
