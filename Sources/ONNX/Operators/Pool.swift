import Tensors

/// `MaxPool` and `AveragePool` over one or two dimensions.
struct Pool: Operator {
    static let signatures = [
        Signature(name: "MaxPool", inputs: 1...1), Signature(name: "AveragePool", inputs: 1...1),
    ]

    private let attributes: WindowAttributes
    private let isMaximum: Bool
    private let countsPadding: Bool

    init(_ attributes: inout Attributes) throws(ModelError) {
        isMaximum = attributes.operatorName == "MaxPool"
        self.attributes = try WindowAttributes(&attributes, isPool: true)
        countsPadding = isMaximum ? false : try attributes.flag("count_include_pad")
        // The order of indices, which only a second output would hold.
        if isMaximum { attributes.ignore("storage_order") }
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.requireFloats(0, ranks: 3...4)
        let shape = inputs[0].shape
        let window = try attributes.window(input: Array(shape[2...]))
        let output = Array(shape[..<2]) + WindowAttributes.spatial(window, rank: shape.count - 2)
        let planes = shape[0] * shape[1]
        return Step(outputs: [TensorType(type: .float32, shape: output)]) { frame in
            let (x, y) = (frame.input(0).floats, frame.output.floats)
            let (from, to) = (window.inputCount, window.outputCount)
            frame.pool.split(planes, chunk: max(1, elementwiseChunk / max(to, 1))) { range in
                let source = x[range.lowerBound * from..<range.upperBound * from]
                let target = y[range.lowerBound * to..<range.upperBound * to]
                if isMaximum {
                    Kernel.maxPool(source, channels: range.count, window: window, into: target)
                } else {
                    Kernel.averagePool(
                        source, channels: range.count, window: window, countPadding: countsPadding, into: target)
                }
            }
        }
    }
}
