import Synchronization
import Tensors

/// Work done outside a plan, counted, so that loops in a file cannot go on for ever.
final class Effort: Sendable {
    /// Elements of a result that count as much as one more node.
    private static let elementsPerNode = 1024

    private let limit: Int
    private let spent = Atomic<Int>(0)

    /// - Parameter limit: nodes that may be run in all.
    init(limit: Int) { self.limit = limit }

    /// Counts a node and the elements it gives; throws once there were too many.
    func spend(elements: Int) throws(ModelError) {
        let nodes = 1 + elements / Effort.elementsPerNode
        guard spent.wrappingAdd(nodes, ordering: .relaxed).newValue <= limit else {
            throw ModelError("loops go on for too long", expected: "at most \(limit) nodes")
        }
    }
}

/// Runs nodes one by one, each planned when its inputs' values are known: what loops, branches and shapes that depend on
/// values need. It keeps no plans and packs no memory, so it is for what ``Planner`` cannot place.
struct Evaluator: Sendable {
    let pool: WorkerPool
    /// Bytes that the values of one graph may take at a time, and any one tensor.
    let memoryLimit: Int
    let effort: Effort

    /// The outputs of `graph`, which takes `inputs` in their order.
    func run(_ graph: Graph, _ inputs: [Tensor?]) throws(ModelError) -> [Tensor] {
        precondition(inputs.count == graph.inputs.count, "\(inputs.count) inputs for \(graph.inputs.count)")
        var values = [Tensor?](repeating: nil, count: graph.values.count)
        for (value, constant) in graph.constants { values[value] = constant.tensor }
        for (value, tensor) in zip(graph.inputs, inputs) { values[value] = tensor }
        try run(graph.nodes, &values, keeping: graph.outputs)
        var outputs: [Tensor] = []
        for output in graph.outputs {
            guard let tensor = values[output] else {
                throw ModelError("output \"\(graph.values[output])\" depends on an input that is missing")
            }
            outputs.append(tensor)
        }
        return outputs
    }

    /// Computes `nodes` in their order.
    ///
    /// - Parameters:
    ///   - values: by number; results are added, and taken out again once nobody needs them.
    ///   - kept: numbers of values that stay.
    ///   - note: told each node and how long it took.
    func run(
        _ nodes: [Graph.Node], _ values: inout [Tensor?], keeping kept: [Graph.ValueIndex],
        note: ((Graph.Node, Duration) -> Void)? = nil
    ) throws(ModelError) {
        var lastUse: [Graph.ValueIndex: Int] = [:]
        for (index, node) in nodes.enumerated() {
            for case let value? in node.inputs + node.outputs { lastUse[value] = index }
        }
        for value in kept { lastUse[value] = Int.max }
        var held = 0
        /// Bytes of the values computed here; those from outside are somebody else's.
        var sizes: [Graph.ValueIndex: Int] = [:]
        for (index, node) in nodes.enumerated() {
            let start = note == nil ? nil : ContinuousClock.now
            let results: [Tensor]
            do { results = try run(node, values, limit: memoryLimit - held) } catch { throw node.placed(error) }
            if let start { note?(node, ContinuousClock.now - start) }
            for (output, tensor) in zip(node.outputs, results) {
                guard let output else { continue }
                held += tensor.byteCount
                sizes[output] = tensor.byteCount
                values[output] = tensor
            }
            for case let value? in node.inputs + node.outputs where lastUse[value] == index {
                held -= sizes.removeValue(forKey: value) ?? 0
                values[value] = nil
                lastUse[value] = nil
            }
        }
    }

    private func run(_ node: Graph.Node, _ values: [Tensor?], limit: Int) throws(ModelError) -> [Tensor] {
        let inputs = node.inputs.map { $0.flatMap { values[$0] } }
        let operands = Operands(
            list: inputs.map { tensor in tensor.map { Operand(ConstantValue($0)) } },
            memoryLimit: limit, threads: pool.threads,
            evaluator: Evaluator(pool: pool, memoryLimit: limit, effort: effort))
        let step = try node.implementation.plan(operands)
        for output in step.outputs { try Planner.checkSize(output, limit: limit) }
        try effort.spend(elements: step.outputs.reduce(0) { $0 + $1.shape.reduce(1, *) })
        return try Planner.evaluate(step, inputs: inputs, limit: limit, pool: pool)
    }
}
