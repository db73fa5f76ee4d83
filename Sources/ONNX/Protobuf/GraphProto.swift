import Tensors

/// `GraphProto` of onnx.proto3.
struct GraphProto {
    var name = ""
    var nodes: [NodeProto] = []
    var initializers: [TensorProto] = []
    var inputs: [ValueInfoProto] = []
    var outputs: [ValueInfoProto] = []

    init(_ reader: WireReader) throws(ModelError) {
        var reader = reader
        var attributes = 0
        while let field = try reader.nextField() {
            switch field.number {
            case 1:
                try Limits.check(nodes, Limits.nodes, "nodes")
                let node = try NodeProto(reader.message(field, "NodeProto"))
                attributes += node.attributes.count
                guard attributes <= Limits.attributes else {
                    throw ModelError("more than \(Limits.attributes) attributes")
                }
                nodes.append(node)
            case 2: name = try reader.text(field)
            case 5:
                try Limits.check(initializers, Limits.tensors, "initializers")
                initializers.append(try TensorProto(reader.message(field, "TensorProto")))
            case 11:
                try Limits.check(inputs, Limits.tensors, "inputs")
                inputs.append(try ValueInfoProto(reader.message(field, "ValueInfoProto")))
            case 12:
                try Limits.check(outputs, Limits.tensors, "outputs")
                outputs.append(try ValueInfoProto(reader.message(field, "ValueInfoProto")))
            case 15: throw ModelError("sparse initializers are not supported")
            default: try reader.skip(field)
            }
        }
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

    init(_ reader: WireReader) throws(ModelError) {
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
                try Limits.check(attributes, 1000, "attributes of a node")
                attributes.append(try AttributeProto(reader.message(field, "AttributeProto")))
            case 7: domain = try reader.text(field)
            default: try reader.skip(field)
            }
        }
        if domain == "ai.onnx" { domain = "" }
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
