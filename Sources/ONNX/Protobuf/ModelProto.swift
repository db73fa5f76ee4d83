import Tensors

/// How many things of a kind one file may hold: more is taken for an attempt to fill memory.
enum Limits {
    static let nodes = 200_000
    static let attributes = 1_000_000
    static let tensors = 200_000
    static let namesPerNode = 100_000
    static let attributesPerNode = 1000
    static let externalKeys = 16
    static let rank = 32
    /// Graphs within graphs, and functions that call functions.
    static let depth = 16
    static let texts = 100_000
    /// Elements of a tensor, dimensions of 0 counted as 1: so that products of any of its sizes do not overflow.
    static let elements = 1 << 48

    /// Throws for a shape whose sizes must not be multiplied.
    static func check(shape: [Int]) throws(ModelError) {
        guard shape.count <= rank, shape.allSatisfy({ $0 >= 0 }), let size = Tensor.count(of: shape.map { max($0, 1) }),
            size <= elements
        else { throw ModelError("a shape of \(shape) is not supported") }
    }

    /// Throws once `list` has reached `limit`.
    static func check<Element>(_ list: [Element], _ limit: Int, _ what: String) throws(ModelError) {
        guard list.count < limit else { throw ModelError("more than \(limit) \(what)") }
    }
}

/// `ModelProto` of onnx.proto3: the graph, and the operator sets it is written in.
struct ModelProto {
    var irVersion: Int64 = 0
    var producer = ""
    var graph: GraphProto?
    /// Version of each operator set, by domain; the standard one is "".
    var opsets: [String: Int64] = [:]
    var metadata: [String: String] = [:]
    /// The functions the model defines itself, by ``FunctionProto/key(domain:name:overload:)``.
    var functions: [String: FunctionProto] = [:]

    init(_ bytes: ByteReader) throws(ModelError) {
        var budget = GraphBudget()
        var reader = WireReader(bytes, message: "ModelProto")
        while let field = try reader.nextField() {
            switch field.number {
            case 1: irVersion = try reader.integer(field)
            case 2: producer = try reader.text(field)
            case 7:
                guard graph == nil else { throw ModelError("ModelProto holds two graphs") }
                graph = try GraphProto(reader.message(field, "GraphProto"), &budget)
            case 8: try ModelProto.readOpset(reader.message(field, "OperatorSetIdProto"), into: &opsets)
            case 14:
                guard metadata.count < Limits.texts else { throw ModelError("more than \(Limits.texts) metadata") }
                let (key, value) = try ModelProto.textPair(reader.message(field, "StringStringEntryProto"))
                metadata[key] = value
            case 25:
                guard functions.count < Limits.nodes else { throw ModelError("more than \(Limits.nodes) functions") }
                let function = try FunctionProto(reader.message(field, "FunctionProto"), &budget)
                guard functions.updateValue(function, forKey: function.key) == nil else {
                    throw ModelError("function \"\(function.name)\" is defined twice")
                }
            default: try reader.skip(field)
            }
        }
    }

    /// Adds an `OperatorSetIdProto`.
    static func readOpset(_ reader: WireReader, into opsets: inout [String: Int64]) throws(ModelError) {
        var reader = reader
        var domain = ""
        var version: Int64 = 0
        while let field = try reader.nextField() {
            switch field.number {
            case 1: domain = try reader.text(field)
            case 2: version = try reader.integer(field)
            default: try reader.skip(field)
            }
        }
        if domain == "ai.onnx" { domain = "" }
        guard opsets[domain] == nil || opsets[domain] == version else {
            throw ModelError("operator set \"\(domain)\" is imported in two versions")
        }
        guard opsets.count < Limits.texts else { throw ModelError("more than \(Limits.texts) operator sets") }
        opsets[domain] = version
    }

    /// A `StringStringEntryProto`.
    static func textPair(_ reader: WireReader) throws(ModelError) -> (String, String) {
        var reader = reader
        var pair = ("", "")
        while let field = try reader.nextField() {
            switch field.number {
            case 1: pair.0 = try reader.text(field)
            case 2: pair.1 = try reader.text(field)
            default: try reader.skip(field)
            }
        }
        return pair
    }
}
