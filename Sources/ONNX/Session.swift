import Synchronization
package import Tensors

/// What a session may use, and what it notes.
package struct SessionOptions: Sendable {
    /// Bytes that the intermediate values of one run, and any one tensor, may take.
    package var memoryLimit: Int
    /// Whether to measure the time of each operator; see ``Session/profile``.
    package var measuresTime: Bool
    /// Nodes that loops, and graphs whose shapes only their values tell, may run in one run.
    package var nodeLimit: Int

    package init(memoryLimit: Int = 4 << 30, measuresTime: Bool = false, nodeLimit: Int = 5_000_000) {
        self.memoryLimit = memoryLimit
        self.nodeLimit = nodeLimit
        self.measuresTime = measuresTime
    }

    package static let standard = SessionOptions()
}

/// A loaded ONNX model, ready to run. Any number of threads may call ``run(_:)`` at the same time.
///
/// The weights are shared; a plan is made once for each set of input shapes; each run under way has an arena of its
/// own.
package final class Session: Sendable {
    /// The model's path or name, for errors.
    package let name: String
    /// What ``run(_:)`` takes.
    package let inputs: [ValueInfo]
    /// What ``run(_:)`` gives.
    package let outputs: [ValueInfo]
    /// `metadata_props` of the file.
    package let metadata: [String: String]
    private let graph: Graph
    private let pool: WorkerPool
    private let options: SessionOptions
    private let state = Mutex(State())

    /// Plans kept at most, and arenas that wait for the next run.
    private static let cachedPlans = 8
    private static let cachedArenas = 2

    /// Elements of an input that a plan may depend on: shapes, axes, scales.
    static let valueLimit = 256

    /// What a plan was made for.
    private struct PlanKey: Equatable {
        let shapes: [[Int]]
        /// The bytes of the inputs whose values it depends on, nil for the others.
        var values: [[UInt8]?] = []
        var defers = false
    }

    /// What plans are made from: each kind serves where the one before does not.
    private enum Planning {
        /// Shapes of the inputs.
        case byShapes
        /// The values of small inputs too, which some operators take for shapes.
        case byValues
        /// Shapes; nodes that need more are planned anew in every run.
        case partly
    }

    private struct State {
        /// The last used plan last.
        var plans: [(key: PlanKey, plan: Plan)] = []
        var planning = Planning.byShapes
        var bound: [BoundPlan] = []
        var times: [String: Profile.Entry] = [:]
    }

    /// Loads the ONNX file at `path`, whose weights stay mapped.
    ///
    /// - Throws: ``ModelError`` where the file cannot be read, is damaged, or uses what is not supported.
    package convenience init(
        path: String, pool: WorkerPool, options: SessionOptions = .standard
    ) throws(ModelError) {
        let storage: Storage
        do { storage = try Storage(mapping: path) } catch { throw ModelError(error.reason).at(file: path) }
        try self.init(storage: storage, name: path, files: ExternalFiles(besides: path), pool: pool, options: options)
    }

    /// Loads an ONNX file from memory.
    ///
    /// - Parameter name: what errors call it.
    package convenience init(
        bytes: [UInt8], name: String, pool: WorkerPool, options: SessionOptions = .standard
    ) throws(ModelError) {
        let files = ExternalFiles(besides: nil)
        try self.init(storage: Buffer(bytes).storage, name: name, files: files, pool: pool, options: options)
    }

    private init(
        storage: Storage, name: String, files: ExternalFiles, pool: WorkerPool, options: SessionOptions
    ) throws(ModelError) {
        self.name = name
        self.pool = pool
        self.options = options
        let types: [TensorType]?
        do {
            let model = try ModelProto(ByteReader(storage))
            metadata = model.metadata
            var (graph, inputs, outputs) = try GraphBuilder.build(model, files: files)
            types = try Session.fixedTypes(inputs, limit: options.memoryLimit)
            try Rewrites.apply(
                to: &graph, inputs: types, pool: pool, memoryLimit: options.memoryLimit,
                effort: Effort(limit: options.nodeLimit))
            self.graph = graph
            self.inputs = inputs
            self.outputs = outputs
        } catch { throw error.at(file: name) }
        // What can be known about a model is told when it is loaded rather than at its first run.
        if let types {
            do { _ = try plan(for: types.map(\.shape)) } catch  where error.wantsValue {}
        }
    }

    /// The types that the graph computes with, where the file fixes the shapes of all its inputs.
    ///
    /// - Throws: for one that no run could be given.
    private static func fixedTypes(_ inputs: [ValueInfo], limit: Int) throws(ModelError) -> [TensorType]? {
        var types: [TensorType] = []
        for input in inputs {
            guard let shape = input.shape else { return nil }
            let fixed = shape.compactMap { $0 }
            guard fixed.count == shape.count else { return nil }
            let type = TensorType(type: input.type.computed, shape: fixed)
            try Planner.checkSize(type, limit: limit)
            types.append(type)
        }
        return types
    }

    // MARK: Running

    /// Computes the model's outputs. Subnormal floats count as zero.
    ///
    /// - Parameter inputs: a tensor for each of ``inputs``, by name, of the declared type and a fitting shape. They are
    ///   only read.
    /// - Returns: a tensor for each of ``outputs``, by name, that own their memory.
    /// - Throws: ``ModelError`` for wrong inputs, for shapes that do not go together, and where memory would not
    ///   suffice.
    package func run(_ inputs: [String: Tensor]) throws(ModelError) -> [String: Tensor] {
        // Layers that fade out are full of subnormals: one public model of face landmarks takes twenty times as long with them.
        try FloatMode.current.withoutSubnormals.run { () throws(ModelError) in try compute(inputs) }
    }

    private func compute(_ inputs: [String: Tensor]) throws(ModelError) -> [String: Tensor] {
        let tensors: [Tensor]
        let plan: Plan
        do {
            tensors = try checked(inputs)
            plan = try self.plan(for: tensors)
        } catch { throw error.at(file: name) }
        var bound = takeBound(plan)
        bound.take(tensors)
        defer { giveBack(&bound) }
        for index in plan.calls.indices { try run(index, bound) }
        let finished = try finish(bound)
        var results: [String: Tensor] = [:]
        for (info, number) in zip(outputs, graph.outputs) {
            guard let value = finished[number] else { preconditionFailure("an output nobody computed") }
            // Half precision leaves the graph as it came in; other types are the graph's own.
            let type = info.type.computed == value.type ? info.type : value.type
            results[info.name] = value.converted(to: type)
        }
        return results
    }

    /// The values that a plan keeps, by number, with those of its deferred nodes.
    private func finish(_ bound: BoundPlan) throws(ModelError) -> [Tensor?] {
        let plan = bound.plan
        var finished = [Tensor?](repeating: nil, count: graph.values.count)
        for (number, place) in plan.kept { finished[number] = bound.value(place) }
        guard !plan.deferred.isEmpty else { return finished }
        let evaluator = Evaluator(
            pool: pool, memoryLimit: options.memoryLimit - plan.arenaSize - plan.foldedBytes,
            effort: Effort(limit: options.nodeLimit))
        do {
            try evaluator.run(
                plan.deferred.map { graph.nodes[$0] }, &finished, keeping: graph.outputs,
                note: options.measuresTime ? { self.note($0, $1) } : nil)
        } catch { throw error.at(file: name) }
        return finished
    }

    private func note(_ node: Graph.Node, _ time: Duration) {
        state.withLock {
            $0.times[node.name, default: Profile.Entry(node: node.name, operatorName: node.operatorName)].add(time)
        }
    }

    private func run(_ index: Int, _ bound: BoundPlan) throws(ModelError) {
        let call = bound.plan.calls[index]
        let frame = bound.frame(index)
        let start = options.measuresTime ? ContinuousClock.now : nil
        do { try call.run(frame) } catch { throw graph.nodes[call.node].placed(error).at(file: name) }
        if let start { note(graph.nodes[call.node], ContinuousClock.now - start) }
    }

    /// The tensors in the order of ``inputs``, in the types the graph computes with.
    private func checked(_ given: [String: Tensor]) throws(ModelError) -> [Tensor] {
        if let stranger = given.keys.sorted().first(where: { name in !inputs.contains { $0.name == name } }) {
            throw ModelError(
                "there is no input \"\(stranger)\"", expected: inputs.map { "\"\($0.name)\"" }.joined(separator: ", "))
        }
        var tensors: [Tensor] = []
        for info in inputs {
            guard let tensor = given[info.name] else { throw ModelError("input \"\(info.name)\" is missing") }
            guard tensor.type == info.type else {
                throw ModelError(
                    "input \"\(info.name)\" has the wrong element type", expected: info.type.rawValue,
                    got: tensor.type.rawValue)
            }
            guard info.accepts(tensor.shape) else {
                throw ModelError(
                    "input \"\(info.name)\" has the wrong shape", expected: info.shapeText, got: "\(tensor.shape)")
            }
            tensors.append(tensor.type == info.type.computed ? tensor : tensor.converted(to: info.type.computed))
        }
        return tensors
    }

    // MARK: Plans and arenas

    /// The plan for these inputs. Where some operator needs to know more than shapes, small inputs are taken for
    /// constants and there is a plan for each of their values; where that does not do either, the run plans the rest.
    private func plan(for tensors: [Tensor]) throws(ModelError) -> Plan {
        let shapes = tensors.map(\.shape)
        if state.withLock({ $0.planning == .byShapes }) {
            do { return try plan(for: shapes) } catch  where error.wantsValue {
                state.withLock { $0.planning = .byValues }
            }
        }
        if state.withLock({ $0.planning == .byValues }) {
            let values = tensors.map { $0.count <= Session.valueLimit ? $0.copy() : nil }
            do { return try plan(for: shapes, values: values) } catch  where error.wantsValue {
                state.withLock { $0.planning = .partly }
            }
        }
        return try plan(for: shapes, defers: true)
    }

    private func plan(
        for shapes: [[Int]], values: [Tensor?]? = nil, defers: Bool = false
    ) throws(ModelError) -> Plan {
        let key = PlanKey(shapes: shapes, values: values?.map { $0?.bytes.array } ?? [], defers: defers)
        let cached = state.withLock { state -> Plan? in
            guard let index = state.plans.lastIndex(where: { $0.key == key }) else { return nil }
            let entry = state.plans.remove(at: index)
            state.plans.append(entry)
            return entry.plan
        }
        if let cached { return cached }
        // Outside the lock: two threads may plan the same at once, and either plan will do.
        let types = zip(inputs, shapes).enumerated().map { index, pair in
            (type: TensorType(type: pair.0.type.computed, shape: pair.1), value: values?[index])
        }
        let plan: Plan
        do {
            plan = try Planner.plan(
                graph, inputs: types, pool: pool, memoryLimit: options.memoryLimit,
                effort: Effort(limit: options.nodeLimit), defers: defers)
        } catch { throw error.at(file: name) }
        state.withLock { state in
            if state.plans.count >= Session.cachedPlans { state.plans.removeFirst() }
            state.plans.append((key, plan))
        }
        return plan
    }

    /// The plan in memory that no other run uses: where it ran before if that is free, else where another did.
    private func takeBound(_ plan: Plan) -> BoundPlan {
        let free = state.withLock { state -> BoundPlan? in
            guard
                let index = state.bound.lastIndex(where: { $0.plan === plan })
                    ?? state.bound.firstIndex(where: { $0.arena.byteCount >= plan.arenaSize })
            else {
                // The new arena is larger than those that wait, and will serve for all shapes of theirs.
                state.bound.removeAll()
                return nil
            }
            return state.bound.remove(at: index)
        }
        if let free, free.plan === plan { return free }
        return BoundPlan(plan, arena: free?.arena ?? Storage(byteCount: plan.arenaSize), pool: pool)
    }

    private func giveBack(_ bound: inout BoundPlan) {
        bound.dropInputs()
        let free = bound
        state.withLock { state in
            if state.bound.count < Session.cachedArenas { state.bound.append(free) }
        }
    }

    // MARK: Figures

    /// Bytes of the constants the plans read, mapped or not.
    package var weightBytes: Int { graph.constants.values.reduce(0) { $0 + $1.byteCount } }

    /// Bytes of intermediate values that a run with inputs of these shapes needs.
    ///
    /// - Parameter shapes: by name of the input.
    package func scratchBytes(for shapes: [String: [Int]]) throws(ModelError) -> Int {
        var ordered: [[Int]] = []
        for info in inputs {
            guard let shape = shapes[info.name], info.accepts(shape) else {
                throw ModelError(
                    "input \"\(info.name)\" has the wrong shape", expected: info.shapeText,
                    got: "\(shapes[info.name] ?? [])"
                ).at(file: name)
            }
            ordered.append(shape)
        }
        // What deferred nodes will need is not known beforehand.
        let plan = try plan(for: ordered, defers: true)
        return plan.arenaSize + plan.foldedBytes
    }

    /// Time spent in each node so far; empty unless the options ask for it.
    package var profile: Profile {
        Profile(entries: state.withLock { Array($0.times.values) })
    }

    /// Forgets the times measured so far.
    package func resetProfile() { state.withLock { $0.times = [:] } }
}
