import Tensors

/// Turns a decoded file into a ``Graph``: names resolved, operators found, attributes read, nodes in an order that can
/// run.
struct GraphBuilder {
    private var graph = Graph()
    private var numbers: [String: Graph.ValueIndex] = [:]
    private let functions: FunctionExpander
    private let opset: Int
    private let files: ExternalFiles
    /// Graphs around this one.
    private let depth: Int

    /// The checked graph, and what it takes and gives.
    ///
    /// - Parameter files: where constants outside the model's own file lie.
    static func build(
        _ model: ModelProto, files: ExternalFiles
    ) throws(ModelError) -> (Graph, inputs: [ValueInfo], outputs: [ValueInfo]) {
        guard let proto = model.graph else { throw ModelError("no graph: this is no ONNX model") }
        let opset = try standardOpset(model)
        let functions = FunctionExpander(model.functions, opset: opset)
        var builder = GraphBuilder(functions, opset: opset, files: files, depth: 0)
        let inputs = try builder.addInputs(proto)
        try builder.addNodes(proto)
        let outputs = try builder.addOutputs(proto)
        return (builder.graph, inputs, outputs)
    }

    /// A graph that an attribute holds.
    ///
    /// - Parameter captures: names of the values around it that become its further inputs.
    private func subgraph(
        _ proto: GraphProto, captures: [String], opset: Int
    ) throws(ModelError) -> Subgraph {
        guard depth < Limits.depth else { throw ModelError("graphs within graphs, over \(Limits.depth) deep") }
        var builder = GraphBuilder(functions, opset: opset, files: files, depth: depth + 1)
        try builder.addInitializers(proto)
        for input in proto.inputs {
            try builder.checkKind(input)
            builder.graph.inputs.append(try builder.define(input.name, "an input of a graph within"))
        }
        // What the graph defines itself hides what is around it.
        let defined = Set(builder.numbers.keys).union(proto.nodes.flatMap(\.outputs))
        for name in captures {
            let isHidden = defined.contains(name)
            let number = isHidden ? builder.graph.addValue(name) : try builder.define(name, "a value around")
            builder.graph.inputs.append(number)
        }
        try builder.addNodes(proto)
        var outputs: [ValueInfo?] = []
        for output in proto.outputs {
            guard let number = builder.numbers[output.name] else {
                throw ModelError("output \"\(output.name)\" of a graph within is computed by no node")
            }
            try builder.checkKind(output)
            builder.graph.outputs.append(number)
            outputs.append(output.dataType == nil ? nil : try ValueInfo(output, "output"))
        }
        builder.graph.removeUnused()
        return Subgraph(graph: builder.graph, inputCount: proto.inputs.count, outputs: outputs)
    }

    private func checkKind(_ info: ValueInfoProto) throws(ModelError) {
        if let other = info.otherKind { throw ModelError("\"\(info.name)\" is \(other), which is not supported") }
    }

    private init(_ functions: FunctionExpander, opset: Int, files: ExternalFiles, depth: Int) {
        self.functions = functions
        self.opset = opset
        self.files = files
        self.depth = depth
    }

    private static func standardOpset(_ model: ModelProto) throws(ModelError) -> Int {
        // Files of the first version name no operator set and mean version 1.
        let version = model.opsets[""] ?? 1
        guard OperatorTable.opsets.contains(Int(clamping: version)) else {
            let supported = OperatorTable.opsets
            throw ModelError(
                "unsupported operator set version",
                expected: "\(supported.lowerBound) to \(supported.upperBound)", got: "\(version)")
        }
        return Int(version)
    }

    // MARK: Names

    private mutating func define(_ name: String, _ what: String) throws(ModelError) -> Graph.ValueIndex {
        guard !name.isEmpty else { throw ModelError("\(what) has no name") }
        guard numbers[name] == nil else { throw ModelError("value \"\(name)\" is defined twice, again by \(what)") }
        let number = graph.addValue(name)
        numbers[name] = number
        return number
    }

    private mutating func addInitializers(_ proto: GraphProto) throws(ModelError) {
        for initializer in proto.initializers {
            let number = try define(initializer.name, "an initializer")
            graph.constants[number] = try initializer.value(files)
        }
    }

    private mutating func addInputs(_ proto: GraphProto) throws(ModelError) -> [ValueInfo] {
        try addInitializers(proto)
        var infos: [ValueInfo] = []
        // Older files list their constants among the inputs too.
        let constants = Set(proto.initializers.map(\.name))
        for input in proto.inputs where !constants.contains(input.name) {
            let number = try define(input.name, "an input of the graph")
            graph.inputs.append(number)
            infos.append(try ValueInfo(input, "input"))
        }
        return infos
    }

    private mutating func addOutputs(_ proto: GraphProto) throws(ModelError) -> [ValueInfo] {
        guard !proto.outputs.isEmpty else { throw ModelError("the graph has no outputs") }
        var infos: [ValueInfo] = []
        var seen: Set<String> = []
        for output in proto.outputs {
            guard let number = numbers[output.name] else {
                throw ModelError("output \"\(output.name)\" is computed by no node")
            }
            guard seen.insert(output.name).inserted else {
                throw ModelError("output \"\(output.name)\" is listed twice")
            }
            graph.outputs.append(number)
            infos.append(try ValueInfo(output, "output"))
        }
        return infos
    }

