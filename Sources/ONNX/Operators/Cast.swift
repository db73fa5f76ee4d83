import Tensors

/// `Cast` and `CastLike`: elements converted to another type.
///
/// Values of half precision live in float32; converting to it rounds them as the smaller type would.
struct Cast: Operator {
    static let signatures = [Signature(name: "Cast", inputs: 1...1), Signature(name: "CastLike", inputs: 2...2)]

    /// nil: the type of input 1.
    private let target: ElementType?

    init(_ attributes: inout Attributes) throws(ModelError) {
        // These two are about 8-bit floats, which are refused by type.
        attributes.ignore("saturate")
        attributes.ignore("round_mode")
        guard attributes.operatorName == "Cast" else {
            target = nil
            return
        }
        guard let type = try attributes.elementType("to") else { throw ModelError("attribute `to` is missing") }
        target = type
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let target = target ?? inputs[1].type
        let shape = inputs[0].shape
        if target == inputs[0].type { return .reshape(inputs[0], to: shape) }
        if target == .float16 || target == .bfloat16 {
            return Step(outputs: [TensorType(type: .float32, shape: shape)]) { frame in
                frame.input(0).converted(to: target).convert(into: frame.output)
            }
        }
        return Step(outputs: [TensorType(type: target, shape: shape)]) { frame in
            frame.input(0).convert(into: frame.output)
        }
    }
}
