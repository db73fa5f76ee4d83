import Tensors

/// Computes what follows from the inputs' shapes, where the file fixes them: sizes that exporters write as a dozen nodes each,
/// and which other rewrites want to know.
enum FoldShapes {
    /// Elements of a value that is likely a shape, a slice's place or the like.
    private static let largest = 4096

    /// - Parameter inputs: of the graph.
    static func apply(
        to graph: inout Graph, inputs: [TensorType], pool: WorkerPool, memoryLimit: Int, effort: Effort
    ) {
        let known = Planner.constants(
            of: graph, inputs: inputs, pool: pool, memoryLimit: memoryLimit, effort: effort)
        for (value, constant) in known where constant.count <= largest { graph.constants[value] = constant }
        graph.nodes.removeAll { node in
            node.outputs.allSatisfy { output in output.map { graph.constants[$0] != nil } ?? true }
        }
    }
}
