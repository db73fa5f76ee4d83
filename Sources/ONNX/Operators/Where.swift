import Tensors

/// `Where`: the second input where the condition holds, else the third, broadcast.
struct Where: Operator {
    static let signatures = [Signature(name: "Where", inputs: 3...3)]

    init(_ attributes: inout Attributes) throws(ModelError) {}

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.require(0, [.bool])
        try inputs.require(2, [inputs[1].type])
        let shapes = (0..<3).map { inputs[$0].shape }
        let shape = try Broadcast.shape(of: shapes)
        let broadcast = Broadcast(shapes, to: shape)
        return Step(outputs: [TensorType(type: inputs[1].type, shape: shape)]) { frame in
            switch frame.output.type.byteSize {
            case 8: select(UInt64.self, broadcast, frame)
            case 4: select(UInt32.self, broadcast, frame)
            case 2: select(UInt16.self, broadcast, frame)
            default: select(UInt8.self, broadcast, frame)
            }
        }
    }

    private func select<Bits: BitwiseCopyable & Sendable>(_: Bits.Type, _ broadcast: Broadcast, _ frame: Frame) {
        let condition = frame.input(0).elements(as: UInt8.self)
        let (a, b, y) = (frame.input(1).bits(Bits.self), frame.input(2).bits(Bits.self), frame.output.bits(Bits.self))
        let steps = broadcast.innerStrides
        frame.pool.split(broadcast.count, chunk: elementwiseChunk) { range in
            broadcast.walk(range) { start, count, offsets in
                for index in 0..<count {
                    let holds = condition[offsets[0] + index * steps[0]] != 0
                    y[start + index] = holds ? a[offsets[1] + index * steps[1]] : b[offsets[2] + index * steps[2]]
                }
            }
        }
    }
}
