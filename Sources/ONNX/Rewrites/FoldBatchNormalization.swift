import Tensors

/// Takes a batch normalization that follows a convolution into its weights and bias.
enum FoldBatchNormalization {
    static func apply(to graph: inout Graph) {
        var rewriter = PairRewriter(graph)
        for index in graph.nodes.indices {
            guard let norm = graph.nodes[index].implementation as? BatchNormalization,
                let first = rewriter.soleProducer(of: graph.nodes[index].inputs[0]),
                let conv = graph.nodes[first].implementation as? Conv, conv.epilogue == nil,
                let folded = fold(norm, graph.nodes[index], into: graph.nodes[first], &graph)
            else { continue }
            graph.nodes[first].inputs = folded
            rewriter.join(first: first, second: index, in: &graph)
        }
        rewriter.finish(&graph)
    }

    /// The convolution's new inputs, or nil where something is not known beforehand or of an unusual shape.
    private static func fold(
        _ norm: BatchNormalization, _ node: Graph.Node, into conv: Graph.Node, _ graph: inout Graph
    ) -> [Graph.ValueIndex?]? {
        func constant(_ node: Graph.Node, _ input: Int) -> ConstantValue? {
            guard input < node.inputs.count, let value = node.inputs[input] else { return nil }
            return graph.constants[value].flatMap { $0.type == .float32 ? $0 : nil }
        }
        let parameters = (1..<5).compactMap { constant(node, $0)?.tensor }
        guard parameters.count == 4, let weights = constant(conv, 1), let filters = weights.shape.first,
            parameters.allSatisfy({ $0.shape == [filters] })
        else { return nil }
        let bias = constant(conv, 2)?.tensor
        guard bias?.shape == [filters] || (bias == nil && (conv.inputs.count < 3 || conv.inputs[2] == nil)) else {
            return nil
        }
        let (scale, offset) = norm.factors(parameters)
        let newBias = Tensor(shape: [filters], type: .float32)
        for filter in 0..<filters {
            newBias.floats[filter] = (bias?.floats[filter] ?? 0) * scale[filter] + offset[filter]
        }
        let newWeights = graph.addValue("\(conv.name) weights, normalized")
        let newBiasValue = graph.addValue("\(conv.name) bias, normalized")
        graph.constants[newWeights] = weights.map(.float32) { scaled($0, by: scale) }
        graph.constants[newBiasValue] = ConstantValue(newBias)
        return [conv.inputs[0], newWeights, newBiasValue]
    }

    /// Weights of which each filter is multiplied by a number of its own.
    private static func scaled(_ weights: Tensor, by scale: [Float]) -> Tensor {
        let result = Tensor(shape: weights.shape, type: .float32)
        let size = weights.count / max(scale.count, 1)
        for (filter, factor) in scale.enumerated() {
            let part = filter * size..<(filter + 1) * size
            Kernel.multiply(weights.floats[part], factor, into: result.floats[part])
        }
        return result
    }
}

/// Bookkeeping for rewrites that join a node with the only one that reads its result.
struct PairRewriter {
    private var producer: [Graph.ValueIndex: Int] = [:]
    private let uses: [Int]
    private var removed: Set<Int> = []

    init(_ graph: Graph) {
        uses = graph.useCounts()
        for (index, node) in graph.nodes.enumerated() {
            if let output = node.outputs.first, let output { producer[output] = index }
        }
    }

    /// The node whose first output is `value`, where nobody else reads it.
    func soleProducer(of value: Graph.ValueIndex?) -> Int? {
        guard let value, value < uses.count, uses[value] == 1 else { return nil }
        return producer[value]
    }

    /// The node whose first output is `value`.
    func producer(of value: Graph.ValueIndex?) -> Int? { value.flatMap { producer[$0] } }

    /// Lets `first` give what `second` gave, and takes `second` out.
    mutating func join(first: Int, second: Int, in graph: inout Graph) {
        graph.nodes[first].outputs = graph.nodes[second].outputs
        remove(second)
        if let output = graph.nodes[first].outputs.first, let output { producer[output] = first }
    }

    /// The same, where `second` stands: what else it reads need be there only then.
    mutating func joinLater(first: Int, second: Int, in graph: inout Graph) {
        let outputs = graph.nodes[second].outputs
        graph.nodes[second] = graph.nodes[first]
        graph.nodes[second].outputs = outputs
        remove(first)
        if let output = outputs.first, let output { producer[output] = second }
    }

    mutating func remove(_ index: Int) { removed.insert(index) }

    func finish(_ graph: inout Graph) {
        graph.nodes = graph.nodes.indices.filter { !removed.contains($0) }.map { graph.nodes[$0] }
    }
}
