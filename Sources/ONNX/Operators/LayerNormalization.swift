import Tensors

/// `LayerNormalization`: the elements from `axis` on to mean 0 and variance 1, then times a scale plus a bias an
/// element.
struct LayerNormalization: Operator {
    static let signatures = [Signature(name: "LayerNormalization", opsets: 17...28, inputs: 2...3, outputs: 1...3)]

    private let axis: Int
    private let epsilon: Float

    init(_ attributes: inout Attributes) throws(ModelError) {
        axis = try attributes.int("axis", default: -1)
        epsilon = try attributes.float("epsilon", default: 1e-5)
        // The type of the statistics: 1, float32, is what is computed in.
        _ = try attributes.int("stash_type", default: 1, in: 1...1)
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.requireFloats(0, ranks: 1...Limits.rank)
        let shape = inputs[0].shape
        let axis = try Operands.axis(axis, rank: shape.count)
        let inner = Array(shape[axis...])
        for index in 1...2 where inputs.optional(index) != nil {
            try inputs.requireFloats(index)
            try inputs.requireShape(index, inner)
        }
        let size = inner.reduce(1, *)
        // The optional outputs: each row's mean, and 1 over its standard deviation.
        let statistics = TensorType(type: .float32, shape: Array(shape[..<axis]) + inner.map { _ in 1 })
        return Step(
            outputs: [inputs[0].tensorType, statistics, statistics], placements: [.over([0])]
        ) { frame in
            let (x, scale, bias) = (frame.input(0).floats, frame.input(1).floats, frame.optional(2)?.floats)
            let y = frame.output.floats
            let means = frame.outputs.count > 1 ? frame.outputs[1]?.floats : nil
            let factors = frame.outputs.count > 2 ? frame.outputs[2]?.floats : nil
            frame.pool.split(x.count / size, chunk: max(1, elementwiseChunk / size)) { range in
                for row in range {
                    let part = row * size..<(row + 1) * size
                    let (mean, variance) = Sums.moments(x[part])
                    let factor = 1 / (variance + epsilon).squareRoot()
                    means?[row] = mean
                    factors?[row] = factor
                    Kernel.scale(x[part], by: factor, offset: -mean * factor, into: y[part])
                    Kernel.multiply(y[part], scale, into: y[part])
                    if let bias { Kernel.add(y[part], bias, into: y[part]) }
                }
            }
        }
    }
}
