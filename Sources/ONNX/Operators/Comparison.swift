import Tensors

/// `Equal`, `Less`, `LessOrEqual`, `Greater`, `GreaterOrEqual`, broadcast.
struct Comparison: Operator {
    static let signatures = ["Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"].map {
        Signature(name: $0, inputs: 2...2)
    }

    private let name: String

    init(_ attributes: inout Attributes) throws(ModelError) { name = attributes.operatorName }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let type = inputs[0].type
        guard type != .bool || name == "Equal" else {
            throw ModelError("element type of input 0 is not supported", got: "bool")
        }
        try inputs.require(1, [type])
        let shape = try Broadcast.shape(of: [inputs[0].shape, inputs[1].shape])
        let broadcast = Broadcast([inputs[0].shape, inputs[1].shape], to: shape)
        return Step(outputs: [TensorType(type: .bool, shape: shape)]) { frame in
            switch type {
            case .float32: compare(Float.self, broadcast, frame)
            case .float64: compare(Double.self, broadcast, frame)
            case .int64: compare(Int64.self, broadcast, frame)
            case .int32: compare(Int32.self, broadcast, frame)
            case .int16: compare(Int16.self, broadcast, frame)
            case .int8: compare(Int8.self, broadcast, frame)
            case .uint64: compare(UInt64.self, broadcast, frame)
            case .uint32: compare(UInt32.self, broadcast, frame)
            case .uint16, .float16, .bfloat16: compare(UInt16.self, broadcast, frame)
            case .uint8, .bool: compare(UInt8.self, broadcast, frame)
            }
        }
    }

    private func compare<Element: TensorElement & Comparable>(_: Element.Type, _ broadcast: Broadcast, _ frame: Frame) {
        let a = frame.input(0).elements(as: Element.self)
        let b = frame.input(1).elements(as: Element.self)
        let y = frame.output.elements(as: UInt8.self)
        let pool = frame.pool
        switch name {
        case "Less": Pairwise.run(broadcast, a, b, into: y, pool: pool) { $0 < $1 ? 1 : 0 }
        case "LessOrEqual": Pairwise.run(broadcast, a, b, into: y, pool: pool) { $0 <= $1 ? 1 : 0 }
        case "Greater": Pairwise.run(broadcast, a, b, into: y, pool: pool) { $0 > $1 ? 1 : 0 }
        case "GreaterOrEqual": Pairwise.run(broadcast, a, b, into: y, pool: pool) { $0 >= $1 ? 1 : 0 }
        default: Pairwise.run(broadcast, a, b, into: y, pool: pool) { $0 == $1 ? 1 : 0 }
        }
    }
}
