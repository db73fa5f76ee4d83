import Tensors

/// Changes to a graph that keep its meaning and hold for inputs of any shape.
enum Rewrites {
    /// Applies all of them.
    ///
    /// - Parameter memoryLimit: bytes that values computed here may take together.
    static func apply(to graph: inout Graph, pool: WorkerPool, memoryLimit: Int) throws(ModelError) {
        graph.removeUnused()
        try ConstantFolding.apply(to: &graph, pool: pool, memoryLimit: memoryLimit)
        FoldBatchNormalization.apply(to: &graph)
        FuseActivation.apply(to: &graph)
        graph.removeUnused()
    }
}
