import Tensors

/// Makes the ``Plan`` of a graph for one set of input shapes: infers all types, computes what depends on shapes and
/// constants alone, and places the rest in memory.
struct Planner {
    private let graph: Graph
    private let pool: WorkerPool
    private let memoryLimit: Int

    /// What is known of a value while planning.
    private struct Known {
        let type: TensorType
        var root: Root
        /// From the start of an input or a block; a constant is all of its root.
        var byteOffset = 0
    }

    /// The memory a value is, or is part of.
    private enum Root {
        case constant(ConstantValue)
        case input(Int)
        case block(Int)
    }

    /// A step that is to run, before its memory has a place.
    private struct Pending {
        let node: Int
        let inputs: [Int?]
        let outputs: [Int?]
        let workspace: (block: Int, size: Int)?
        let run: @Sendable (Frame) throws(ModelError) -> Void
    }

    private var known: [Known?]
    private var lastUse: [Int]
    private var memory = MemoryPlan()
    /// The most that a step needs of each strand's scratch memory.
    private var strandSpace = 0
    private var pending: [Pending] = []
    private var foldedBytes = 0
    /// Whether nodes that need values known only while running are left for ``Evaluator``.
    private let defers: Bool
    private var deferred: [Int] = []
    private let evaluator: Evaluator
    /// By block, the values in it, so that one is overwritten only when none of them is needed.
    private var members: [[Graph.ValueIndex]] = []

    /// - Parameters:
    ///   - inputs: the graph's inputs, in their order: their types, and the values of those that shall be constants.
    ///   - memoryLimit: bytes that one tensor, the arena, and all folded values may take.
    ///   - effort: counts what graphs within nodes run.
    ///   - defers: leaves nodes that need values known only while running, and those that read from them, to the run;
    ///     otherwise they are an error.
    static func plan(
        _ graph: Graph, inputs: [(type: TensorType, value: Tensor?)], pool: WorkerPool, memoryLimit: Int,
        effort: Effort, defers: Bool = false
    ) throws(ModelError) -> Plan {
        var planner = Planner(graph, pool: pool, memoryLimit: memoryLimit, effort: effort, defers: defers)
        for (index, (value, input)) in zip(graph.inputs, inputs).enumerated() {
            try checkSize(input.type, limit: memoryLimit)
            planner.known[value] = Known(
                type: input.type, root: input.value.map { .constant(ConstantValue($0)) } ?? .input(index))
        }
        for index in graph.nodes.indices {
            do throws(ModelError) { try planner.add(index) } catch {
                guard defers, error.wantsValue else { throw graph.nodes[index].placed(error) }
                planner.leave(index)
            }
        }
        return try planner.finish()
    }

    /// The values that shapes and constants alone decide; none where the graph cannot be planned, which its plan will tell.
    static func constants(
        of graph: Graph, inputs: [TensorType], pool: WorkerPool, memoryLimit: Int, effort: Effort
    ) -> [Graph.ValueIndex: ConstantValue] {
        var planner = Planner(graph, pool: pool, memoryLimit: memoryLimit, effort: effort, defers: true)
        for (index, (value, type)) in zip(graph.inputs, inputs).enumerated() {
            planner.known[value] = Known(type: type, root: .input(index))
        }
        for index in graph.nodes.indices {
            do throws(ModelError) { try planner.add(index) } catch {
                guard error.wantsValue else { return [:] }
                planner.leave(index)
            }
        }
        var constants: [Graph.ValueIndex: ConstantValue] = [:]
        for (value, known) in planner.known.enumerated() where graph.constants[value] == nil {
            if case .constant(let constant)? = known?.root { constants[value] = constant }
        }
        return constants
    }

