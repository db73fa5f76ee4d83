import Tensors

/// A node's attributes, each of which must be read by the operator: one that nobody knows is an error, never ignored.
struct Attributes {
    let operatorName: String
    /// Version of the standard operator set the model is written in.
    let opset: Int
    let inputCount: Int
    let outputCount: Int
    private let values: [String: AttributeProto.Value]
    private let files: ExternalFiles
    /// Checks a graph that an attribute holds, and resolves what it reads from around it.
    private let build: (GraphProto) throws(ModelError) -> Subgraph
    /// In the order of the file, so that errors are the same every time.
    private let names: [String]
    private var read: Set<String> = []

    init(
        _ list: [AttributeProto], operatorName: String, opset: Int, inputCount: Int, outputCount: Int,
        files: ExternalFiles, build: @escaping (GraphProto) throws(ModelError) -> Subgraph
    ) throws(ModelError) {
        self.build = build
        self.files = files
        self.operatorName = operatorName
        self.opset = opset
        self.inputCount = inputCount
        self.outputCount = outputCount
        var values: [String: AttributeProto.Value] = [:]
        for attribute in list {
            guard values.updateValue(attribute.value, forKey: attribute.name) == nil else {
                throw ModelError("attribute `\(attribute.name)` is given twice")
            }
        }
        self.values = values
        names = list.map(\.name)
    }

    /// Throws for an attribute that was not read.
    func checkAllRead() throws(ModelError) {
        if let name = names.first(where: { !read.contains($0) }) {
            throw ModelError("attribute `\(name)` is not known for this operator in operator set \(opset)")
        }
    }

    /// Whether the node has the attribute.
    func has(_ name: String) -> Bool { values[name] != nil }

    private mutating func take(_ name: String) -> AttributeProto.Value? {
        read.insert(name)
        return values[name]
    }

    private func wrongType(_ name: String, _ expected: String, _ value: AttributeProto.Value) -> ModelError {
        ModelError("attribute `\(name)` has the wrong type", expected: expected, got: value.typeName)
    }

    /// Reads and drops an attribute that changes nothing about the result of inference.
    mutating func ignore(_ name: String) { _ = take(name) }

    mutating func int(_ name: String) throws(ModelError) -> Int? {
        guard let value = take(name) else { return nil }
        guard case .int(let int) = value else { throw wrongType(name, "INT", value) }
        return Int(int)
    }

    mutating func int(_ name: String, default other: Int) throws(ModelError) -> Int { try int(name) ?? other }

    /// An integer within `range`.
    mutating func int(_ name: String, default other: Int, in range: ClosedRange<Int>) throws(ModelError) -> Int {
        let value = try int(name) ?? other
        guard range.contains(value) else {
            throw ModelError(
                "attribute `\(name)` is out of range", expected: "\(range.lowerBound) to \(range.upperBound)",
                got: "\(value)")
        }
        return value
    }

    /// An integer that stands for no or yes.
    mutating func flag(_ name: String, default other: Bool = false) throws(ModelError) -> Bool {
        try int(name, default: other ? 1 : 0, in: 0...1) == 1
    }

    mutating func ints(_ name: String) throws(ModelError) -> [Int]? {
        guard let value = take(name) else { return nil }
        guard case .ints(let ints) = value else { throw wrongType(name, "INTS", value) }
        return ints.map { Int($0) }
    }

    /// Integers that each lie within `range`: sizes, where a bound keeps later products from overflowing.
    mutating func ints(_ name: String, in range: ClosedRange<Int>) throws(ModelError) -> [Int]? {
        guard let values = try ints(name) else { return nil }
        guard values.allSatisfy({ range.contains($0) }) else {
            throw ModelError(
                "attribute `\(name)` is out of range", expected: "\(range.lowerBound) to \(range.upperBound)",
                got: "\(values.prefix(8))")
        }
        return values
    }

    mutating func float(_ name: String) throws(ModelError) -> Float? {
        guard let value = take(name) else { return nil }
        guard case .float(let float) = value else { throw wrongType(name, "FLOAT", value) }
        return float
    }

    mutating func float(_ name: String, default other: Float) throws(ModelError) -> Float { try float(name) ?? other }

    mutating func floats(_ name: String) throws(ModelError) -> [Float]? {
        guard let value = take(name) else { return nil }
        guard case .floats(let floats) = value else { throw wrongType(name, "FLOATS", value) }
        return floats
    }

    mutating func text(_ name: String) throws(ModelError) -> String? {
        guard let value = take(name) else { return nil }
        guard case .string(let text) = value else { throw wrongType(name, "STRING", value) }
        return text
    }

    /// One of a closed set of words.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, default other: Choice
    ) throws(ModelError) -> Choice where Choice.RawValue == String {
        guard let value = take(name) else { return other }
        guard case .string(let text) = value else { throw wrongType(name, "STRING", value) }
        guard let choice = Choice(rawValue: text) else {
            throw ModelError(
                "attribute `\(name)` is not supported",
                expected: Choice.allCases.map(\.rawValue).joined(separator: " or "), got: "\"\(text)\"")
        }
        return choice
    }

    mutating func tensor(_ name: String) throws(ModelError) -> Tensor? {
        guard let value = take(name) else { return nil }
        guard case .tensor(let tensor) = value else { throw wrongType(name, "TENSOR", value) }
        return try tensor.tensor(files)
    }

    /// A graph, which the attribute must hold.
    mutating func graph(_ name: String) throws(ModelError) -> Subgraph {
        guard let value = take(name) else { throw ModelError("attribute `\(name)` is missing") }
        guard case .graph(let graph) = value else { throw wrongType(name, "GRAPH", value) }
        return try build(graph)
    }

    /// An element type by ONNX's number for it.
    mutating func elementType(_ name: String) throws(ModelError) -> ElementType? {
        guard let number = try int(name) else { return nil }
        return try ElementType(onnx: Int64(number), "attribute `\(name)`")
    }
}
