/// `FunctionProto` of onnx.proto3: an operator that a model defines itself, by the nodes it stands for.
struct FunctionProto {
    var name = ""
    var domain = ""
    var overload = ""
    var inputs: [String] = []
    var outputs: [String] = []
    /// Attributes that a call must give.
    var attributeNames: [String] = []
    /// Attributes that a call may give, with what they are otherwise.
    var attributeDefaults: [AttributeProto] = []
    var nodes: [NodeProto] = []
    /// Version of each operator set that the body is written in, by domain.
    var opsets: [String: Int64] = [:]

    init(_ reader: WireReader, _ budget: inout GraphBudget) throws(ModelError) {
        var reader = reader
        while let field = try reader.nextField() {
            switch field.number {
            case 1: name = try reader.text(field)
            case 4:
                try Limits.check(inputs, Limits.namesPerNode, "inputs of a function")
                inputs.append(try reader.text(field))
            case 5:
                try Limits.check(outputs, Limits.namesPerNode, "outputs of a function")
                outputs.append(try reader.text(field))
            case 6:
                try Limits.check(attributeNames, Limits.attributesPerNode, "attributes of a function")
                attributeNames.append(try reader.text(field))
            case 7:
                try budget.take(\.nodes, Limits.nodes, "nodes")
                nodes.append(try NodeProto(reader.message(field, "NodeProto"), &budget))
            case 9: try ModelProto.readOpset(reader.message(field, "OperatorSetIdProto"), into: &opsets)
            case 10: domain = try reader.text(field)
            case 11:
                try Limits.check(attributeDefaults, Limits.attributesPerNode, "attributes of a function")
                try budget.take(\.attributes, Limits.attributes, "attributes")
                attributeDefaults.append(try AttributeProto(reader.message(field, "AttributeProto"), &budget))
            case 13: overload = try reader.text(field)
            default: try reader.skip(field)
            }
        }
        if domain == "ai.onnx" { domain = "" }
    }

    /// What calls of the function are found by.
    var key: String { FunctionProto.key(domain: domain, name: name, overload: overload) }

    static func key(domain: String, name: String, overload: String) -> String { "\(domain):\(name):\(overload)" }
}