    private init(_ graph: Graph, pool: WorkerPool, memoryLimit: Int, effort: Effort, defers: Bool) {
        self.defers = defers
        evaluator = Evaluator(pool: pool, memoryLimit: memoryLimit, effort: effort)
        self.graph = graph
        self.pool = pool
        self.memoryLimit = memoryLimit
        known = [Known?](repeating: nil, count: graph.values.count)
        lastUse = [Int](repeating: -1, count: graph.values.count)
        for (value, constant) in graph.constants {
            known[value] = Known(type: constant.tensorType, root: .constant(constant))
        }
        for (index, node) in graph.nodes.enumerated() {
            for case let input? in node.inputs { lastUse[input] = index }
        }
        for output in graph.outputs { lastUse[output] = Int.max }
    }

    // MARK: One node

    private mutating func add(_ index: Int) throws(ModelError) {
        let node = graph.nodes[index]
        if defers, node.inputs.contains(where: { $0.map { known[$0] == nil } ?? false }) { return leave(index) }
        let operands = Operands(
            list: node.inputs.map { input in
                input.flatMap { known[$0] }.map { known in
                    if case .constant(let constant) = known.root { return Operand(constant) }
                    return Operand(type: known.type.type, shape: known.type.shape)
                }
            }, memoryLimit: memoryLimit, threads: pool.threads, evaluator: evaluator)
        let step = try node.implementation.plan(operands)
        precondition(step.outputs.count >= node.outputs.count, "\(node.operatorName) plans too few outputs")
        for output in step.outputs { try Planner.checkSize(output, limit: memoryLimit) }
        let constants = operands.list.allSatisfy { $0 == nil || $0?.known != nil }
        if step.values != nil || constants {
            try fold(node, step, operands.list.map { $0?.constant })
        } else {
            try schedule(node, index, step)
        }
    }

    /// Leaves a node to the run, for which the values it reads are kept.
    private mutating func leave(_ index: Int) {
        deferred.append(index)
        for case let input? in graph.nodes[index].inputs {
            lastUse[input] = Int.max
            if case .block(let block) = known[input]?.root { memory.extend(block, to: Int.max) }
        }
    }

    /// Throws for a shape that no run should try to fill, or loop over.
    static func checkSize(_ type: TensorType, limit: Int) throws(ModelError) {
        try Limits.check(shape: type.shape)
        // A dimension of 0 makes the tensor empty but not the loops over the others.
        let bytes = type.shape.reduce(type.type.byteSize) { $0 * max($1, 1) }
        guard bytes <= limit else {
            throw ModelError(
                "a result of shape \(type.shape) does not fit in memory", expected: "at most \(limit) bytes",
                got: "\(bytes)")
        }
    }

    /// Computes a step whose inputs are all known.
    private mutating func fold(_ node: Graph.Node, _ step: Step, _ inputs: [Tensor?]) throws(ModelError) {
        let results = try Planner.evaluate(step, inputs: inputs, limit: memoryLimit - foldedBytes, pool: pool)
        for (output, tensor) in zip(node.outputs, results) {
            guard let output else { continue }
            foldedBytes += tensor.byteCount
            guard foldedBytes <= memoryLimit else {
                throw ModelError(
                    "values computed while planning do not fit in memory", expected: "at most \(memoryLimit) bytes",
                    got: "\(foldedBytes)")
            }
            known[output] = Known(
                type: TensorType(type: tensor.type, shape: tensor.shape), root: .constant(ConstantValue(tensor)))
        }
    }

    /// Runs a step at once, in memory of its own.
    ///
    /// - Parameter limit: bytes that the results and the scratch memory may take.
    static func evaluate(
        _ step: Step, inputs: [Tensor?], limit: Int, pool: WorkerPool
    ) throws(ModelError) -> [Tensor] {
        if let values = step.values { return values }
        var bytes = step.workspace + (try strandBytes(step, pool))
        for output in step.outputs { bytes += output.shape.reduce(output.type.byteSize, *) }
        guard bytes <= limit else {
            throw ModelError(
                "values computed while planning do not fit in memory", expected: "at most \(limit) bytes more",
                got: "\(bytes)")
        }
        let outputs = step.outputs.enumerated().map { index, type in
            if case .view(let input, let byteOffset) = step.placement(index), let source = inputs[input] {
                return view(type, of: source, byteOffset)
            }
            return Tensor(shape: type.shape, type: type.type)
        }
        let workspace = Tensor(shape: [step.workspace], type: .uint8)
        let strandSpaces = Tensor(shape: [pool.threads, step.strandSpace], type: .uint8)
        if outputs.contains(where: { $0.count > 0 }) {
            try step.run?(
                Frame(
                    inputs: inputs, outputs: outputs, workspace: workspace, strandSpaces: strandSpaces, pool: pool))
        }
        return outputs
    }

