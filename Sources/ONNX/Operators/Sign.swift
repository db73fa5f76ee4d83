import Tensors

/// `Abs`, `Neg` and `Sign`: of floats and integers.
struct Sign: Operator {
    static let signatures = [
        Signature(name: "Abs", inputs: 1...1), Signature(name: "Neg", inputs: 1...1),
        Signature(name: "Sign", inputs: 1...1),
    ]

    private let name: String

    init(_ attributes: inout Attributes) throws(ModelError) { name = attributes.operatorName }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        guard inputs[0].type != .bool else { throw ModelError("element type of input 0 is not supported", got: "bool") }
        return Step(outputs: [inputs[0].tensorType], placements: [.over([0])]) { frame in
            switch frame.output.type {
            case .float32: run(Float.self, frame)
            case .float64: run(Double.self, frame)
            case .int64: run(Int64.self, frame)
            case .int32: run(Int32.self, frame)
            case .int16: run(Int16.self, frame)
            case .int8: run(Int8.self, frame)
            case .uint64: run(UInt64.self, frame)
            case .uint32: run(UInt32.self, frame)
            case .uint16: run(UInt16.self, frame)
            default: run(UInt8.self, frame)
            }
        }
    }

    private func run<Element: Arithmetic & Numeric>(_: Element.Type, _ frame: Frame) {
        let (x, y) = (frame.input(0).elements(as: Element.self), frame.output.elements(as: Element.self))
        frame.pool.split(x.count, chunk: elementwiseChunk) { range in
            for index in range {
                let value = x[index]
                switch name {
                case "Abs": y[index] = value < 0 ? Element.minus(0, value) : value
                case "Neg": y[index] = Element.minus(0, value)
                default: y[index] = value > 0 ? 1 : value < 0 ? Element.minus(0, 1) : value
                }
            }
        }
    }
}
