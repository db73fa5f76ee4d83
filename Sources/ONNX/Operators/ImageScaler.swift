import Tensors

/// `ImageScaler`, an experimental operator of the first versions: x times `scale` plus a bias a channel.
struct ImageScaler: Operator {
    static let signatures = [Signature(name: "ImageScaler", opsets: 7...9, inputs: 1...1)]

    private let bias: [Float]
    private let scale: Float

    init(_ attributes: inout Attributes) throws(ModelError) {
        bias = try attributes.floats("bias") ?? []
        scale = try attributes.float("scale", default: 1)
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.requireFloats(0, ranks: 4...4)
        let shape = inputs[0].shape
        guard shape[1] == bias.count else {
            throw ModelError("wrong length of `bias`", expected: "\(shape[1])", got: "\(bias.count)")
        }
        let plane = shape[2] * shape[3]
        return Step(outputs: [inputs[0].tensorType], placements: [.over([0])]) { frame in
            let (x, y) = (frame.input(0).floats, frame.output.floats)
            frame.pool.run(shape[0] * shape[1]) { index in
                let range = index * plane..<(index + 1) * plane
                Kernel.scale(x[range], by: scale, offset: bias[index % bias.count], into: y[range])
            }
        }
    }
}