    /// Bytes of the scratch memory of all strands.
    private static func strandBytes(_ step: Step, _ pool: WorkerPool) throws(ModelError) -> Int {
        let (bytes, overflow) = step.strandSpace.multipliedReportingOverflow(by: pool.threads)
        guard !overflow else { throw ModelError("scratch memory that overflows") }
        return bytes
    }

    /// Part of a tensor, or all of it in another shape, from `byteOffset` on.
    private static func view(_ type: TensorType, of tensor: Tensor, _ byteOffset: Int) -> Tensor {
        Plan.view(type, tensor.storage, tensor.byteOffset + byteOffset)
    }

    /// Notes a step that every run computes, and gives its outputs their blocks.
    private mutating func schedule(_ node: Graph.Node, _ index: Int, _ step: Step) throws(ModelError) {
        var computes = false
        for (place, output) in node.outputs.enumerated() {
            guard let output else { continue }
            let type = step.outputs[place]
            let last = max(lastUse[output], index)
            switch step.placement(place) {
            case .view(let input, let byteOffset):
                guard let value = node.inputs[input], let source = known[value] else {
                    preconditionFailure("a view of an input that is not there")
                }
                if case .constant(let constant) = source.root {
                    known[output] = Known(
                        type: type, root: .constant(ConstantValue(Planner.view(type, of: constant.tensor, byteOffset))))
                    continue
                }
                known[output] = Known(type: type, root: source.root, byteOffset: source.byteOffset + byteOffset)
                if case .block(let block) = source.root { join(output, to: block, last: last) }
                continue
            case .over(let candidates):
                if let value = candidates.lazy.compactMap({ $0 < node.inputs.count ? node.inputs[$0] : nil })
                    .first(where: { canOverwrite($0, by: type, node: node, index: index) }), let source = known[value],
                    case .block(let block) = source.root
                {
                    known[output] = Known(type: type, root: source.root, byteOffset: source.byteOffset)
                    join(output, to: block, last: last)
                    computes = true
                    continue
                }
            case .own, .joined: break
            }
            let bytes = type.shape.reduce(type.type.byteSize, *)
            let block = memory.add(bytes: bytes, first: index, last: last)
            members.append([output])
            known[output] = Known(type: type, root: .block(block))
            computes = true
            if case .joined = step.placement(place) { merge(node.inputs, into: block) }
        }
        guard let run = step.run, computes else { return }
        let isEmpty = step.outputs.allSatisfy { $0.shape.contains(0) }
        if isEmpty { return }
        var workspace: (Int, Int)?
        if step.workspace > 0 {
            try Planner.checkSize(TensorType(type: .uint8, shape: [step.workspace]), limit: memoryLimit)
            workspace = (memory.add(bytes: step.workspace, first: index, last: index), step.workspace)
            members.append([])
        }
        try Planner.checkSize(
            TensorType(type: .uint8, shape: [try Planner.strandBytes(step, pool)]), limit: memoryLimit)
        strandSpace = max(strandSpace, step.strandSpace)
        let inputs = node.inputs.enumerated().map { step.absorbed.contains($0) ? nil : $1 }
        pending.append(
            Pending(node: index, inputs: inputs, outputs: node.outputs, workspace: workspace, run: run))
    }

    /// Values that a block may have and still become part of another: each is visited, and a hostile file could join ever more.
    private static let mostMembers = 256