    // MARK: Nodes

    private static func label(_ node: NodeProto, _ place: Int) -> String {
        node.name.isEmpty ? "#\(place)" : node.name
    }

    /// A node, its place in the list, and what graphs within it read.
    private struct PlacedNode {
        let place: Int
        let proto: NodeProto
        let captures: [String]

        var reads: [String] { proto.inputs + captures }
    }

    private mutating func addNodes(_ proto: GraphProto) throws(ModelError) {
        let nodes = try functions.expand(proto.nodes).enumerated().map {
            PlacedNode(place: $0, proto: $1, captures: $1.captures)
        }
        for node in try ordered(nodes) { try add(node) }
    }

    /// The nodes, each after those whose results it reads; in the file's own order where that will do.
    private func ordered(_ placed: [PlacedNode]) throws(ModelError) -> [PlacedNode] {
        let nodes = placed.map(\.proto)
        var producer: [String: Int] = [:]
        for (place, node) in nodes.enumerated() {
            for output in node.outputs where !output.isEmpty {
                guard producer[output] == nil, numbers[output] == nil else {
                    throw ModelError("value \"\(output)\" is defined twice")
                        .at(node: GraphBuilder.label(node, place), operatorName: node.operatorName)
                }
                producer[output] = place
            }
        }
        var waitingFor = [Int](repeating: 0, count: nodes.count)
        var readers = [[Int]](repeating: [], count: nodes.count)
        for (place, node) in nodes.enumerated() {
            for input in placed[place].reads where !input.isEmpty && numbers[input] == nil {
                guard let source = producer[input] else {
                    throw ModelError("input \"\(input)\" is defined nowhere")
                        .at(node: GraphBuilder.label(node, place), operatorName: node.operatorName)
                }
                waitingFor[place] += 1
                readers[source].append(place)
            }
        }
        if waitingFor.indices.allSatisfy({ place in readers[place].allSatisfy { $0 > place } }) {
            return placed
        }
        // Kahn's algorithm; a list used as a queue keeps the order deterministic.
        var order = nodes.indices.filter { waitingFor[$0] == 0 }
        var next = 0
        while next < order.count {
            for reader in readers[order[next]] {
                waitingFor[reader] -= 1
                if waitingFor[reader] == 0 { order.append(reader) }
            }
            next += 1
        }
        if let stuck = nodes.indices.first(where: { waitingFor[$0] > 0 }) {
            throw ModelError("the graph has a cycle through this node")
                .at(node: GraphBuilder.label(nodes[stuck], stuck), operatorName: nodes[stuck].operatorName)
        }
        return order.map { placed[$0] }
    }

    private mutating func add(_ placed: PlacedNode) throws(ModelError) {
        let node = placed.proto
        let name = GraphBuilder.label(node, placed.place)
        do {
            let implementation = try implementation(of: node, captures: placed.captures)
            let inputs: [Graph.ValueIndex?] = placed.reads.map { $0.isEmpty ? nil : numbers[$0] }
            var outputs: [Graph.ValueIndex?] = []
            for output in node.outputs {
                outputs.append(output.isEmpty ? nil : try define(output, "node \"\(name)\""))
            }
            graph.nodes.append(
                Graph.Node(
                    name: name, operatorName: node.operatorName, inputs: inputs, outputs: outputs,
                    implementation: implementation))
        } catch { throw error.at(node: name, operatorName: node.operatorName) }
    }

    private func implementation(of node: NodeProto, captures: [String]) throws(ModelError) -> any Operator {
        let opset = node.opset ?? opset
        guard node.domain.isEmpty else {
            throw ModelError("operator of the domain \"\(node.domain)\", which is not supported")
        }
        guard let found = OperatorTable.find(node.operatorName) else { throw ModelError("unknown operator") }
        let signature = found.signature
        guard signature.opsets.contains(opset) else {
            throw ModelError(
                "operator does not exist, or is not supported, in this operator set",
                expected: "\(signature.opsets.lowerBound) to \(signature.opsets.upperBound)", got: "\(opset)")
        }
        func check(_ what: String, _ names: [String], _ allowed: ClosedRange<Int>) throws(ModelError) {
            guard allowed.contains(names.count) else {
                let range =
                    allowed.count == 1
                    ? "\(allowed.lowerBound)"
                    : allowed.upperBound >= Limits.namesPerNode
                        ? "\(allowed.lowerBound) or more" : "\(allowed.lowerBound) to \(allowed.upperBound)"
                throw ModelError("wrong number of \(what)", expected: range, got: "\(names.count)")
            }
        }
        try check("inputs", node.inputs, signature.inputs)
        try check("outputs", node.outputs, signature.outputs)
        for index in 0..<min(signature.inputs.lowerBound, node.inputs.count) where node.inputs[index].isEmpty {
            throw ModelError("input \(index) is missing")
        }
        guard node.outputs.contains(where: { !$0.isEmpty }) else { throw ModelError("no output is named") }
        var attributes = try Attributes(
            node.attributes, operatorName: node.operatorName, opset: opset,
            inputCount: node.inputs.count, outputCount: node.outputs.count, files: files
        ) { proto throws(ModelError) in try subgraph(proto, captures: captures, opset: opset) }
        let implementation = try found.type.init(&attributes)
        try attributes.checkAllRead()
        return implementation
    }
}
