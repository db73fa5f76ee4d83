import Tensors

/// `ConstantOfShape`: one value everywhere.
struct ConstantOfShape: Operator {
    static let signatures = [Signature(name: "ConstantOfShape", inputs: 1...1)]

    private let value: Tensor

    init(_ attributes: inout Attributes) throws(ModelError) {
        value = try attributes.tensor("value") ?? Tensor([Float(0)], shape: [1])
        guard value.count == 1 else {
            throw ModelError("attribute `value` has the wrong shape", expected: "[1]", got: "\(value.shape)")
        }
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let shape = try inputs.integers(0, "the shape") ?? []
        try Limits.check(shape: shape)
        let value = value
        return Step(outputs: [TensorType(type: value.type, shape: shape)]) { frame in
            StridedRead(shape: shape, strides: shape.map { _ in 0 }).run(
                from: value, to: frame.output, pool: frame.pool)
        }
    }
}
