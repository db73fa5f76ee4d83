import Tensors

/// Takes a maximum pooling that follows a convolution into it, so that what it pools need not leave the cache: of common
/// networks, the largest image there is.
enum FusePooling {
    static func apply(to graph: inout Graph) {
        var rewriter = PairRewriter(graph)
        for index in graph.nodes.indices {
            guard let pool = graph.nodes[index].implementation as? BlockedPool, PooledRows.serves(pool),
                let first = rewriter.soleProducer(of: graph.nodes[index].inputs[0]),
                var conv = graph.nodes[first].implementation as? BlockedConv, graph.nodes[first].inputs.count <= 3,
                let weights = graph.nodes[first].inputs[1].flatMap({ graph.constants[$0] }), conv.canPool(weights.shape)
            else { continue }
            conv.pooling = BlockedConv.Pooling(pool: pool, name: graph.nodes[index].name)
            graph.nodes[first].implementation = conv
            rewriter.join(first: first, second: index, in: &graph)
        }
        rewriter.finish(&graph)
    }
}
