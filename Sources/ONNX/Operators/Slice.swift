import Tensors

/// `Slice`: every step-th element between two places, by axis. Places are attributes before operator set 10.
struct Slice: Operator {
    static let signatures = [Signature(name: "Slice", inputs: 1...5)]

    private let starts: [Int]?
    private let ends: [Int]?
    private let axes: [Int]?

    init(_ attributes: inout Attributes) throws(ModelError) {
        guard attributes.opset < 10 else {
            guard attributes.inputCount >= 3 else {
                throw ModelError("wrong number of inputs", expected: "3 to 5", got: "\(attributes.inputCount)")
            }
            starts = nil
            ends = nil
            axes = nil
            return
        }
        starts = try attributes.ints("starts")
        ends = try attributes.ints("ends")
        axes = try attributes.ints("axes")
        guard starts != nil, ends != nil else { throw ModelError("attribute `starts` or `ends` is missing") }
        guard attributes.inputCount == 1 else {
            throw ModelError("wrong number of inputs", expected: "1", got: "\(attributes.inputCount)")
        }
    }

    /// With its places as inputs.
    init() {
        starts = nil
        ends = nil
        axes = nil
    }

    /// One axis that is cut, and where.
    struct Cut {
        var axis: Int
        var start: Int
        var end: Int
        let step: Int
    }

    /// What is cut of an image, where that is known.
    func fixedCuts(_ node: Graph.Node, constants: [Graph.ValueIndex: ConstantValue]) -> [Cut]? {
        func integers(_ input: Int, _ attribute: [Int]?) -> [Int]? {
            guard input < node.inputs.count, let value = node.inputs[input] else { return attribute }
            return constants[value].flatMap { $0.type == .int64 ? $0.tensor.integers : nil }
        }
        guard let starts = integers(1, starts), let ends = integers(2, ends),
            let axes = integers(3, axes ?? Array(starts.indices)),
            let steps = integers(4, starts.map { _ in 1 }), starts.count == ends.count, starts.count == axes.count,
            starts.count == steps.count
        else { return nil }
        return axes.indices.map { index in
            let axis = axes[index]
            return Cut(axis: axis < 0 ? axis + 4 : axis, start: starts[index], end: ends[index], step: steps[index])
        }
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let input = inputs[0]
        let starts = try inputs.integers(1, "`starts`", or: starts) ?? []
        let ends = try inputs.integers(2, "`ends`", or: ends) ?? []
        let axes = try Operands.axes(
            inputs.integers(3, "`axes`", or: axes) ?? Array(starts.indices), rank: input.rank)
        let steps = try inputs.integers(4, "`steps`") ?? starts.map { _ in 1 }
        guard starts.count == ends.count, starts.count == axes.count, starts.count == steps.count else {
            throw ModelError(
                "`starts`, `ends`, `axes` and `steps` differ in length",
                got: "\(starts.count), \(ends.count), \(axes.count), \(steps.count)")
        }
        var read = StridedRead(whole: input.shape)
        for (index, axis) in axes.enumerated() {
            guard steps[index] != 0, steps[index] > -(1 << 40), steps[index] < 1 << 40 else {
                throw ModelError("a step of \(steps[index])")
            }
            let (first, count) = Slice.resolve(starts[index], ends[index], step: steps[index], size: input.shape[axis])
            read.take(axis: axis, first: first, count: count, step: steps[index])
        }
        return try read.step(of: input)
    }

    /// First place and number of elements of Python's `start:end:step` over `size` elements.
    private static func resolve(_ start: Int, _ end: Int, step: Int, size: Int) -> (first: Int, count: Int) {
        // Far numbers stand for "to the end"; adding `size` to a negative one cannot overflow.
        func place(_ value: Int) -> Int { value < 0 ? value + size : value }
        if step > 0 {
            let first = min(max(place(start), 0), size)
            let last = min(max(place(end), 0), size)
            return (first, max(last - first + step - 1, 0) / step)
        }
        let first = min(max(place(start), -1), size - 1)
        let last = min(max(place(end), -1), size - 1)
        return (max(first, 0), max(first - last - step - 1, 0) / -step)
    }
}
