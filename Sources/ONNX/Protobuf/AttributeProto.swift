import Tensors

/// `AttributeProto` of onnx.proto3: a named constant argument of a node.
struct AttributeProto {
    /// The value, by the attribute's type.
    enum Value {
        case float(Float)
        case int(Int64)
        case string(String)
        case tensor(TensorProto)
        case floats([Float])
        case ints([Int64])
        case strings([String])
        case graph(GraphProto)
        /// What the attribute of this name is given where the function is called whose body this stands in.
        case reference(String)
        /// A sparse tensor, a type, or a list of such or of graphs: nothing here reads them.
        case other(String)

        /// The type's name as ONNX spells it.
        var typeName: String {
            switch self {
            case .float: "FLOAT"
            case .int: "INT"
            case .string: "STRING"
            case .tensor: "TENSOR"
            case .floats: "FLOATS"
            case .ints: "INTS"
            case .strings: "STRINGS"
            case .graph: "GRAPH"
            case .reference(let name): "a reference to `\(name)`, which only a function's body may hold"
            case .other(let name): name
            }
        }
    }

    /// Bytes that a constant made of the value takes; graphs are counted by what they hold.
    var decodedBytes: Int {
        switch value {
        case .tensor(let tensor): tensor.decodedBytes
        case .floats(let floats): 4 * floats.count
        case .ints(let ints): 8 * ints.count
        default: 0
        }
    }

    var name = ""
    var value = Value.other("UNDEFINED")

    /// The fields as they come, before the type says which one counts.
    private struct Fields {
        var type: Int64 = 0
        var float: Float?
        var int: Int64?
        var string: String?
        var tensor: TensorProto?
        var graph: GraphProto?
        var reference = ""
        var floats: [Float] = []
        var ints: [Int64] = []
        var strings: [String] = []
    }

    init(_ reader: WireReader, _ budget: inout GraphBudget) throws(ModelError) {
        var reader = reader
        var fields = Fields()
        while let field = try reader.nextField() {
            switch field.number {
            case 1: name = try reader.text(field)
            case 2: fields.float = try reader.float(field)
            case 3: fields.int = try reader.integer(field)
            case 4: fields.string = try reader.text(field)
            case 5: fields.tensor = try TensorProto(reader.message(field, "TensorProto"))
            case 6: fields.graph = try GraphProto(reader.message(field, "GraphProto"), &budget)
            case 7: try reader.values(field, to: &fields.floats)
            case 8: try reader.integers(field, to: &fields.ints)
            case 9:
                try Limits.check(fields.strings, Limits.texts, "strings in an attribute")
                fields.strings.append(try reader.text(field))
            case 20: fields.type = try reader.integer(field)
            case 21: fields.reference = try reader.text(field)
            default: try reader.skip(field)
            }
        }
        value = try AttributeProto.value(of: fields, name: name)
    }

    /// The value that `type` names; files of the first versions leave the type out.
    private static func value(of fields: Fields, name: String) throws(ModelError) -> Value {
        if !fields.reference.isEmpty { return .reference(fields.reference) }
        switch fields.type {
        case 0:
            if let float = fields.float { return .float(float) }
            if let int = fields.int { return .int(int) }
            if let string = fields.string { return .string(string) }
            if let tensor = fields.tensor { return .tensor(tensor) }
            if let graph = fields.graph { return .graph(graph) }
            if !fields.floats.isEmpty { return .floats(fields.floats) }
            if !fields.ints.isEmpty { return .ints(fields.ints) }
            if !fields.strings.isEmpty { return .strings(fields.strings) }
            return .other("UNDEFINED")
        // Protocol buffers leave a value out that is zero.
        case 1: return .float(fields.float ?? 0)
        case 2: return .int(fields.int ?? 0)
        case 3: return .string(fields.string ?? "")
        case 4:
            guard let tensor = fields.tensor else { throw ModelError("attribute `\(name)` has no tensor") }
            return .tensor(tensor)
        case 6: return .floats(fields.floats)
        case 7: return .ints(fields.ints)
        case 8: return .strings(fields.strings)
        case 5:
            guard let graph = fields.graph else { throw ModelError("attribute `\(name)` has no graph") }
            return .graph(graph)
        case 9: return .other("TENSORS")
        case 10: return .other("GRAPHS")
        case 11: return .other("SPARSE_TENSOR")
        case 12: return .other("SPARSE_TENSORS")
        case 13: return .other("TYPE_PROTO")
        case 14: return .other("TYPE_PROTOS")
        default: throw ModelError("attribute `\(name)` has type \(fields.type), which ONNX does not define")
        }
    }
}
