import Tensors

/// Takes a 1x1 convolution into the one before it, with nothing in between: of two linear maps in a row the product is one. Only
/// where it multiplies less than the two: where the channels between them are many.
enum JoinPointwise {
    static func apply(to graph: inout Graph) {
        var rewriter = PairRewriter(graph)
        for index in graph.nodes.indices {
            guard let conv = graph.nodes[index].implementation as? Conv, isPlain(conv),
                let first = rewriter.soleProducer(of: graph.nodes[index].inputs[0]),
                let before = graph.nodes[first].implementation as? Conv, before.group == 1, before.epilogue == nil,
                let inputs = join(graph.nodes[first], graph.nodes[index], conv.attributes, &graph)
            else { continue }
            graph.nodes[first].inputs = inputs
            rewriter.join(first: first, second: index, in: &graph)
        }
        rewriter.finish(&graph)
    }

    /// Whether the convolution is one of each pixel by itself, as far as its attributes tell.
    private static func isPlain(_ conv: Conv) -> Bool {
        func all(_ values: [Int]?, _ value: Int) -> Bool { values?.allSatisfy { $0 == value } ?? true }
        let attributes = conv.attributes
        return conv.group == 1 && conv.epilogue == nil && all(attributes.kernel, 1) && all(attributes.strides, 1)
            && all(attributes.pads, 0)
    }

    /// The inputs of both in one, or nil where something is not known beforehand, of an unusual shape, or not worth it.
    private static func join(
        _ first: Graph.Node, _ second: Graph.Node, _ attributes: WindowAttributes, _ graph: inout Graph
    ) -> [Graph.ValueIndex?]? {
        guard let (before, inner) = parameters(first, graph), let (after, outer) = parameters(second, graph),
            before.shape.count == after.shape.count, after.shape[1] == before.shape[0],
            after.shape[2...].allSatisfy({ $0 == 1 }), hasRank(attributes, after.shape.count - 2)
        else { return nil }
        let (filters, between) = (after.shape[0], before.shape[0])
        let depth = before.count / between
        let (joined, apart) = (Double(filters) * Double(depth), Double(between) * Double(depth + filters))
        guard joined < apart else { return nil }
        let weights = graph.addValue("\(first.name) weights, with those of \(second.name)")
        let type = TensorType(type: .float32, shape: [filters] + before.shape[1...])
        graph.constants[weights] = ConstantValue(type) {
            before.once { before in
                after.once { product($0, before, rows: filters, inner: between, columns: depth, shape: type.shape) }
            }
        }
        guard inner != nil || outer != nil else { return [first.inputs[0], weights, nil] }
        let bias = graph.addValue("\(first.name) bias, with that of \(second.name)")
        graph.constants[bias] = ConstantValue(TensorType(type: .float32, shape: [filters])) {
            let sum = inner.map { inner in
                after.once { product($0, inner.tensor, rows: filters, inner: between, columns: 1, shape: [filters]) }
            }
            guard let outer else { return sum ?? Tensor(shape: [filters], type: .float32) }
            guard let sum else { return outer.tensor }
            Kernel.add(sum.floats, outer.tensor.floats, into: sum.floats)
            return sum
        }
        return [first.inputs[0], weights, bias]
    }

    /// A convolution's weights, of 3 dimensions or more and none of them empty, and its bias, where it has one.
    private static func parameters(
        _ node: Graph.Node, _ graph: Graph
    ) -> (weights: ConstantValue, bias: ConstantValue?)? {
        guard let weights = node.inputs[1].flatMap({ graph.constants[$0] }), weights.type == .float32,
            weights.shape.count > 2, weights.shape.allSatisfy({ $0 > 0 })
        else { return nil }
        guard node.inputs.count > 2, let value = node.inputs[2] else { return (weights, nil) }
        guard let bias = graph.constants[value], bias.type == .float32, bias.shape == [weights.shape[0]] else {
            return nil
        }
        return (weights, bias)
    }

    /// Whether lists of attributes are as long as a window of so many dimensions wants them. Others are refused in planning.
    private static func hasRank(_ attributes: WindowAttributes, _ rank: Int) -> Bool {
        [attributes.kernel, attributes.strides, attributes.dilations].allSatisfy { $0.map { $0.count == rank } ?? true }
            && attributes.pads.map { $0.count == 2 * rank } ?? true
    }

    private static func product(
        _ a: Tensor, _ b: Tensor, rows: Int, inner: Int, columns: Int, shape: [Int]
    ) -> Tensor {
        let result = Tensor(shape: shape, type: .float32)
        Kernel.gemm(
            m: rows, n: columns, k: inner, a.floats, lda: inner, b.floats, ldb: columns, into: result.floats,
            ldc: columns)
        return result
    }
}
