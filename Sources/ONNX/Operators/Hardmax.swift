import Tensors

/// `Hardmax`: 1 at the largest element along an axis, the first of equals, and 0 elsewhere; before operator set 13 over
/// all dimensions from `axis` on together.
struct Hardmax: Operator {
    static let signatures = [Signature(name: "Hardmax", inputs: 1...1)]

    private let axis: Int
    private let flattens: Bool

    init(_ attributes: inout Attributes) throws(ModelError) {
        flattens = attributes.opset < 13
        axis = try attributes.int("axis", default: flattens ? 1 : -1)
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.requireFloats(0)
        let shape = inputs[0].shape
        let axis = flattens && axis == shape.count ? axis : try Operands.axis(axis, rank: shape.count)
        let size = flattens ? shape[axis...].reduce(1, *) : shape[axis]
        let inner = flattens ? 1 : shape[(axis + 1)...].reduce(1, *)
        return Step(outputs: [inputs[0].tensorType]) { frame in
            let (x, y) = (frame.input(0).floats, frame.output.floats)
            y.fill(with: 0)
            for line in 0..<x.count / size {
                let start = line / inner * size * inner + line % inner
                var best = 0
                for place in 1..<max(size, 1) where x[start + place * inner] > x[start + best * inner] { best = place }
                y[start + best * inner] = 1
            }
        }
    }
}
