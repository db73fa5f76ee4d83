import Tensors

/// `DequantizeLinear`: small integers back to numbers: (x - zero point) * scale.
struct DequantizeLinear: Operator {
    static let signatures = [Signature(name: "DequantizeLinear", opsets: 10...28, inputs: 2...3)]

    private let axis: Int
    private let blockSize: Int

    init(_ attributes: inout Attributes) throws(ModelError) {
        axis = attributes.opset >= 13 ? try attributes.int("axis", default: 1) : 1
        blockSize = attributes.opset >= 21 ? try attributes.int("block_size", default: 0, in: 0...1 << 31) : 0
        guard attributes.opset >= 23, let number = try attributes.int("output_dtype"), number != 0 else { return }
        let type = try ElementType(onnx: Int64(number), "attribute `output_dtype`")
        guard type.computed == .float32 else {
            throw ModelError("attribute `output_dtype` is not supported", expected: "float32", got: type.rawValue)
        }
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.require(0, ElementType.quantized + [.int32])
        try inputs.require(1, [.float32])
        if inputs.optional(2) != nil {
            try inputs.require(2, [inputs[0].type])
            try inputs.requireShape(2, inputs[1].shape)
        }
        let grid = try QuantizationGrid(
            scale: inputs[1].shape, of: inputs[0].shape, axis: axis, blockSize: blockSize)
        return Step(outputs: [TensorType(type: .float32, shape: inputs[0].shape)]) { frame in
            switch frame.input(0).type {
            case .int8: run(Int8.self, grid, frame)
            case .uint16: run(UInt16.self, grid, frame)
            case .int16: run(Int16.self, grid, frame)
            case .int32: run(Int32.self, grid, frame)
            default: run(UInt8.self, grid, frame)
            }
        }
    }

    private func run<Value: TensorElement & FixedWidthInteger>(
        _: Value.Type, _ grid: QuantizationGrid, _ frame: Frame
    ) {
        let (x, scales) = (frame.input(0).elements(as: Value.self), frame.input(1).floats)
        let zeroPoints = frame.optional(2)?.elements(as: Value.self)
        let y = frame.output.floats
        frame.pool.split(y.count, chunk: elementwiseChunk) { range in
            grid.forEachRun(range) { run, place in
                let (scale, zeroPoint) = (scales[place], Int64(zeroPoints?[place] ?? 0))
                for index in run { y[index] = Float(Int64(x[index]) - zeroPoint) * scale }
            }
        }
    }
}
