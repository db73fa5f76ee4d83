import Tensors

/// Arithmetic of two or more tensors, broadcast: `Add`, `Sub`, `Mul`, `Div`, `Pow`, `Mod`, `Min`, `Max`, `Sum`, `Mean`.
struct Binary: Operator {
    static let signatures = [
        Signature(name: "Add", inputs: 2...2), Signature(name: "Sub", inputs: 2...2),
        Signature(name: "Mul", inputs: 2...2), Signature(name: "Div", inputs: 2...2),
        Signature(name: "Pow", inputs: 2...2), Signature(name: "Mod", inputs: 2...2),
        Signature(name: "Min", inputs: 1...Signature.many), Signature(name: "Max", inputs: 1...Signature.many),
        Signature(name: "Sum", inputs: 1...Signature.many), Signature(name: "Mean", inputs: 1...Signature.many),
    ]

    private enum Function: Sendable { case add, subtract, multiply, divide, power, modulo, remainder, minimum, maximum }

    private let function: Function
    private let isMean: Bool

    init(_ attributes: inout Attributes) throws(ModelError) {
        isMean = attributes.operatorName == "Mean"
        switch attributes.operatorName {
        case "Sub": function = .subtract
        case "Mul": function = .multiply
        case "Div": function = .divide
        case "Pow": function = .power
        case "Mod": function = try attributes.flag("fmod") ? .remainder : .modulo
        case "Min": function = .minimum
        case "Max": function = .maximum
        default: function = .add
        }
    }

    var isAddition: Bool { function == .add && !isMean }
    var isProduct: Bool { function == .multiply }
    var commutes: Bool { isAddition || isProduct }
    /// Whether it is a function of two values, which need be no more than floats.
    var takesTwo: Bool { !isMean && function != .modulo && function != .power }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let type = inputs[0].type
        for index in 0..<inputs.count {
            guard inputs.optional(index) != nil else { throw ModelError("input \(index) is missing") }
            // The exponent may be of another type.
            try inputs.require(
                index, function == .power && index == 1 ? [.float32, .float64] + ElementType.integers : [type])
        }
        guard type != .bool else { throw ModelError("element type of input 0 is not supported", got: "bool") }
        let shape = try Broadcast.shape(of: (0..<inputs.count).map { inputs[$0].shape })
        // Each further input is broadcast against the result so far, which has the final shape from the start.
        let first = Broadcast([inputs[0].shape, inputs.optional(1)?.shape ?? []], to: shape)
        let others = (2..<max(inputs.count, 2)).map { Broadcast([shape, inputs[$0].shape], to: shape) }
        return Step(
            outputs: [TensorType(type: type, shape: shape)],
            placements: [inputs.count == 2 ? .over([0, 1]) : .own]
        ) { frame throws(ModelError) in
            if inputs.count == 1 {
                frame.output.copyBits(from: frame.input(0))
            } else {
                compute(first, frame.input(0), frame.input(1), into: frame.output, frame.pool)
            }
            for (index, broadcast) in others.enumerated() {
                compute(broadcast, frame.output, frame.input(index + 2), into: frame.output, frame.pool)
            }
            if isMean { try scale(frame.output, by: 1 / Double(inputs.count)) }
        }
    }

    private func scale(_ tensor: Tensor, by factor: Double) throws(ModelError) {
        guard tensor.type == .float32 else {
            throw ModelError("element type is not supported", got: tensor.type.rawValue)
        }
        Kernel.multiply(tensor.floats, Float(factor), into: tensor.floats)
    }

    private func compute(_ broadcast: Broadcast, _ a: Tensor, _ b: Tensor, into y: Tensor, _ pool: WorkerPool) {
        let b = b.type == a.type ? b : b.converted(to: a.type)
        switch a.type {
        case .float32:
            if let kernels {
                Pairwise.run(broadcast, a.floats, b.floats, into: y.floats, pool: pool, kernels: kernels)
            } else {
                compute(Float.self, broadcast, a, b, into: y, pool)
            }
        case .float64: compute(Double.self, broadcast, a, b, into: y, pool)
        case .int64: compute(Int64.self, broadcast, a, b, into: y, pool)
        case .int32: compute(Int32.self, broadcast, a, b, into: y, pool)
        case .int16: compute(Int16.self, broadcast, a, b, into: y, pool)
        case .int8: compute(Int8.self, broadcast, a, b, into: y, pool)
        case .uint64: compute(UInt64.self, broadcast, a, b, into: y, pool)
        case .uint32: compute(UInt32.self, broadcast, a, b, into: y, pool)
        case .uint16: compute(UInt16.self, broadcast, a, b, into: y, pool)
        case .uint8: compute(UInt8.self, broadcast, a, b, into: y, pool)
        case .bool, .float16, .bfloat16: preconditionFailure("arithmetic on \(a.type)")
        }
    }

    private func compute<Element: Arithmetic>(
        _: Element.Type, _ broadcast: Broadcast, _ a: Tensor, _ b: Tensor, into y: Tensor, _ pool: WorkerPool
    ) {
        let (a, b, y) = (a.elements(as: Element.self), b.elements(as: Element.self), y.elements(as: Element.self))
        switch function {
        case .add: Pairwise.run(broadcast, a, b, into: y, pool: pool) { Element.plus($0, $1) }
        case .subtract: Pairwise.run(broadcast, a, b, into: y, pool: pool) { Element.minus($0, $1) }
        case .multiply: Pairwise.run(broadcast, a, b, into: y, pool: pool) { Element.times($0, $1) }
        case .divide: Pairwise.run(broadcast, a, b, into: y, pool: pool) { Element.over($0, $1) }
        case .power: Pairwise.run(broadcast, a, b, into: y, pool: pool) { Element.power($0, $1) }
        case .modulo: Pairwise.run(broadcast, a, b, into: y, pool: pool) { Element.modulo($0, $1) }
        case .remainder: Pairwise.run(broadcast, a, b, into: y, pool: pool) { Element.remainder($0, $1) }
        case .minimum: Pairwise.run(broadcast, a, b, into: y, pool: pool) { Element.smaller($0, $1) }
        case .maximum: Pairwise.run(broadcast, a, b, into: y, pool: pool) { Element.larger($0, $1) }
        }
    }

    /// The kernels for floats, where there are any.
    private var kernels: Pairwise.Rows? {
        switch function {
        case .add:
            Pairwise.Rows(
                rows: { Kernel.add($0, $1, into: $2) }, rowAndNumber: { Kernel.add($0, $1, into: $2) },
                numberAndRow: { Kernel.add($1, $0, into: $2) })
        case .subtract:
            Pairwise.Rows(
                rows: { Kernel.subtract($0, $1, into: $2) }, rowAndNumber: { Kernel.subtract($0, $1, into: $2) },
                numberAndRow: { Kernel.subtract($0, $1, into: $2) })
        case .multiply:
            Pairwise.Rows(
                rows: { Kernel.multiply($0, $1, into: $2) }, rowAndNumber: { Kernel.multiply($0, $1, into: $2) },
                numberAndRow: { Kernel.multiply($1, $0, into: $2) })
        case .divide:
            Pairwise.Rows(
                rows: { Kernel.divide($0, $1, into: $2) }, rowAndNumber: { Kernel.divide($0, $1, into: $2) },
                numberAndRow: { Kernel.divide($0, $1, into: $2) })
        default: nil
        }
    }
}
