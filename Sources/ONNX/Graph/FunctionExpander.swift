/// Puts the bodies of functions that a model defines in place of their calls.
///
/// Names in a body become names of their own, short ones, so that a small file cannot make much of long names.
final class FunctionExpander {
    private let functions: [String: FunctionProto]
    private let opset: Int
    private var calls = 0
    private var names = 0
    private var bytes = 0

    /// Calls and names within them that one file may come to.
    private static let callLimit = Limits.nodes
    private static let nameLimit = 4 * Limits.nodes
    /// Bytes of constants in bodies, each counted for every call.
    private static let byteLimit = 1 << 30
    /// Characters of a call's name that its nodes' names begin with.
    private static let labelLength = 200

    /// - Parameter opset: version of the standard operator set that the model is written in.
    init(_ functions: [String: FunctionProto], opset: Int) {
        self.functions = functions
        self.opset = opset
    }

    /// `nodes` without calls of functions.
    ///
    /// - Parameter depth: functions that this list is part of the body of.
    func expand(_ nodes: [NodeProto], depth: Int = 0) throws(ModelError) -> [NodeProto] {
        guard !functions.isEmpty else { return nodes }
        var result: [NodeProto] = []
        for (place, var node) in nodes.enumerated() {
            if node.name.isEmpty { node.name = "#\(place)" }
            let key = FunctionProto.key(domain: node.domain, name: node.operatorName, overload: node.overload)
            guard let function = functions[key] else {
                result.append(node)
                continue
            }
            do { result += try body(of: function, calledBy: node, depth: depth) } catch {
                throw error.at(node: node.name, operatorName: node.operatorName)
            }
        }
        return result
    }

    private func body(
        of function: FunctionProto, calledBy call: NodeProto, depth: Int
    ) throws(ModelError) -> [NodeProto] {
        calls += 1
        guard depth < Limits.depth else { throw ModelError("functions call each other over \(Limits.depth) deep") }
        guard calls <= FunctionExpander.callLimit else {
            throw ModelError("more than \(FunctionExpander.callLimit) calls of functions")
        }
        func check(_ what: String, _ given: Int, _ declared: Int) throws(ModelError) {
            guard given <= declared else {
                throw ModelError("wrong number of \(what)", expected: "at most \(declared)", got: "\(given)")
            }
        }
        try check("inputs", call.inputs.count, function.inputs.count)
        try check("outputs", call.outputs.count, function.outputs.count)
        var body = Body(attributes: try attributes(of: call, function), opset: try opset(of: function), label: "")
        body.label = String(call.name.prefix(FunctionExpander.labelLength))
        for (index, input) in function.inputs.enumerated() {
            guard body.names.updateValue(index < call.inputs.count ? call.inputs[index] : "", forKey: input) == nil
            else { throw ModelError("the function's input \"\(input)\" is declared twice") }
        }
        var nodes: [NodeProto] = []
        for (index, output) in function.outputs.enumerated() where index < call.outputs.count {
            let name = call.outputs[index]
            guard !name.isEmpty else { continue }
            if let other = body.names[output] {
                // An input, or an output once more.
                nodes.append(NodeProto(identity: other, name, label: body.label, opset: body.opset))
            } else {
                body.names[output] = name
            }
        }
        nodes += try renamed(function.nodes, &body)
        return try expand(nodes, depth: depth + 1)
    }

    /// What a body's names and attributes stand for in one call.
    private struct Body {
        /// A name in the body, and the value it stands for; "" for an input left out.
        var names: [String: String] = [:]
        let attributes: [String: AttributeProto.Value]
        let opset: Int?
        var label: String
    }

    private func attributes(
        of call: NodeProto, _ function: FunctionProto
    ) throws(ModelError) -> [String: AttributeProto.Value] {
        var values: [String: AttributeProto.Value] = [:]
        for attribute in function.attributeDefaults { values[attribute.name] = attribute.value }
        let known = Set(function.attributeNames).union(values.keys)
        for attribute in call.attributes {
            guard known.contains(attribute.name) else {
                throw ModelError("attribute `\(attribute.name)` is not known for this function")
            }
            values[attribute.name] = attribute.value
        }
        return values
    }

