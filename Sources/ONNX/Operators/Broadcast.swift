import Tensors

/// Walks over tensors that are broadcast against each other as NumPy does: shapes aligned at their last dimension, a
/// dimension of 1 (or none) repeated.
struct Broadcast: Sendable {
    /// Sizes with dimensions joined that all operands walk through alike; never empty.
    private var sizes: [Int] = []
    /// By operand, the step of each dimension of ``sizes``.
    private var strides: [[Int]]
    /// Number of elements of the result.
    let count: Int

    /// The common shape.
    static func shape(of shapes: [[Int]]) throws(ModelError) -> [Int] {
        let rank = shapes.lazy.map(\.count).max() ?? 0
        var result = [Int](repeating: 1, count: rank)
        for shape in shapes {
            for (index, size) in zip((rank - shape.count)..<rank, shape) where size != 1 {
                guard result[index] == 1 || result[index] == size else {
                    throw ModelError(
                        "shapes do not broadcast", got: shapes.map { "\($0)" }.joined(separator: " and "))
                }
                result[index] = size
            }
        }
        try Limits.check(shape: result)
        return result
    }

    /// The strides of a tensor of `shape` walked in the broadcast shape `result`: 0 where it is repeated.
    static func strides(of shape: [Int], in result: [Int]) -> [Int] {
        let own = StridedRead.rowMajor(shape)
        let missing = result.count - shape.count
        return result.indices.map { $0 < missing || shape[$0 - missing] == 1 ? 0 : own[$0 - missing] }
    }

    /// - Parameter result: the common shape.
    init(_ shapes: [[Int]], to result: [Int]) {
        count = result.reduce(1, *)
        strides = shapes.map { _ in [] }
        let all = shapes.map { Broadcast.strides(of: $0, in: result) }
        for (index, size) in result.enumerated() where size != 1 {
            let last = sizes.count - 1
            let joins = last >= 0 && all.indices.allSatisfy { strides[$0][last] == all[$0][index] * size }
            if joins { sizes[last] *= size } else { sizes.append(size) }
            for operand in all.indices {
                if joins {
                    strides[operand][last] = all[operand][index]
                } else {
                    strides[operand].append(all[operand][index])
                }
            }
        }
        if sizes.isEmpty {
            sizes = [1]
            strides = shapes.map { _ in [0] }
        }
    }

    /// By operand, the step along a row: 0 or 1.
    var innerStrides: [Int] { strides.map { $0[sizes.count - 1] } }

    /// Elements of a row, within which every operand keeps its inner stride.
    var rowCount: Int { sizes[sizes.count - 1] }

    /// Calls `body` for each piece of a row within `range` of the result's elements: where it starts in the result, how
    /// many elements it has, where it starts in each operand.
    func walk(_ range: Range<Int>, _ body: (_ start: Int, _ count: Int, _ offsets: [Int]) -> Void) {
        guard !range.isEmpty else { return }
        let inner = sizes.count - 1
        var index = [Int](repeating: 0, count: sizes.count)
        var rest = range.lowerBound
        for dimension in sizes.indices.reversed() {
            index[dimension] = rest % sizes[dimension]
            rest /= sizes[dimension]
        }
        var offsets = strides.map { zip($0, index).reduce(0) { $0 + $1.0 * $1.1 } }
        var start = range.lowerBound
        while true {
            let count = min(sizes[inner] - index[inner], range.upperBound - start)
            body(start, count, offsets)
            start += count
            guard start < range.upperBound else { return }
            // Back to the start of this row, then on to the next one.
            for operand in strides.indices { offsets[operand] -= index[inner] * strides[operand][inner] }
            index[inner] = 0
            var dimension = inner - 1
            while dimension >= 0 {
                index[dimension] += 1
                for operand in strides.indices { offsets[operand] += strides[operand][dimension] }
                if index[dimension] < sizes[dimension] { break }
                for operand in strides.indices { offsets[operand] -= sizes[dimension] * strides[operand][dimension] }
                index[dimension] = 0
                dimension -= 1
            }
        }
    }
}

/// Elements that a thread computes at a time in elementwise operators.
let elementwiseChunk = 16384
