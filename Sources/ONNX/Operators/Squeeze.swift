import Tensors

/// `Squeeze` and `Unsqueeze`: dimensions of 1 taken out or put in. The axes are an attribute before operator set 13.
struct Squeeze: Operator {
    static let signatures = [
        Signature(name: "Squeeze", inputs: 1...2), Signature(name: "Unsqueeze", inputs: 1...2),
    ]

    private let inserts: Bool
    private let axes: [Int]?

    init(_ attributes: inout Attributes) throws(ModelError) {
        inserts = attributes.operatorName == "Unsqueeze"
        axes = attributes.opset < 13 ? try attributes.ints("axes") : nil
        if attributes.opset < 13, attributes.inputCount > 1 {
            throw ModelError("`axes` is an attribute in operator set \(attributes.opset), not an input")
        }
        if inserts, axes == nil, attributes.inputCount < 2 { throw ModelError("`axes` is missing") }
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let input = inputs[0]
        let axes = try inputs.integers(1, "`axes`", or: axes)
        if inserts {
            let list = axes ?? []
            guard input.rank + list.count <= Limits.rank else {
                throw ModelError("too many axes", got: "\(list.count)")
            }
            let places = try Operands.axes(list, rank: input.rank + list.count)
            var shape = input.shape
            for place in places.sorted() { shape.insert(1, at: place) }
            return .reshape(input, to: shape)
        }
        guard let axes else { return .reshape(input, to: input.shape.filter { $0 != 1 }) }
        let places = try Operands.axes(axes, rank: input.rank)
        for place in places where input.shape[place] != 1 {
            throw ModelError("cannot squeeze axis \(place)", expected: "a dimension of 1", got: "\(input.shape)")
        }
        return .reshape(input, to: input.shape.indices.filter { !places.contains($0) }.map { input.shape[$0] })
    }
}
