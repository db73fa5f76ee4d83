import Tensors

/// `Expand`: the input repeated along dimensions of 1, both ways as in broadcasting.
struct Expand: Operator {
    static let signatures = [Signature(name: "Expand", inputs: 2...2)]

    init(_ attributes: inout Attributes) throws(ModelError) {}

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let input = inputs[0]
        let wanted = try inputs.integers(1, "the shape") ?? []
        guard wanted.count <= Limits.rank else { throw ModelError("a shape of \(wanted.count) dimensions") }
        let shape = try Broadcast.shape(of: [input.shape, wanted])
        return try StridedRead(shape: shape, strides: Broadcast.strides(of: input.shape, in: shape)).step(of: input)
    }
}
