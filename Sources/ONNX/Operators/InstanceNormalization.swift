import Tensors

/// `InstanceNormalization`: each channel of each image to mean 0 and variance 1, then times a scale plus a bias.
struct InstanceNormalization: Operator {
    static let signatures = [Signature(name: "InstanceNormalization", inputs: 3...3)]

    let epsilon: Float

    init(_ attributes: inout Attributes) throws(ModelError) { epsilon = try attributes.float("epsilon", default: 1e-5) }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.requireFloats(0, ranks: 3...Limits.rank)
        let shape = inputs[0].shape
        for index in 1...2 {
            try inputs.requireFloats(index)
            try inputs.requireShape(index, [shape[1]])
        }
        let area = shape[2...].reduce(1, *)
        return Step(outputs: [inputs[0].tensorType], placements: [.over([0])]) { frame in
            let (x, scale, bias) = (frame.input(0).floats, frame.input(1).floats, frame.input(2).floats)
            let y = frame.output.floats
            frame.pool.split(shape[0] * shape[1], chunk: max(1, elementwiseChunk / area)) { range in
                for plane in range {
                    let part = plane * area..<(plane + 1) * area
                    let (mean, variance) = Sums.moments(x[part])
                    let factor = scale[plane % shape[1]] / (variance + epsilon).squareRoot()
                    Kernel.scale(x[part], by: factor, offset: bias[plane % shape[1]] - mean * factor, into: y[part])
                }
            }
        }
    }
}
