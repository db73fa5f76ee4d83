import Tensors

/// An attribute of a node in a test's model.
enum Attribute: Sendable {
    case int(Int)
    case float(Float)
    case string(String)
    case ints([Int])
    case floats([Float])
    case tensor(Tensor)
    /// The graph of a model, whose operator sets do not count.
    case graph(ModelBuilder)
    /// What the call of a function gives the attribute of this name.
    case reference(String)
}

/// Builds ONNX files piece by piece.
struct ModelBuilder {
    struct Node {
        var operatorName: String
        var inputs: [String]
        var outputs: [String]
        var name = ""
        var domain = ""
        var attributes: [(String, Attribute)] = []
    }

    /// An operator that the file defines itself, by nodes.
    struct Function {
        var domain = "local"
        var name: String
        var inputs: [String]
        var outputs: [String]
        var attributes: [String] = []
        var defaults: [(String, Attribute)] = []
        var nodes: [Node]
        var opset = 13
    }

    var opset = 13
    var nodes: [Node] = []
    var initializers: [(String, Tensor)] = []
    /// Names, types and shapes; a nil size is left open, as is a nil shape as a whole.
    var inputs: [(String, ElementType, [Int?]?)] = []
    var outputs: [(String, ElementType, [Int?]?)] = []
    var functions: [Function] = []
    /// Imports besides the standard one.
    var domains: [String] = []

    init(opset: Int = 13) { self.opset = opset }

    mutating func node(
        _ operatorName: String, _ inputs: [String], _ outputs: [String], name: String = "", domain: String = "",
        _ attributes: [(String, Attribute)] = []
    ) {
        nodes.append(
            Node(
                operatorName: operatorName, inputs: inputs, outputs: outputs, name: name, domain: domain,
                attributes: attributes))
    }

    /// The file.
    var bytes: [UInt8] {
        var writer = ProtoWriter()
        writer.int(1, 8)
        writer.text(2, "tests")
        writer.message(7) { writeGraph(to: &$0) }
        writer.message(8) { $0.int(2, opset) }
        for domain in domains {
            writer.message(8) {
                $0.text(1, domain)
                $0.int(2, 1)
            }
        }
        for function in functions { writer.message(25) { ModelBuilder.write(function, to: &$0) } }
        return writer.bytes
    }

    private func writeGraph(to graph: inout ProtoWriter) {
        for node in nodes { graph.message(1) { ModelBuilder.write(node, to: &$0) } }
        graph.text(2, "graph")
        for (name, tensor) in initializers { graph.message(5) { ModelBuilder.write(tensor, name: name, to: &$0) } }
        for (name, type, shape) in inputs { graph.message(11) { ModelBuilder.write(name, type, shape, to: &$0) } }
        for (name, type, shape) in outputs { graph.message(12) { ModelBuilder.write(name, type, shape, to: &$0) } }
    }

    private static func write(_ function: Function, to writer: inout ProtoWriter) {
        writer.text(1, function.name)
        for input in function.inputs { writer.text(4, input) }
        for output in function.outputs { writer.text(5, output) }
        for name in function.attributes { writer.text(6, name) }
        for node in function.nodes { writer.message(7) { write(node, to: &$0) } }
        writer.message(9) { $0.int(2, function.opset) }
        writer.text(10, function.domain)
        for (name, value) in function.defaults { writer.message(11) { write(value, name: name, to: &$0) } }
    }

    private static func write(_ node: Node, to writer: inout ProtoWriter) {
        for input in node.inputs { writer.text(1, input) }
        for output in node.outputs { writer.text(2, output) }
        if !node.name.isEmpty { writer.text(3, node.name) }
        writer.text(4, node.operatorName)
        for (name, value) in node.attributes { writer.message(5) { write(value, name: name, to: &$0) } }
        if !node.domain.isEmpty { writer.text(7, node.domain) }
    }

    private static func write(_ attribute: Attribute, name: String, to writer: inout ProtoWriter) {
        writer.text(1, name)
        switch attribute {
        case .float(let value):
            writer.float(2, value)
            writer.int(20, 1)
        case .int(let value):
            writer.int(3, value)
            writer.int(20, 2)
        case .string(let value):
            writer.text(4, value)
            writer.int(20, 3)
        case .tensor(let value):
            writer.message(5) { write(value, name: "", to: &$0) }
            writer.int(20, 4)
        case .graph(let model):
            writer.message(6) { model.writeGraph(to: &$0) }
            writer.int(20, 5)
        case .reference(let name):
            writer.text(21, name)
        case .floats(let values):
            writer.packed(7, values)
            writer.int(20, 6)
        case .ints(let values):
            writer.packed(8, values)
            writer.int(20, 7)
        }
    }

    /// `TensorProto.DataType` of an element type.
    static func dataType(_ type: ElementType) -> Int {
        switch type {
        case .float32: 1
        case .uint8: 2
        case .int8: 3
        case .uint16: 4
        case .int16: 5
        case .int32: 6
        case .int64: 7
        case .bool: 9
        case .float16: 10
        case .float64: 11
        case .uint32: 12
        case .uint64: 13
        case .bfloat16: 16
        }
    }

    /// The tensor with its elements as raw bytes.
    static func write(_ tensor: Tensor, name: String, to writer: inout ProtoWriter) {
        if !tensor.shape.isEmpty { writer.packed(1, tensor.shape) }
        writer.int(2, dataType(tensor.type))
        if !name.isEmpty { writer.text(8, name) }
        writer.data(9, rawBytes(tensor))
    }

    static func rawBytes(_ tensor: Tensor) -> [UInt8] {
        tensor.storage.buffer(of: UInt8.self, at: tensor.byteOffset, count: tensor.byteCount)?.array ?? []
    }

    private static func write(_ name: String, _ type: ElementType, _ shape: [Int?]?, to writer: inout ProtoWriter) {
        writer.text(1, name)
        writer.message(2) { typeProto in
            typeProto.message(1) { tensor in
                tensor.int(1, dataType(type))
                guard let shape else { return }
                tensor.message(2) { dimensions in
                    for size in shape {
                        dimensions.message(1) { dimension in
                            if let size { dimension.int(1, size) } else { dimension.text(2, "n") }
                        }
                    }
                }
            }
        }
    }
}
