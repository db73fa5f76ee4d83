import Tensors

/// `If`: the outputs of one of two graphs. Both are checked when the file is loaded, one is run.
struct If: Operator {
    static let signatures = [Signature(name: "If", inputs: 1...1, outputs: 1...Signature.many)]

    private let branches: (then: Subgraph, other: Subgraph)

    init(_ attributes: inout Attributes) throws(ModelError) {
        func branch(_ name: String, _ attributes: inout Attributes) throws(ModelError) -> Subgraph {
            let branch = try attributes.graph(name)
            guard branch.inputCount == 0 else {
                throw ModelError("`\(name)` has inputs", expected: "0", got: "\(branch.inputCount)")
            }
            guard branch.outputs.count == attributes.outputCount else {
                throw ModelError(
                    "wrong number of outputs of `\(name)`", expected: "\(attributes.outputCount)",
                    got: "\(branch.outputs.count)")
            }
            return branch
        }
        branches.then = try branch("then_branch", &attributes)
        branches.other = try branch("else_branch", &attributes)
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        guard let condition = try inputs.truth(0, "the condition"), let evaluator = inputs.evaluator else {
            throw .unknownValue("the condition", input: 0)
        }
        let captures = try inputs.values(from: 1)
        return .known(try (condition ? branches.then : branches.other).run([], captures: captures, evaluator))
    }
}
