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
        /// A graph, sparse tensor, type, or list of such: nothing here reads them.
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
            case .other(let name): name
            }
        }
    }

    var name = ""
    private(set) var value = Value.other("UNDEFINED")

    /// The fields as they come, before the type says which one counts.
    private struct Fields {
        var type: Int64 = 0
        var float: Float?
        var int: Int64?
        var string: String?
        var tensor: TensorProto?
        var floats: [Float] = []
        var ints: [Int64] = []
        var strings: [String] = []
    }

    init(_ reader: WireReader) throws(ModelError) {
        var reader = reader
        var fields = Fields()
        while let field = try reader.nextField() {
            switch field.number {
            case 1: name = try reader.text(field)
            case 2: fields.float = try reader.float(field)
            case 3: fields.int = try reader.integer(field)
            case 4: fields.string = try reader.text(field)
            case 5: fields.tensor = try TensorProto(reader.message(field, "TensorProto"))
            case 7: try reader.values(field, to: &fields.floats)
            case 8: try reader.integers(field, to: &fields.ints)
            case 9:
                try Limits.check(fields.strings, Limits.texts, "strings in an attribute")
                fields.strings.append(try reader.text(field))
            case 20: fields.type = try reader.integer(field)
            case 21:
                let reference = try reader.text(field)
                guard reference.isEmpty else {
                    throw ModelError(
                        "attribute `\(name)` refers to `\(reference)`, which only a function's body may do")
                }
            default: try reader.skip(field)
            }
        }
        value = try AttributeProto.value(of: fields, name: name)
    }

    /// The value that `type` names; files of the first versions leave the type out.
    private static func value(of fields: Fields, name: String) throws(ModelError) -> Value {
        switch fields.type {
        case 0:
            if let float = fields.float { return .float(float) }
            if let int = fields.int { return .int(int) }
            if let string = fields.string { return .string(string) }
            if let tensor = fields.tensor { return .tensor(tensor) }
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
        case 5: return .other("GRAPH")
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
