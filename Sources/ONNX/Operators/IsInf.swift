import Tensors

/// `IsInf` and `IsNaN`: which elements are infinite, or no numbers.
struct IsInf: Operator {
    static let signatures = [
        Signature(name: "IsInf", opsets: 10...28, inputs: 1...1),
        Signature(name: "IsNaN", opsets: 9...28, inputs: 1...1),
    ]

    private let asksForNaN: Bool
    private let countsNegative: Bool
    private let countsPositive: Bool

    init(_ attributes: inout Attributes) throws(ModelError) {
        asksForNaN = attributes.operatorName == "IsNaN"
        countsNegative = asksForNaN ? false : try attributes.flag("detect_negative", default: true)
        countsPositive = asksForNaN ? false : try attributes.flag("detect_positive", default: true)
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.require(0, [.float32, .float64])
        return Step(outputs: [TensorType(type: .bool, shape: inputs[0].shape)]) { frame in
            frame.input(0).type == .float32 ? run(Float.self, frame) : run(Double.self, frame)
        }
    }

    private func run<Element: TensorElement & BinaryFloatingPoint>(_: Element.Type, _ frame: Frame) {
        let (x, y) = (frame.input(0).elements(as: Element.self), frame.output.elements(as: UInt8.self))
        frame.pool.split(x.count, chunk: elementwiseChunk) { range in
            for index in range {
                let value = x[index]
                let isInfinite = value == .infinity && countsPositive || value == -.infinity && countsNegative
                y[index] = (asksForNaN ? value.isNaN : isInfinite) ? 1 : 0
            }
        }
    }
}
