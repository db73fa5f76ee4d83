import Tensors

/// `QuantizeLinear`: numbers to small integers, by a scale and a zero point.
struct QuantizeLinear: Operator {
    static let signatures = [Signature(name: "QuantizeLinear", opsets: 10...28, inputs: 2...3)]

    private let axis: Int
    private let blockSize: Int
    private let type: ElementType?

    init(_ attributes: inout Attributes) throws(ModelError) {
        axis = attributes.opset >= 13 ? try attributes.int("axis", default: 1) : 1
        // About 8-bit floats, which are refused by type.
        if attributes.opset >= 19 { attributes.ignore("saturate") }
        let isLater = attributes.opset >= 21
        blockSize = isLater ? try attributes.int("block_size", default: 0, in: 0...1 << 31) : 0
        let number = isLater ? try attributes.int("output_dtype", default: 0) : 0
        type = number == 0 ? nil : try ElementType(onnx: Int64(number), "attribute `output_dtype`")
        // The type of the division: 1, float32, is what is computed in; 0 leaves it open.
        if attributes.opset >= 23 { _ = try attributes.int("precision", default: 0, in: 0...1) }
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.require(0, [.float32, .int32])
        try inputs.require(1, [.float32])
        var target = type ?? .uint8
        if inputs.optional(2) != nil {
            try inputs.require(2, type.map { [$0] } ?? ElementType.quantized)
            try inputs.requireShape(2, inputs[1].shape)
            target = inputs[2].type
        }
        guard ElementType.quantized.contains(target) else {
            throw ModelError(
                "attribute `output_dtype` is not supported",
                expected: ElementType.quantized.map(\.rawValue).joined(separator: " or "), got: target.rawValue)
        }
        let grid = try QuantizationGrid(
            scale: inputs[1].shape, of: inputs[0].shape, axis: axis, blockSize: blockSize)
        return Step(outputs: [TensorType(type: target, shape: inputs[0].shape)]) { frame in
            switch frame.output.type {
            case .int8: run(Int8.self, grid, frame)
            case .uint16: run(UInt16.self, grid, frame)
            case .int16: run(Int16.self, grid, frame)
            default: run(UInt8.self, grid, frame)
            }
        }
    }

    private func run<Value: TensorElement & FixedWidthInteger>(
        _: Value.Type, _ grid: QuantizationGrid, _ frame: Frame
    ) {
        let x = frame.input(0).type == .float32 ? frame.input(0) : frame.input(0).converted(to: .float32)
        let (floats, scales) = (x.floats, frame.input(1).floats)
        let zeroPoints = frame.optional(2)?.elements(as: Value.self)
        let y = frame.output.elements(as: Value.self)
        frame.pool.split(y.count, chunk: elementwiseChunk) { range in
            grid.forEachRun(range) { run, place in
                let (scale, zeroPoint) = (scales[place], zeroPoints?[place] ?? 0)
                for index in run { y[index] = quantized(floats[index] / scale, zeroPoint) }
            }
        }
    }
}
