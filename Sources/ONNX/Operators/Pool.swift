import Tensors

/// `MaxPool` and `AveragePool`: floats in one or two dimensions here, everything else by ``GeneralPool``.
struct Pool: Operator {
    static let signatures = [
        Signature(name: "MaxPool", inputs: 1...1, outputs: 1...2), Signature(name: "AveragePool", inputs: 1...1),
    ]

    let attributes: WindowAttributes
    private let isMaximum: Bool
    private let countsPadding: Bool
    /// Whether the places of the largest values are asked for, and whether they count columns first.
    private let givesPlaces: Bool
    private let isColumnMajor: Bool

    init(_ attributes: inout Attributes) throws(ModelError) {
        isMaximum = attributes.operatorName == "MaxPool"
        self.attributes = try WindowAttributes(&attributes, isPool: true)
        countsPadding = isMaximum ? false : try attributes.flag("count_include_pad")
        isColumnMajor = isMaximum ? try attributes.flag("storage_order") : false
        givesPlaces = attributes.outputCount > 1
    }

    /// The same in the blocked layout, where it can be done there.
    var blocked: BlockedPool? {
        givesPlaces ? nil : BlockedPool(attributes: attributes, isMaximum: isMaximum, countsPadding: countsPadding)
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        if inputs[0].type != .float32 || inputs[0].rank > 4 || givesPlaces {
            return try GeneralPool(
                attributes, isMaximum: isMaximum, countsPadding: countsPadding, isColumnMajor: isColumnMajor
            ).plan(inputs)
        }
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
