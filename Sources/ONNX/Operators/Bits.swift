import Tensors

/// `BitShift` and the bitwise operators of integers, broadcast.
struct Bits: Operator {
    static let signatures = [
        Signature(name: "BitShift", opsets: 11...28, inputs: 2...2),
        Signature(name: "BitwiseAnd", opsets: 18...28, inputs: 2...2),
        Signature(name: "BitwiseOr", opsets: 18...28, inputs: 2...2),
        Signature(name: "BitwiseXor", opsets: 18...28, inputs: 2...2),
        Signature(name: "BitwiseNot", opsets: 18...28, inputs: 1...1),
    ]

    private enum Function: Sendable { case left, right, and, or, xor, not }
    private enum Direction: String, CaseIterable { case left = "LEFT", right = "RIGHT" }

    private let function: Function
    /// Shifts of numbers with a sign came with operator set 28.
    private let shiftsSigned: Bool

    init(_ attributes: inout Attributes) throws(ModelError) {
        shiftsSigned = attributes.opset >= 28
        switch attributes.operatorName {
        case "BitwiseAnd": function = .and
        case "BitwiseOr": function = .or
        case "BitwiseXor": function = .xor
        case "BitwiseNot": function = .not
        default:
            guard attributes.has("direction") else { throw ModelError("attribute `direction` is missing") }
            function = try attributes.choice("direction", default: Direction.left) == .left ? .left : .right
        }
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let type = inputs[0].type
        let isShift = function == .left || function == .right
        let unsigned: [ElementType] = [.uint64, .uint32, .uint16, .uint8]
        try inputs.require(0, isShift && !shiftsSigned ? unsigned : ElementType.integers)
        if inputs.optional(1) != nil { try inputs.require(1, [type]) }
        // Of one operand, "not" takes both sides from it.
        let other = inputs.optional(1)?.shape ?? inputs[0].shape
        let shape = try Broadcast.shape(of: [inputs[0].shape, other])
        let broadcast = Broadcast([inputs[0].shape, other], to: shape)
        return Step(outputs: [TensorType(type: type, shape: shape)]) { frame in
            switch type {
            case .int64: run(Int64.self, broadcast, frame)
            case .int32: run(Int32.self, broadcast, frame)
            case .int16: run(Int16.self, broadcast, frame)
            case .int8: run(Int8.self, broadcast, frame)
            case .uint64: run(UInt64.self, broadcast, frame)
            case .uint32: run(UInt32.self, broadcast, frame)
            case .uint16: run(UInt16.self, broadcast, frame)
            default: run(UInt8.self, broadcast, frame)
            }
        }
    }

    private func run<Bits: TensorElement & FixedWidthInteger>(_: Bits.Type, _ broadcast: Broadcast, _ frame: Frame) {
        let (a, y) = (frame.input(0).elements(as: Bits.self), frame.output.elements(as: Bits.self))
        let b = frame.optional(1)?.elements(as: Bits.self) ?? a
        let pool = frame.pool
        switch function {
        // A shift by more bits than there are, or fewer than none, leaves nothing but the sign.
        case .left:
            Pairwise.run(broadcast, a, b, into: y, pool: pool) { $1 >= 0 && $1 < Bits.bitWidth ? $0 &<< $1 : 0 }
        case .right:
            Pairwise.run(broadcast, a, b, into: y, pool: pool) {
                $1 >= 0 && $1 < Bits.bitWidth ? $0 &>> $1 : $0 < 0 ? 0 &- 1 : 0
            }
        case .and: Pairwise.run(broadcast, a, b, into: y, pool: pool) { $0 & $1 }
        case .or: Pairwise.run(broadcast, a, b, into: y, pool: pool) { $0 | $1 }
        case .xor: Pairwise.run(broadcast, a, b, into: y, pool: pool) { $0 ^ $1 }
        case .not: Pairwise.run(broadcast, a, b, into: y, pool: pool) { value, _ in ~value }
        }
    }
}
