import Tensors

/// A checked graph: every value has a number, nodes stand after those they read from.
struct Graph: Sendable {
    /// A value's place in ``values``.
    typealias ValueIndex = Int

    /// One call of an operator.
    struct Node: Sendable {
        /// The node's name; `#` and its place in the file where it has none.
        let name: String
        let operatorName: String
        /// nil for an input left out.
        var inputs: [ValueIndex?]
        /// nil for an output nobody wants.
        var outputs: [ValueIndex?]
        var implementation: any Implementation

        /// `error` with this node's name and operator.
        func placed(_ error: ModelError) -> ModelError { error.at(node: name, operatorName: operatorName) }
    }

    /// Names of the values.
    var values: [String] = []
    var nodes: [Node] = []
    var inputs: [ValueIndex] = []
    var outputs: [ValueIndex] = []
    /// Values known before any run.
    var constants: [ValueIndex: ConstantValue] = [:]

    /// Adds a value and returns its number.
    mutating func addValue(_ name: String) -> ValueIndex {
        values.append(name)
        return values.count - 1
    }

    /// How many nodes read each value; being an output of the graph counts as one.
    func useCounts() -> [Int] {
        var counts = [Int](repeating: 0, count: values.count)
        for node in nodes {
            for case let input? in node.inputs { counts[input] += 1 }
        }
        for output in outputs { counts[output] += 1 }
        return counts
    }

    /// Removes nodes whose results reach no output of the graph, and constants nobody reads.
    mutating func removeUnused() {
        var needed = [Bool](repeating: false, count: values.count)
        for output in outputs { needed[output] = true }
        var kept: [Node] = []
        for var node in nodes.reversed() {
            guard node.outputs.contains(where: { $0.map { needed[$0] } ?? false }) else { continue }
            for case let input? in node.inputs { needed[input] = true }
            // An output nobody reads need not be kept, but the first says what the others hang on.
            for index in node.outputs.indices.dropFirst() {
                if let output = node.outputs[index], !needed[output] { node.outputs[index] = nil }
            }
            kept.append(node)
        }
        nodes = kept.reversed()
        constants = constants.filter { needed[$0.key] }
    }
}
