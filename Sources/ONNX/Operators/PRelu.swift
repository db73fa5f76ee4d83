import Tensors

/// `PRelu`: x where it is not negative, else x times a slope that is broadcast to it.
struct PRelu: Operator {
    static let signatures = [Signature(name: "PRelu", inputs: 2...2)]

    init(_ attributes: inout Attributes) throws(ModelError) {}

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.requireFloats(0)
        try inputs.requireFloats(1)
        let input = inputs[0]
        let shape = try Broadcast.shape(of: [input.shape, inputs[1].shape])
        guard shape == input.shape else {
            throw ModelError("the slope does not broadcast to the input", got: "\(inputs[1].shape) and \(input.shape)")
        }
        let broadcast = Broadcast([input.shape, inputs[1].shape], to: shape)
        return Step(outputs: [input.tensorType], placements: [.over([0])]) { frame in
            let (x, slope, y) = (frame.input(0).floats, frame.input(1).floats, frame.output.floats)
            guard broadcast.innerStrides == [1, 0] else {
                Pairwise.run(broadcast, x, slope, into: y, pool: frame.pool) { $0 < 0 ? $0 * $1 : $0 }
                return
            }
            frame.pool.split(broadcast.count, chunk: elementwiseChunk) { range in
                broadcast.walk(range) { start, count, offsets in
                    Kernel.leakyRelu(
                        x[start..<start + count], slope: slope[offsets[1]], into: y[start..<start + count])
                }
            }
        }
    }
}
