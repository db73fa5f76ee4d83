import Tensors

/// Takes the addition of another image to a convolution's result into the convolution.
enum FuseResidual {
    /// - Parameter images: what is known of values in the blocked layout: only images of the same extent are added so.
    static func apply(to graph: inout Graph, images: [Graph.ValueIndex: BlockedImage]) {
        var rewriter = PairRewriter(graph)
        for index in graph.nodes.indices {
            guard let add = graph.nodes[index].implementation as? BlockedBinary, add.binary.isAddition,
                let a = graph.nodes[index].inputs[0], let b = graph.nodes[index].inputs[1], a != b,
                let image = images[a], image == images[b]
            else { continue }
            // The later of two convolutions, whose other operand is then there already.
            let candidates = [(a, b), (b, a)].compactMap { own, other -> (conv: Int, other: Graph.ValueIndex)? in
                guard let conv = rewriter.soleProducer(of: own),
                    let implementation = graph.nodes[conv].implementation as? BlockedConv,
                    implementation.epilogue == nil, graph.nodes[conv].inputs.count <= 3
                else { return nil }
                return (conv, other)
            }
            guard let (conv, other) = candidates.max(by: { $0.conv < $1.conv }) else { continue }
            var node = graph.nodes[conv]
            node.inputs += [Graph.ValueIndex?](repeating: nil, count: 3 - node.inputs.count) + [other]
            graph.nodes[conv] = node
            rewriter.joinLater(first: conv, second: index, in: &graph)
        }
        rewriter.finish(&graph)
    }
}
