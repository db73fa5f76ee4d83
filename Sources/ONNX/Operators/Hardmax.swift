import Tensors

/// `Hardmax`: 1 at the largest element along an axis, the first of equals, and 0 elsewhere.
struct Hardmax: Operator {
    static let signatures = [Signature(name: "Hardmax", inputs: 1...1)]

    private let axis: ClassAxis

    init(_ attributes: inout Attributes) throws(ModelError) { axis = try ClassAxis(&attributes) }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.requireFloats(0)
        let (outer, size, inner) = try axis.resolve(inputs[0].shape)
        return Step(outputs: [inputs[0].tensorType]) { frame in
            let (x, y) = (frame.input(0).floats, frame.output.floats)
            y.fill(with: 0)
            for line in 0..<outer * inner {
                let start = line / inner * size * inner + line % inner
                var best = 0
                for place in 1..<max(size, 1) where x[start + place * inner] > x[start + best * inner] { best = place }
                y[start + best * inner] = 1
            }
        }
    }
}
