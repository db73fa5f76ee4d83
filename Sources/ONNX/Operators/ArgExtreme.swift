import Tensors

/// `ArgMax` and `ArgMin`: where along an axis the largest or smallest value stands.
struct ArgExtreme: Operator {
    static let signatures = [Signature(name: "ArgMax", inputs: 1...1), Signature(name: "ArgMin", inputs: 1...1)]

    private let isMaximum: Bool
    private let axis: Int
    private let keepsDimensions: Bool
    private let takesLast: Bool

    init(_ attributes: inout Attributes) throws(ModelError) {
        isMaximum = attributes.operatorName == "ArgMax"
        axis = try attributes.int("axis", default: 0)
        keepsDimensions = try attributes.flag("keepdims", default: true)
        takesLast = attributes.opset >= 12 ? try attributes.flag("select_last_index") : false
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let input = inputs[0]
        try inputs.require(0, [.float32, .float64] + ElementType.integers)
        let axis = try Operands.axis(axis, rank: input.rank)
        var shape = input.shape
        let size = shape[axis]
        guard size > 0 else { throw ModelError("no values along axis \(axis)", got: "\(shape)") }
        if keepsDimensions { shape[axis] = 1 } else { shape.remove(at: axis) }
        let inner = input.shape[(axis + 1)...].reduce(1, *)
        return Step(outputs: [TensorType(type: .int64, shape: shape)]) { frame in
            switch input.type {
            case .float32: find(frame.input(0).floats.array, size: size, inner: inner, frame)
            case .int64: find(frame.input(0).elements(as: Int64.self).array, size: size, inner: inner, frame)
            default: find(frame.input(0).doubles, size: size, inner: inner, frame)
            }
        }
    }

    private func find<Element: Comparable & Sendable>(_ x: [Element], size: Int, inner: Int, _ frame: Frame) {
        let y = frame.output.elements(as: Int64.self)
        frame.pool.split(y.count, chunk: max(1, elementwiseChunk / size)) { range in
            for index in range {
                let start = index / inner * size * inner + index % inner
                var best = 0
                for place in 1..<max(size, 1) {
                    let (value, other) = (x[start + place * inner], x[start + best * inner])
                    let isBetter = isMaximum ? value > other : value < other
                    if isBetter || (takesLast && value == other) { best = place }
                }
                y[index] = Int64(best)
            }
        }
    }
}
