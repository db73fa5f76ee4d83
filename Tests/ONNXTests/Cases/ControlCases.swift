import Tensors

extension OperatorCase {
    /// A branch that gives a constant.
    private static func constant(_ tensor: Tensor) -> Attribute {
        var branch = ModelBuilder()
        branch.outputs = [("result", tensor.type, tensor.shape)]
        branch.node("Constant", [], ["result"], [("value", .tensor(tensor))])
        return .graph(branch)
    }

    /// A loop's body: adds the iteration to a carried number, and gives each sum; goes on while the sum is below a
    /// limit.
    private static func counter(below limit: Float) -> Attribute {
        var body = ModelBuilder()
        body.inputs = [("i", .int64, []), ("go", .bool, []), ("x", .float32, [1])]
        body.outputs = [("again", .bool, []), ("sum", .float32, [1]), ("each", .float32, [1])]
        body.initializers = [("limit", floats([], [limit])), ("axes", ints([0]))]
        body.node("Cast", ["i"], ["number"], [("to", .int(1))])
        body.node("Add", ["x", "number"], ["sum"])
        body.node("Identity", ["sum"], ["each"])
        body.node("Squeeze", ["sum", "axes"], ["one"])
        body.node("Less", ["one", "limit"], ["again"])
        return .graph(body)
    }

    private static let branches = [
        ("then_branch", constant(floats([2], [1, 2]))), ("else_branch", constant(floats([1], [3]))),
    ]

    static let controls: [OperatorCase] = [
        op("If", "so", [bools([true], [])], branches, gives: [floats([2], [1, 2])]),
        op("If", "not so", [bools([false], [1])], branches, gives: [floats([1], [3])]),
        op(
            "Loop", "by count", [ints([4], []), nil, floats([1], [10])], [("body", counter(below: 1000))],
            gives: [floats([1], [16]), floats([4, 1], [10, 11, 13, 16])]),
        op(
            "Loop", "by condition", [nil, bools([true], []), floats([1], [10])], [("body", counter(below: 12))],
            gives: [floats([1], [13]), floats([3, 1], [10, 11, 13])]),
        op(
            "Loop", "not once", [ints([4], []), bools([false], []), floats([1], [10])], [("body", counter(below: 12))],
            gives: [floats([1], [10]), Tensor(shape: [0, 1], type: .float32)]),
    ]
}
