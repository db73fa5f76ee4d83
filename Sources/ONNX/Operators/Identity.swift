import Tensors

/// `Identity`, and `Dropout` as it is in inference: the input itself.
struct Identity: Operator {
    static let signatures = [
        Signature(name: "Identity", inputs: 1...1),
        Signature(name: "Dropout", inputs: 1...3, outputs: 1...2),
    ]

    let hasMask: Bool

    init(_ attributes: inout Attributes) throws(ModelError) {
        hasMask = attributes.outputCount > 1
        if attributes.operatorName == "Dropout" {
            attributes.ignore("ratio")
            attributes.ignore("seed")
        }
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        if let training = inputs.optional(2) {
            guard let constant = training.constant else { throw .unknownValue("`training_mode`", input: 2) }
            let drops = try inputs.number(1, "`ratio`") ?? 0.5
            guard constant.doubles.allSatisfy({ $0 == 0 }) || drops == 0 else {
                throw ModelError("`training_mode` (input 2) must be false: training is not supported")
            }
        }
        let input = inputs[0]
        var step = Step.reshape(input, to: input.shape)
        if hasMask {
            // Nothing is dropped: a mask of ones.
            step.outputs.append(TensorType(type: .bool, shape: input.shape))
            step.run = { frame in frame.outputs[1]?.elements(as: UInt8.self).fill(with: 1) }
        }
        return step
    }
}
