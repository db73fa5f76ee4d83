import Tensors

/// `DynamicQuantizeLinear`: numbers to uint8, with the scale and zero point that their own range asks for.
struct DynamicQuantizeLinear: Operator {
    static let signatures = [Signature(name: "DynamicQuantizeLinear", opsets: 11...28, inputs: 1...1, outputs: 1...3)]

    init(_ attributes: inout Attributes) throws(ModelError) {}

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.requireFloats(0)
        let outputs = [
            TensorType(type: .uint8, shape: inputs[0].shape), TensorType(type: .float32, shape: []),
            TensorType(type: .uint8, shape: []),
        ]
        return Step(outputs: outputs) { frame in
            let x = frame.input(0).floats
            // The range holds 0, so that it has a number of its own.
            var (low, high): (Float, Float) = (0, 0)
            x.withSpan { x in
                for index in 0..<x.count {
                    low = Float.smaller(low, x[index])
                    high = Float.larger(high, x[index])
                }
            }
            let scale = (low == high ? 1 : high - low) / 255
            let zeroPoint: UInt8 = clamped(Double((-low / scale).rounded(.toNearestOrEven)))
            if let y = frame.outputs[0]?.elements(as: UInt8.self) {
                frame.pool.split(x.count, chunk: elementwiseChunk) { range in
                    for index in range { y[index] = quantized(x[index] / scale, zeroPoint) }
                }
            }
            if frame.outputs.count > 1 { frame.outputs[1]?.floats[0] = scale }
            if frame.outputs.count > 2 { frame.outputs[2]?.elements(as: UInt8.self)[0] = zeroPoint }
        }
    }
}
