import Tensors

/// `Flatten`: the dimensions before `axis` become one, those from it on another.
struct Flatten: Operator {
    static let signatures = [Signature(name: "Flatten", inputs: 1...1)]

    private let axis: Int

    init(_ attributes: inout Attributes) throws(ModelError) { axis = try attributes.int("axis", default: 1) }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let input = inputs[0]
        // Here, and only here, the rank itself is an axis: everything before it.
        let axis = axis == input.rank ? axis : try Operands.axis(axis, rank: input.rank)
        let shape = [input.shape[..<axis].reduce(1, *), input.shape[axis...].reduce(1, *)]
        return .reshape(input, to: shape)
    }
}
