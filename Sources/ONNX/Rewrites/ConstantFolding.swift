import Tensors

/// Computes the nodes whose inputs are all constants.
enum ConstantFolding {
    static func apply(to graph: inout Graph, pool: WorkerPool, memoryLimit: Int, effort: Effort) throws(ModelError) {
        var left = memoryLimit
        var kept: [Graph.Node] = []
        for node in graph.nodes {
            let inputs = node.inputs.map { $0.flatMap { graph.constants[$0] } }
            guard zip(node.inputs, inputs).allSatisfy({ $0 == nil || $1 != nil }) else {
                kept.append(node)
                continue
            }
            do {
                let operands = Operands(
                    list: inputs.map { $0.map(Operand.init) }, memoryLimit: left, threads: pool.threads,
                    evaluator: Evaluator(pool: pool, memoryLimit: left, effort: effort))
                let step = try node.implementation.plan(operands)
                for output in step.outputs { try Planner.checkSize(output, limit: left) }
                let results = try Planner.evaluate(step, inputs: inputs.map { $0?.tensor }, limit: left, pool: pool)
                for case (let output?, let tensor) in zip(node.outputs, results) {
                    graph.constants[output] = ConstantValue(tensor)
                    left -= tensor.byteCount
                }
            } catch { throw node.placed(error) }
        }
        graph.nodes = kept
    }
}
