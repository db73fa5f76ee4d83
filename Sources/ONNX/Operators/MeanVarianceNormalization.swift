import Tensors

/// `MeanVarianceNormalization`: (x - mean) / (standard deviation + 1e-9), both taken over some axes.
struct MeanVarianceNormalization: Operator {
    static let signatures = [Signature(name: "MeanVarianceNormalization", opsets: 9...28, inputs: 1...1)]

    private let axes: [Int]

    /// What ONNX adds to the standard deviation, so that areas of one value are not divided by 0.
    private static let epsilon: Float = 1e-9

    init(_ attributes: inout Attributes) throws(ModelError) { axes = try attributes.ints("axes") ?? [0, 2, 3] }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.requireFloats(0)
        let shape = inputs[0].shape
        let axes = try Operands.axes(axes, rank: shape.count).sorted()
        // The axes last, so that each statistic comes from a contiguous row.
        let order = shape.indices.filter { !axes.contains($0) } + axes
        let strides = StridedRead.rowMajor(shape)
        let read = StridedRead(shape: order.map { shape[$0] }, strides: order.map { strides[$0] })
        // And back: where each dimension of the input stands among the ordered ones.
        let arranged = StridedRead.rowMajor(read.shape)
        let back = StridedRead(
            shape: shape, strides: shape.indices.map { axis in arranged[order.firstIndex(of: axis) ?? 0] })
        for check in [read, back] { _ = try check.step(of: inputs[0]) }
        let size = axes.reduce(1) { $0 * shape[$1] }
        let bytes = inputs[0].count * 4
        return Step(outputs: [inputs[0].tensorType], workspace: bytes) { frame in
            let rows = frame.scratch(shape: read.shape, type: .float32)
            read.run(from: frame.input(0), to: rows, pool: frame.pool)
            let values = rows.floats
            frame.pool.split(values.count / size, chunk: max(1, elementwiseChunk / size)) { range in
                for row in range {
                    let part = values[row * size..<(row + 1) * size]
                    let (mean, variance) = Sums.moments(part)
                    let factor = 1 / (variance.squareRoot() + MeanVarianceNormalization.epsilon)
                    Kernel.scale(part, by: factor, offset: -mean * factor, into: part)
                }
            }
            back.run(from: rows, to: frame.output, pool: frame.pool)
        }
    }
}
