import Tensors

/// `GraphProto` of onnx.proto3: the model's own graph, or one that an attribute holds.
struct GraphProto {
    var name = ""
    var nodes: [NodeProto] = []
    var initializers: [TensorProto] = []
    var inputs: [ValueInfoProto] = []
    var outputs: [ValueInfoProto] = []

    init(_ reader: WireReader, _ budget: inout GraphBudget) throws(ModelError) {
        var reader = reader
        budget.depth += 1
        defer { budget.depth -= 1 }
        guard budget.depth <= Limits.depth else { throw ModelError("graphs within graphs, over \(Limits.depth) deep") }
        while let field = try reader.nextField() {
            switch field.number {
            case 1:
                try budget.take(\.nodes, Limits.nodes, "nodes")
                nodes.append(try NodeProto(reader.message(field, "NodeProto"), &budget))
            case 2: name = try reader.text(field)
            case 5:
                try budget.take(\.tensors, Limits.tensors, "initializers, inputs and outputs")
                initializers.append(try TensorProto(reader.message(field, "TensorProto")))
            case 11:
                try budget.take(\.tensors, Limits.tensors, "initializers, inputs and outputs")
                inputs.append(try ValueInfoProto(reader.message(field, "ValueInfoProto")))
            case 12:
                try budget.take(\.tensors, Limits.tensors, "initializers, inputs and outputs")
                outputs.append(try ValueInfoProto(reader.message(field, "ValueInfoProto")))
            case 15: throw ModelError("sparse initializers are not supported")
            default: try reader.skip(field)
            }
        }
    }
}

/// What the graphs of one file hold together, those in attributes and functions included.
struct GraphBudget {
    var nodes = 0
    var attributes = 0
    var tensors = 0
    /// Graphs around the one that is being read.
    var depth = 0

    /// Counts one more; throws once there are more than `limit`.
    mutating func take(
        _ count: WritableKeyPath<GraphBudget, Int>, _ limit: Int, _ what: String
    ) throws(ModelError) {
        self[keyPath: count] += 1
        guard self[keyPath: count] <= limit else { throw ModelError("more than \(limit) \(what)") }
    }
}

/// `NodeProto` of onnx.proto3: one call of an operator.
struct NodeProto {
    var name = ""
    var operatorName = ""
    var domain = ""
    /// Names of values; an empty one stands for an input left out.
    var inputs: [String] = []
    var outputs: [String] = []
    var attributes: [AttributeProto] = []
    /// Which of several functions of one name is called.
    var overload = ""
    /// Version of the standard operator set, where it is not the model's own: in the body of a function.
    var opset: Int?

    init(_ reader: WireReader, _ budget: inout GraphBudget) throws(ModelError) {
        var reader = reader
        while let field = try reader.nextField() {
            switch field.number {
            case 1:
                try Limits.check(inputs, Limits.namesPerNode, "inputs of a node")
                inputs.append(try reader.text(field))
            case 2:
                try Limits.check(outputs, Limits.namesPerNode, "outputs of a node")
                outputs.append(try reader.text(field))
            case 3: name = try reader.text(field)
            case 4: operatorName = try reader.text(field)
            case 5:
                try Limits.check(attributes, Limits.attributesPerNode, "attributes of a node")
                try budget.take(\.attributes, Limits.attributes, "attributes")
                attributes.append(try AttributeProto(reader.message(field, "AttributeProto"), &budget))
            case 7: domain = try reader.text(field)
            case 8: overload = try reader.text(field)
            default: try reader.skip(field)
            }
        }
        if domain == "ai.onnx" { domain = "" }
    }
}

extension NodeProto {
    /// A node of a function's body that gives `input` another name.
    init(identity input: String, _ output: String, label: String, opset: Int?) {
        name = label + "/" + output
        operatorName = "Identity"
        inputs = [input]
        outputs = [output]
        self.opset = opset
    }
}

/// `ValueInfoProto` of onnx.proto3: an input's or output's name and type.
struct ValueInfoProto {
    var name = ""
    /// `TensorProto.DataType`; nil where the type is missing.
    var dataType: Int64?
    /// What the value is, where it is no tensor.
    var otherKind: String?
    /// Sizes of the dimensions, nil for one that is not fixed; nil where even their number is open.
    var shape: [Int64?]?

    init(_ reader: WireReader) throws(ModelError) {
        var reader = reader
        while let field = try reader.nextField() {
            switch field.number {
            case 1: name = try reader.text(field)
            case 2: try readType(reader.message(field, "TypeProto"))
            default: try reader.skip(field)
            }
        }
    }

    private mutating func readType(_ reader: WireReader) throws(ModelError) {
        var reader = reader
        while let field = try reader.nextField() {
            switch field.number {
            case 1: try readTensorType(reader.message(field, "TypeProto.Tensor"))
            case 4, 5, 8, 9:
                otherKind = [4: "a sequence", 5: "a map", 8: "a sparse tensor", 9: "an optional"][field.number]
                try reader.skip(field)
            default: try reader.skip(field)
            }
        }
    }

    private mutating func readTensorType(_ reader: WireReader) throws(ModelError) {
        var reader = reader
        while let field = try reader.nextField() {
            switch field.number {
            case 1: dataType = try reader.integer(field)
            case 2: try readShape(reader.message(field, "TensorShapeProto"))
            default: try reader.skip(field)
            }
        }
    }

    private mutating func readShape(_ reader: WireReader) throws(ModelError) {
        var reader = reader
        var shape: [Int64?] = []
        while let field = try reader.nextField() {
            guard field.number == 1 else {
                try reader.skip(field)
                continue
            }
            guard shape.count < Limits.rank else { throw ModelError("a shape of more than \(Limits.rank) dimensions") }
            var dimension = try reader.message(field, "TensorShapeProto.Dimension")
            var size: Int64?
            while let field = try dimension.nextField() {
                if field.number == 1 { size = try dimension.integer(field) } else { try dimension.skip(field) }
            }
            shape.append(size)
        }
        self.shape = shape
    }
}