    private func opset(of function: FunctionProto) throws(ModelError) -> Int? {
        guard let version = function.opsets[""], version != Int64(opset) else { return nil }
        guard OperatorTable.opsets.contains(Int(clamping: version)) else {
            let supported = OperatorTable.opsets
            throw ModelError(
                "the function is written in an unsupported operator set version",
                expected: "\(supported.lowerBound) to \(supported.upperBound)", got: "\(version)")
        }
        return Int(version)
    }

    // MARK: Names

    private func fresh() throws(ModelError) -> String {
        names += 1
        guard names <= FunctionExpander.nameLimit else {
            throw ModelError("calls of functions come to more than \(FunctionExpander.nameLimit) values")
        }
        // A file's own names hold no line feed where a person wrote them; one that does all the same, and clashes, is
        // refused as defined twice.
        return "\n\(names)"
    }

    /// Nodes of a body with the names of the call.
    private func renamed(_ nodes: [NodeProto], _ body: inout Body) throws(ModelError) -> [NodeProto] {
        for node in nodes {
            for output in node.outputs where !output.isEmpty && body.names[output] == nil {
                body.names[output] = try fresh()
            }
        }
        var result: [NodeProto] = []
        for (place, var node) in nodes.enumerated() {
            let own = node.name.isEmpty ? "#\(place)" : String(node.name.prefix(FunctionExpander.labelLength))
            node.name = body.label + "/" + own
            node.opset = body.opset
            // Even a name that stays costs the memory of one.
            names += node.inputs.count
            do {
                node.inputs = try node.inputs.map { name throws(ModelError) in try rename(name, body) }
                node.outputs = try node.outputs.map { name throws(ModelError) in try rename(name, body) }
                var attributes: [AttributeProto] = []
                for attribute in node.attributes {
                    if let value = try value(of: attribute, body) { attributes.append(value) }
                }
                node.attributes = attributes
            } catch { throw error.at(node: node.name, operatorName: node.operatorName) }
            result.append(node)
        }
        return result
    }

    private func rename(_ name: String, _ body: Body) throws(ModelError) -> String {
        if name.isEmpty { return "" }
        guard let known = body.names[name] else { throw ModelError("input \"\(name)\" is defined nowhere") }
        return known
    }

    /// An attribute of a body's node; nil where it refers to one that the call leaves out.
    private func value(of attribute: AttributeProto, _ body: Body) throws(ModelError) -> AttributeProto? {
        var attribute = attribute
        switch attribute.value {
        case .reference(let name):
            guard let value = body.attributes[name] else { return nil }
            if case .graph = value {
                throw ModelError("attribute `\(attribute.name)` takes a graph from the call, which is not supported")
            }
            attribute.value = value
        case .graph(let graph): attribute.value = .graph(try renamed(graph, body))
        default: break
        }
        try count(attribute.decodedBytes)
        return attribute
    }

    /// Counts the constants of a body, which every call has for itself.
    private func count(_ size: Int) throws(ModelError) {
        bytes += size
        guard bytes <= FunctionExpander.byteLimit else {
            throw ModelError("calls of functions come to more than \(FunctionExpander.byteLimit) bytes of constants")
        }
    }

    /// A graph within a body: what it defines has names of its own too.
    private func renamed(_ graph: GraphProto, _ body: Body) throws(ModelError) -> GraphProto {
        var (graph, body) = (graph, body)
        for index in graph.initializers.indices {
            try count(graph.initializers[index].decodedBytes)
            let name = try fresh()
            body.names[graph.initializers[index].name] = name
            graph.initializers[index].name = name
        }
        for index in graph.inputs.indices {
            let name = try fresh()
            body.names[graph.inputs[index].name] = name
            graph.inputs[index].name = name
        }
        for node in graph.nodes {
            for output in node.outputs where !output.isEmpty { body.names[output] = try fresh() }
        }
        graph.nodes = try renamed(graph.nodes, &body)
        for index in graph.outputs.indices { graph.outputs[index].name = try rename(graph.outputs[index].name, body) }
        return graph
    }
}
