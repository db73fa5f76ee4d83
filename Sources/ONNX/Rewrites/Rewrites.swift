import Tensors

/// Changes to a graph that keep its meaning and hold for inputs of any shape.
enum Rewrites {
    /// Applies all of them.
    ///
    /// - Parameters:
    ///   - memoryLimit: bytes that values computed here may take together.
    ///   - effort: counts what graphs within nodes run.
    static func apply(to graph: inout Graph, pool: WorkerPool, memoryLimit: Int, effort: Effort) throws(ModelError) {
        graph.removeUnused()
        try ConstantFolding.apply(to: &graph, pool: pool, memoryLimit: memoryLimit, effort: effort)
        FoldBatchNormalization.apply(to: &graph)
        FuseActivation.apply(to: &graph)
        graph.removeUnused()
    }
}
