import Tensors

/// `RMSNormalization`: the elements from `axis` on divided by the root of the mean of their squares, then times a scale
/// an element.
struct RMSNormalization: Operator {
    static let signatures = [Signature(name: "RMSNormalization", opsets: 23...28, inputs: 2...2)]

    private let axis: Int
    private let epsilon: Float

    init(_ attributes: inout Attributes) throws(ModelError) {
        axis = try attributes.int("axis", default: -1)
        epsilon = try attributes.float("epsilon", default: 1e-5)
        // The type of the mean: 1, float32, is what is computed in.
        _ = try attributes.int("stash_type", default: 1, in: 1...1)
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        for index in 0...1 { try inputs.requireFloats(index) }
        let shape = inputs[0].shape
        let axis = try Operands.axis(axis, rank: shape.count)
        let inner = Array(shape[axis...])
        guard try Broadcast.shape(of: [inner, inputs[1].shape]) == inner else {
            throw ModelError("input 1 does not broadcast", expected: "\(inner)", got: "\(inputs[1].shape)")
        }
        let size = inner.reduce(1, *)
        let broadcast = Broadcast([inputs[1].shape], to: inner)
        return Step(outputs: [inputs[0].tensorType], placements: [.over([0])]) { frame in
            let (x, scale, y) = (frame.input(0).floats, frame.input(1).floats, frame.output.floats)
            let step = broadcast.innerStrides[0]
            frame.pool.split(x.count / size, chunk: max(1, elementwiseChunk / size)) { rows in
                for row in rows {
                    let part = row * size..<(row + 1) * size
                    let factor = 1 / Float(Sums.squares(x[part]) / Double(size) + Double(epsilon)).squareRoot()
                    Kernel.multiply(x[part], factor, into: y[part])
                    broadcast.walk(0..<size) { start, count, offsets in
                        let target = y[part.lowerBound + start..<part.lowerBound + start + count]
                        if step == 0 {
                            Kernel.multiply(target, scale[offsets[0]], into: target)
                        } else {
                            Kernel.multiply(target, scale[offsets[0]..<offsets[0] + count], into: target)
                        }
                    }
                }
            }
        }
    }
}
