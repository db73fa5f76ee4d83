import Tensors

/// `BatchNormalization` as it is in inference: (x - mean) / sqrt(variance + epsilon) * scale + bias, a channel.
struct BatchNormalization: Operator {
    static let signatures = [Signature(name: "BatchNormalization", inputs: 5...5, outputs: 1...5)]

    private let epsilon: Float

    init(_ attributes: inout Attributes) throws(ModelError) {
        epsilon = try attributes.float("epsilon", default: 1e-5)
        attributes.ignore("momentum")
        // Before operator set 9: 0 asks for statistics of every element rather than every channel. Exporters write it
        // with statistics of channels too, so the shapes decide.
        if attributes.opset < 9 { attributes.ignore("spatial") }
        if attributes.opset >= 14, try attributes.flag("training_mode") {
            throw ModelError("attribute `training_mode` is 1: training is not supported")
        }
        guard attributes.outputCount == 1 else {
            throw ModelError("wrong number of outputs in inference", expected: "1", got: "\(attributes.outputCount)")
        }
    }

    /// What each channel is multiplied with, and what is added then, from scale, bias, mean and variance.
    func factors(_ parameters: [Tensor]) -> (scale: [Float], offset: [Float]) {
        let values = parameters.map(\.floats.array)
        var result: (scale: [Float], offset: [Float]) = ([], [])
        for channel in values[0].indices {
            // In double, since the factors enter every product when they are folded into a convolution.
            let factor =
                Double(values[0][channel]) / (Double(values[3][channel]) + Double(epsilon)).squareRoot()
            result.scale.append(Float(factor))
            result.offset.append(Float(Double(values[1][channel]) - Double(values[2][channel]) * factor))
        }
        return result
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.requireFloats(0, ranks: 2...Limits.rank)
        let shape = inputs[0].shape
        let area = shape[2...].reduce(1, *)
        let parameterShape = inputs[1].shape
        for index in 1..<5 {
            try inputs.requireFloats(index)
            try inputs.requireShape(index, parameterShape)
        }
        let isPerElement = parameterShape == Array(shape[1...])
        guard parameterShape == [shape[1]] || isPerElement else {
            throw ModelError("wrong shape of input 1", expected: "[\(shape[1])]", got: "\(parameterShape)")
        }
        let run = parameterShape.count == 1 ? area : 1
        let known = (1..<5).compactMap { inputs[$0].constant }
        let prepared = known.count == 4 ? factors(known) : nil
        return Step(outputs: [inputs[0].tensorType], placements: [.over([0])]) { frame in
            let (x, y) = (frame.input(0).floats, frame.output.floats)
            let (scale, offset) = prepared ?? factors((1..<5).map { frame.input($0) })
            frame.pool.split(x.count / run, chunk: max(1, elementwiseChunk / run)) { range in
                for index in range {
                    let part = index * run..<(index + 1) * run
                    let channel = index % scale.count
                    Kernel.scale(x[part], by: scale[channel], offset: offset[channel], into: y[part])
                }
            }
        }
    }
}
