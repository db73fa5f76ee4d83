import Tensors

/// `And`, `Or` and `Xor` of booleans, broadcast, and `Not`.
struct Logic: Operator {
    static let signatures = [
        Signature(name: "And", inputs: 2...2), Signature(name: "Or", inputs: 2...2),
        Signature(name: "Xor", inputs: 2...2), Signature(name: "Not", inputs: 1...1),
    ]

    private let name: String

    init(_ attributes: inout Attributes) throws(ModelError) { name = attributes.operatorName }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        for index in 0..<inputs.count { try inputs.require(index, [.bool]) }
        // `Not` is "exclusive or" with true.
        let other = inputs.optional(1)?.shape ?? []
        let shape = try Broadcast.shape(of: [inputs[0].shape, other])
        let broadcast = Broadcast([inputs[0].shape, other], to: shape)
        return Step(outputs: [TensorType(type: .bool, shape: shape)]) { frame in
            let a = frame.input(0).elements(as: UInt8.self)
            let b = frame.optional(1)?.elements(as: UInt8.self) ?? Buffer([1])
            let y = frame.output.elements(as: UInt8.self)
            switch name {
            case "And": Pairwise.run(broadcast, a, b, into: y, pool: frame.pool) { $0 & $1 }
            case "Or": Pairwise.run(broadcast, a, b, into: y, pool: frame.pool) { $0 | $1 }
            default: Pairwise.run(broadcast, a, b, into: y, pool: frame.pool) { $0 ^ $1 }
            }
        }
    }
}