    /// Lets values lie in a block one after the other from the beginning, as far as they have blocks to themselves.
    private mutating func merge(_ values: [Graph.ValueIndex?], into block: Int) {
        var offset = 0
        for case let value? in values {
            guard let source = known[value] else { preconditionFailure("a value nobody computes") }
            let bytes = source.type.shape.reduce(source.type.type.byteSize, *)
            defer { offset += bytes }
            guard case .block(let part) = source.root, part != block, source.byteOffset == 0, bytes > 0,
                memory.blocks[part].bytes == bytes, offset % MemoryPlan.alignment == 0,
                members[part].count <= Planner.mostMembers
            else { continue }
            memory.merge(part, into: block)
            for member in members[part] {
                known[member]?.root = .block(block)
                known[member]?.byteOffset += offset
            }
            members[block] += members[part]
            members[part] = []
        }
    }

    private mutating func join(_ value: Graph.ValueIndex, to block: Int, last: Int) {
        members[block].append(value)
        memory.extend(block, to: last)
    }

    /// Whether `node` may write a result of `type` where `value` lies.
    private func canOverwrite(_ value: Graph.ValueIndex, by type: TensorType, node: Graph.Node, index: Int) -> Bool {
        guard let source = known[value], case .block(let block) = source.root else { return false }
        guard source.type.shape == type.shape, source.type.type.byteSize == type.type.byteSize else { return false }
        guard members[block].allSatisfy({ lastUse[$0] <= index }) else { return false }
        // Another view of the same memory among the inputs would be read after it was overwritten.
        return node.inputs.allSatisfy { other in
            guard let other, other != value, let known = known[other], case .block(block) = known.root else {
                return true
            }
            return false
        }
    }

    // MARK: The whole

    private mutating func finish() throws(ModelError) -> Plan {
        // A multiple of a cache line for each.
        let space = (strandSpace + MemoryPlan.alignment - 1) & ~(MemoryPlan.alignment - 1)
        let strands = memory.add(bytes: space * pool.threads, first: 0, last: graph.nodes.count)
        memory.place()
        guard memory.size + foldedBytes <= memoryLimit else {
            throw ModelError(
                "intermediate values do not fit in memory", expected: "at most \(memoryLimit) bytes",
                got: "\(memory.size + foldedBytes)")
        }
        var places: [Graph.ValueIndex: Int] = [:]
        var values: [Plan.Value] = []
        func place(_ value: Graph.ValueIndex) -> Int {
            if let place = places[value] { return place }
            guard let known = known[value] else { preconditionFailure("a value nobody computes") }
            let location: Plan.Location =
                switch known.root {
                case .constant(let constant): .constant(constant.tensor)
                case .input(let index): .input(index, byteOffset: known.byteOffset)
                case .block(let block): .arena(byteOffset: memory.offsets[block] + known.byteOffset)
                }
            values.append(Plan.Value(type: known.type, location: location))
            places[value] = values.count - 1
            return values.count - 1
        }
        var calls: [Plan.Call] = []
        for step in pending {
            let start = step.workspace.map { memory.offsets[$0.block] } ?? 0
            calls.append(
                Plan.Call(
                    node: step.node, inputs: step.inputs.map { $0.map(place) },
                    outputs: step.outputs.map { $0.map(place) },
                    workspace: start..<start + (step.workspace?.size ?? 0), run: step.run))
        }
        // What deferred nodes read, and outputs, which they may give.
        var kept: [Graph.ValueIndex: Int] = [:]
        for value in deferred.flatMap({ graph.nodes[$0].inputs.compactMap { $0 } }) + graph.outputs
        where known[value] != nil { kept[value] = place(value) }
        return Plan(
            values: values, calls: calls, kept: kept, deferred: deferred, arenaSize: memory.size,
            strandSpaces: (memory.offsets[strands], pool.threads, space), foldedBytes: foldedBytes)
    }
}
