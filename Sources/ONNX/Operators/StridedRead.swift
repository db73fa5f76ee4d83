import Tensors

/// Reads a tensor with a stride a dimension: what transposing, slicing, expanding and moving pixels to channels have in
/// common.
struct StridedRead: Sendable {
    /// Of the result.
    private(set) var shape: [Int]
    /// Elements of the input to the next index of each dimension of the result.
    private(set) var strides: [Int]
    /// The element of the input that the result's first one reads.
    private(set) var offset = 0

    /// Elements a thread copies at a time.
    private static let chunk = 32768
    /// Dimensions the kernel takes, after those that can be joined are.
    private static let largestRank = 8

    init(shape: [Int], strides: [Int]) {
        self.shape = shape
        self.strides = strides
    }

    /// All of a tensor as it is.
    init(whole shape: [Int]) { self.init(shape: shape, strides: StridedRead.rowMajor(shape)) }

    /// The strides of a contiguous tensor. Its count must not overflow.
    static func rowMajor(_ shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for index in shape.indices.dropLast().reversed() { strides[index] = strides[index + 1] * shape[index + 1] }
        return strides
    }

    /// Narrows one axis to `count` elements from `first`, `step` apart, all of which exist.
    mutating func take(axis: Int, first: Int, count: Int, step: Int) {
        shape[axis] = count
        guard count > 0 else { return }
        offset += first * strides[axis]
        // With one element the step plays no part, and may be too large to multiply.
        strides[axis] = count == 1 ? 0 : strides[axis] * step
    }

    /// The same read in as few dimensions as will do.
    private var collapsed: StridedRead {
        var result = StridedRead(shape: [], strides: [])
        result.offset = offset
        for (size, stride) in zip(shape, strides) where size != 1 {
            if let last = result.shape.indices.last, result.strides[last] == stride * size {
                result.shape[last] *= size
                result.strides[last] = stride
            } else {
                result.shape.append(size)
                result.strides.append(stride)
            }
        }
        return result
    }

    /// A step that reads `input` so: a view where the elements are contiguous, else a copy.
    ///
    /// - Parameter final: the result's shape, where it is another one of the same count.
    func step(of input: Operand, shape final: [Int]? = nil) throws(ModelError) -> Step {
        try Limits.check(shape: shape)
        let type = TensorType(type: input.type, shape: final ?? shape)
        if shape.contains(0) { return Step(outputs: [type]) { _ in } }
        let read = collapsed
        guard read.shape.count <= StridedRead.largestRank else {
            throw ModelError(
                "too many dimensions", expected: "at most \(StridedRead.largestRank) that cannot be joined",
                got: "\(shape)")
        }
        if read.shape.isEmpty || read.strides == [1] {
            return Step(outputs: [type], placements: [.view(of: 0, byteOffset: offset * input.type.byteSize)])
        }
        return Step(outputs: [type]) { frame in
            read.run(from: frame.input(0), to: frame.output, pool: frame.pool)
        }
    }

    /// Copies what this read names from `source` to the contiguous `target`, a tensor of the same element size.
    func run(from source: Tensor, to target: Tensor, pool: WorkerPool) {
        guard target.count > 0 else { return }
        let read = collapsed
        switch source.type.byteSize {
        case 8: read.copy(source.bits(UInt64.self), target.bits(UInt64.self), pool)
        case 4: read.copyWords(source.bits(Float.self), target.bits(Float.self), pool)
        case 2: read.copy(source.bits(UInt16.self), target.bits(UInt16.self), pool)
        default: read.copy(source.bits(UInt8.self), target.bits(UInt8.self), pool)
        }
    }

    /// Cuts the outermost dimension into parts and copies each.
    private func copy<Element: BitwiseCopyable>(
        _ source: Buffer<Element>, _ target: Buffer<Element>, _ pool: WorkerPool
    ) {
        guard let outer = shape.first else {
            target[0] = source[offset]
            return
        }
        let row = target.count / outer
        pool.split(outer, chunk: max(1, StridedRead.chunk / max(row, 1))) { rows in
            var part = shape
            part[0] = rows.count
            Kernel.stridedCopy(
                source, shape: part, strides: strides, offset: offset + rows.lowerBound * strides[0],
                into: target[rows.lowerBound * row..<rows.upperBound * row])
        }
    }

    /// The same for elements of four bytes: matrices are transposed in tiles.
    private func copyWords(_ source: Buffer<Float>, _ target: Buffer<Float>, _ pool: WorkerPool) {
        let last = shape.count - 1
        guard last >= 1, last <= 2, strides[last - 1] == 1, strides[last] == shape[last - 1] else {
            return copy(source, target, pool)
        }
        let area = shape[last] * shape[last - 1]
        let (planes, plane) = last == 2 ? (shape[0], strides[0]) : (1, 0)
        pool.split(planes, chunk: max(1, StridedRead.chunk / area)) { range in
            for index in range {
                let start = offset + index * plane
                Kernel.transpose(
                    source[start..<start + area], rows: shape[last], columns: shape[last - 1],
                    into: target[index * area..<(index + 1) * area])
            }
        }
    }
}
