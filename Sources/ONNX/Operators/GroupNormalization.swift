import Tensors

/// `GroupNormalization`: groups of channels of each image to mean 0 and variance 1, then times a scale plus a bias, by
/// group before operator set 21, by channel from then on.
struct GroupNormalization: Operator {
    static let signatures = [Signature(name: "GroupNormalization", opsets: 18...28, inputs: 3...3)]

    private let epsilon: Float
    private let groups: Int
    private let isPerGroup: Bool

    init(_ attributes: inout Attributes) throws(ModelError) {
        epsilon = try attributes.float("epsilon", default: 1e-5)
        groups = try attributes.int("num_groups", default: 0, in: 1...1 << 24)
        isPerGroup = attributes.opset < 21
        // The type of the statistics: 1, float32, is what is computed in.
        if !isPerGroup { _ = try attributes.int("stash_type", default: 1, in: 1...1) }
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.requireFloats(0, ranks: 2...Limits.rank)
        let shape = inputs[0].shape
        let channels = shape[1]
        guard channels > 0, channels % groups == 0 else {
            throw ModelError("channels must be a multiple of \(groups)", got: "\(shape)")
        }
        for index in 1...2 {
            try inputs.requireFloats(index)
            try inputs.requireShape(index, [isPerGroup ? groups : channels])
        }
        let area = shape[2...].reduce(1, *)
        let perGroup = channels / groups
        let size = perGroup * area
        return Step(outputs: [inputs[0].tensorType], placements: [.over([0])]) { frame in
            let (x, y) = (frame.input(0).floats, frame.output.floats)
            let (scale, bias) = (frame.input(1).floats, frame.input(2).floats)
            frame.pool.run(x.count / size) { part in
                let (mean, variance) = Sums.moments(x[part * size..<(part + 1) * size])
                let factor = 1 / (variance + epsilon).squareRoot()
                for channel in 0..<perGroup {
                    let plane = part * size + channel * area..<part * size + (channel + 1) * area
                    let group = part % groups
                    let index = isPerGroup ? group : group * perGroup + channel
                    let slope = factor * scale[index]
                    Kernel.scale(x[plane], by: slope, offset: bias[index] - mean * slope, into: y[plane])
                }
            }
        }
    }
}
