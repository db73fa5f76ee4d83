import Tensors

/// `GlobalAveragePool` and `GlobalMaxPool`: each channel's mean or largest value.
struct GlobalPool: Operator {
    static let signatures = [
        Signature(name: "GlobalAveragePool", inputs: 1...1), Signature(name: "GlobalMaxPool", inputs: 1...1),
    ]

    let isMaximum: Bool

    init(_ attributes: inout Attributes) throws(ModelError) { isMaximum = attributes.operatorName == "GlobalMaxPool" }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.requireFloats(0, ranks: 3...Limits.rank)
        let shape = inputs[0].shape
        let area = shape[2...].reduce(1, *)
        let planes = shape[0] * shape[1]
        let output = shape[..<2] + shape[2...].map { _ in 1 }
        return Step(outputs: [TensorType(type: .float32, shape: Array(output))]) { frame in
            let (x, y) = (frame.input(0).floats, frame.output.floats)
            frame.pool.split(planes, chunk: max(1, elementwiseChunk / max(area, 1))) { range in
                for plane in range {
                    let values = x[plane * area..<(plane + 1) * area]
                    y[plane] = isMaximum ? Kernel.largest(values) : Float(Sums.sum(values) / Double(area))
                }
            }
        }
    }
}
