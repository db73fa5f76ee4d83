import Tensors

/// `LpNormalization`: along an axis, divided by the sum of magnitudes or by the length; zeros stay.
struct LpNormalization: Operator {
    static let signatures = [Signature(name: "LpNormalization", inputs: 1...1)]

    private let axis: Int
    private let isLength: Bool

    init(_ attributes: inout Attributes) throws(ModelError) {
        axis = try attributes.int("axis", default: -1)
        isLength = try attributes.int("p", default: 2, in: 1...2) == 2
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.requireFloats(0)
        let shape = inputs[0].shape
        let axis = try Operands.axis(axis, rank: shape.count)
        let size = shape[axis]
        let inner = shape[(axis + 1)...].reduce(1, *)
        return Step(outputs: [inputs[0].tensorType], placements: [.over([0])]) { frame in
            let (x, y) = (frame.input(0).floats, frame.output.floats)
            frame.pool.split(x.count / size, chunk: max(1, elementwiseChunk / size)) { lines in
                for line in lines {
                    let start = line / inner * size * inner + line % inner
                    var sum = 0.0
                    for step in 0..<size {
                        let value = Double(x[start + step * inner])
                        sum += isLength ? value * value : abs(value)
                    }
                    let norm = Float(isLength ? sum.squareRoot() : sum)
                    for step in 0..<size {
                        let place = start + step * inner
                        y[place] = norm == 0 ? 0 : x[place] / norm
                    }
                }
            }
        }
    }
}
