import Tensors

/// `Shape` and `Size`: known as soon as the shapes are.
struct Shape: Operator {
    static let signatures = [Signature(name: "Shape", inputs: 1...1), Signature(name: "Size", inputs: 1...1)]

    private let isSize: Bool
    private let start: Int
    private let end: Int?

    init(_ attributes: inout Attributes) throws(ModelError) {
        isSize = attributes.operatorName == "Size"
        guard !isSize, attributes.opset >= 15 else {
            start = 0
            end = nil
            return
        }
        start = try attributes.int("start", default: 0)
        end = try attributes.int("end")
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let shape = inputs[0].shape
        if isSize { return .known([Tensor([Int64(inputs[0].count)], shape: [])]) }
        // Out of range places are clamped, as in Python's slices.
        func resolve(_ place: Int) -> Int { min(max(place < 0 ? place + shape.count : place, 0), shape.count) }
        let first = resolve(start)
        let part = shape[first..<max(first, resolve(end ?? shape.count))]
        return .known([Tensor(part.map { Int64($0) }, shape: [part.count])])
    }
}
