package import Tensors

/// Name and type of one input or output of a model.
package struct ValueInfo: Sendable, Equatable {
    package let name: String
    /// The element type as the file declares it; float16 values are computed in float32 inside.
    package let type: ElementType
    /// Sizes of the dimensions, nil for one that each run may choose; nil where even their number is open.
    package let shape: [Int?]?

    package init(name: String, type: ElementType, shape: [Int?]?) {
        self.name = name
        self.type = type
        self.shape = shape
    }

    /// - Parameter role: "input" or "output".
    init(_ proto: ValueInfoProto, _ role: String) throws(ModelError) {
        let place = "\(role) \"\(proto.name)\""
        if let other = proto.otherKind { throw ModelError("\(place) is \(other), which is not supported") }
        guard let number = proto.dataType else { throw ModelError("\(place) has no type") }
        name = proto.name
        type = try ElementType(onnx: number, place)
        // Sizes of 0 or less stand for "not known" in files of some exporters.
        shape = proto.shape?.map { size in size.flatMap { $0 > 0 ? Int(exactly: $0) : nil } }
    }

    /// The shape as text: `[1, 3, ?, ?]`.
    package var shapeText: String {
        guard let shape else { return "[...]" }
        return "[" + shape.map { $0.map(String.init) ?? "?" }.joined(separator: ", ") + "]"
    }

    /// Whether a tensor of `shape` may be given for this input.
    func accepts(_ candidate: [Int]) -> Bool {
        guard let shape else { return true }
        return shape.count == candidate.count && zip(shape, candidate).allSatisfy { $0 == nil || $0 == $1 }
    }
}
