import Tensors

/// `Range` (named apart from Swift's own): start, start + delta, ... before limit.
struct RangeOperator: Operator {
    static let signatures = [Signature(name: "Range", inputs: 3...3)]

    init(_ attributes: inout Attributes) throws(ModelError) {}

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.require(0, [.float32, .float64, .int64, .int32, .int16])
        let type = inputs[0].type
        try inputs.require(1, [type])
        try inputs.require(2, [type])
        guard let start = try inputs.number(0, "start"), let limit = try inputs.number(1, "limit"),
            let delta = try inputs.number(2, "delta")
        else { preconditionFailure("required inputs") }
        guard delta != 0, delta.isFinite, start.isFinite, limit.isFinite else {
            throw ModelError("numbers that give no range", got: "\(start), \(limit), \(delta)")
        }
        let steps = max(((limit - start) / delta).rounded(.up), 0)
        guard steps < Double(inputs.memoryLimit) / 8 else { throw ModelError("a range of \(steps) values") }
        return Step(outputs: [TensorType(type: type, shape: [Int(steps)])]) { frame in
            let exact = Tensor((0..<Int(steps)).map { start + Double($0) * delta }, shape: [Int(steps)])
            exact.convert(into: frame.output)
        }
    }
}
