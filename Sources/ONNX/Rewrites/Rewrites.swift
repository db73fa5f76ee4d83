import Tensors

/// Changes to a graph that keep its meaning and hold for inputs of any shape.
enum Rewrites {
    /// Applies all of them.
    ///
    /// - Parameters:
    ///   - inputs: types of the graph's inputs, where the file fixes all of them.
    ///   - memoryLimit: bytes that values computed here may take together.
    ///   - effort: counts what graphs within nodes run.
    static func apply(
        to graph: inout Graph, inputs: [TensorType]?, pool: WorkerPool, memoryLimit: Int, effort: Effort
    ) throws(ModelError) {
        graph.removeUnused()
        try ConstantFolding.apply(to: &graph, pool: pool, memoryLimit: memoryLimit, effort: effort)
        if let inputs {
            FoldShapes.apply(to: &graph, inputs: inputs, pool: pool, memoryLimit: memoryLimit, effort: effort)
        }
        FoldBatchNormalization.apply(to: &graph)
        JoinPointwise.apply(to: &graph)
        if let inputs { FuseFocus.apply(to: &graph, types: inputs) }
        FuseActivation.joinSiLU(in: &graph)
        let images = AssignBlockedLayout.apply(to: &graph)
        FuseResidual.apply(to: &graph, images: images)
        FuseActivation.apply(to: &graph)
        FusePooling.apply(to: &graph)
        graph.removeUnused()
    }
}
