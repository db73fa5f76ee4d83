import Tensors

/// A graph that an attribute of a node holds: a branch, or the body of a loop.
///
/// It may read values of the graphs around it. These are captured: further inputs of the node, after its own, and of
/// this graph, after the declared ones.
struct Subgraph: Sendable {
    let graph: Graph
    /// Inputs the graph declares, the captured ones not among them.
    let inputCount: Int
    /// What the file says of the outputs: nil where it gives no type.
    let outputs: [ValueInfo?]

    /// The graph's outputs.
    ///
    /// - Parameter captures: the values around it that it reads.
    func run(_ inputs: [Tensor], captures: [Tensor], _ evaluator: Evaluator) throws(ModelError) -> [Tensor] {
        try evaluator.run(graph, inputs + captures)
    }
}

extension Operands {
    /// The values of the inputs from `first` on, all of which must be known: what a graph within the node reads.
    func values(from first: Int) throws(ModelError) -> [Tensor] {
        var values: [Tensor] = []
        for index in first..<max(first, count) {
            guard let operand = list[index] else { throw ModelError("input \(index) is missing") }
            guard let constant = operand.constant else {
                throw .unknownValue("what a graph within it reads", input: index)
            }
            values.append(constant)
        }
        return values
    }

    /// The one truth value of input `index`, which must be known beforehand; nil where the node has no such input.
    func truth(_ index: Int, _ what: String) throws(ModelError) -> Bool? {
        guard optional(index) != nil else { return nil }
        try require(index, [.bool])
        guard let constant = self[index].constant else { throw .unknownValue(what, input: index) }
        guard constant.count == 1 else {
            throw ModelError("wrong number of values for \(what)", expected: "1", got: "\(constant.count)")
        }
        return constant.integers[0] != 0
    }
}

extension GraphProto {
    /// Names that the graph reads but does not define, in the order it reads them.
    var freeNames: [String] {
        var defined = Set(inputs.map(\.name))
        defined.formUnion(initializers.map(\.name))
        for node in nodes { defined.formUnion(node.outputs) }
        var free: [String] = []
        func read(_ name: String) {
            if !name.isEmpty, defined.insert(name).inserted { free.append(name) }
        }
        for node in nodes {
            node.inputs.forEach(read)
            node.captures.forEach(read)
        }
        for output in outputs { read(output.name) }
        return free
    }
}

extension NodeProto {
    /// Names that graphs in the node's attributes read from around it.
    var captures: [String] {
        var names: [String] = []
        var seen: Set<String> = []
        for attribute in attributes {
            guard case .graph(let graph) = attribute.value else { continue }
            for name in graph.freeNames where seen.insert(name).inserted { names.append(name) }
        }
        return names
    }
}
