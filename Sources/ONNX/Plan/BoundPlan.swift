import Tensors

/// A plan and the memory of one run at a time: what its steps read and write there, which is made once and serves every run.
///
/// A small network's step takes some ten microseconds, and making its frame two.
struct BoundPlan: Sendable {
    let plan: Plan
    let arena: Storage
    private let pool: WorkerPool
    private let strandSpaces: Tensor
    /// By place in the plan's values; nil for what lies in the inputs of a run, unless one is under way.
    private var values: [Tensor?]
    /// By call; nil for those that read inputs of the run.
    private let frames: [Frame?]

    /// - Parameter arena: at least the plan's ``Plan/arenaSize`` bytes.
    init(_ plan: Plan, arena: Storage, pool: WorkerPool) {
        self.plan = plan
        self.arena = arena
        self.pool = pool
        let values = plan.values.map { value -> Tensor? in
            switch value.location {
            case .constant(let tensor): return tensor
            case .input: return nil
            case .arena(let byteOffset): return Plan.view(value.type, arena, byteOffset)
            }
        }
        self.values = values
        let strands = plan.strandSpaces
        let strandSpaces = Plan.view(
            TensorType(type: .uint8, shape: [strands.count, strands.bytes]), arena, strands.start)
        self.strandSpaces = strandSpaces
        frames = plan.calls.map { call in
            let places = (call.inputs + call.outputs).compactMap { $0 }
            guard places.allSatisfy({ values[$0] != nil }) else { return nil }
            return BoundPlan.frame(call, values, strandSpaces, arena: arena, pool: pool)
        }
    }

    /// Begins a run with these inputs of the graph, in its order.
    mutating func take(_ inputs: [Tensor]) {
        for (place, value) in plan.values.enumerated() {
            guard case .input(let index, let byteOffset) = value.location else { continue }
            values[place] = Plan.view(value.type, inputs[index].storage, inputs[index].byteOffset + byteOffset)
        }
    }

    /// Ends a run: its inputs are let go of.
    mutating func dropInputs() {
        for (place, value) in plan.values.enumerated() {
            if case .input = value.location { values[place] = nil }
        }
    }

    /// What the step of call `index` gets in the run under way.
    func frame(_ index: Int) -> Frame {
        frames[index] ?? BoundPlan.frame(plan.calls[index], values, strandSpaces, arena: arena, pool: pool)
    }

    /// The tensor at a place of the plan's values, in the run under way.
    func value(_ place: Int) -> Tensor {
        guard let value = values[place] else { preconditionFailure("a value outside a run") }
        return value
    }

    private static func frame(
        _ call: Plan.Call, _ values: [Tensor?], _ strandSpaces: Tensor, arena: Storage, pool: WorkerPool
    ) -> Frame {
        let workspace = Plan.view(
            TensorType(type: .uint8, shape: [call.workspace.count]), arena, call.workspace.lowerBound)
        return Frame(
            inputs: call.inputs.map { $0.flatMap { values[$0] } },
            outputs: call.outputs.map { $0.flatMap { values[$0] } }, workspace: workspace,
            strandSpaces: strandSpaces, pool: pool)
    }
}
