import Tensors

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Functions of each element of a float tensor.
struct Unary: Operator {
    static let signatures = [
        Signature(name: "Relu", inputs: 1...1), Signature(name: "LeakyRelu", inputs: 1...1),
        Signature(name: "Sigmoid", inputs: 1...1), Signature(name: "Tanh", inputs: 1...1),
        Signature(name: "HardSigmoid", inputs: 1...1), Signature(name: "HardSwish", opsets: 14...28, inputs: 1...1),
        Signature(name: "Elu", inputs: 1...1), Signature(name: "Celu", inputs: 1...1),
        Signature(name: "Selu", inputs: 1...1), Signature(name: "ThresholdedRelu", inputs: 1...1),
        Signature(name: "Softplus", inputs: 1...1), Signature(name: "Softsign", inputs: 1...1),
        Signature(name: "Mish", opsets: 18...28, inputs: 1...1),
        Signature(name: "Gelu", opsets: 20...28, inputs: 1...1),
        Signature(name: "Swish", opsets: 24...28, inputs: 1...1),
        Signature(name: "Exp", inputs: 1...1), Signature(name: "Log", inputs: 1...1),
        Signature(name: "Sqrt", inputs: 1...1), Signature(name: "Erf", inputs: 1...1),
        Signature(name: "Reciprocal", inputs: 1...1), Signature(name: "Sin", inputs: 1...1),
        Signature(name: "Cos", inputs: 1...1), Signature(name: "Floor", inputs: 1...1),
        Signature(name: "Ceil", inputs: 1...1), Signature(name: "Round", inputs: 1...1),
        Signature(name: "Affine", opsets: 7...9, inputs: 1...1),
        Signature(name: "Shrink", opsets: 9...28, inputs: 1...1),
        Signature(name: "Tan", inputs: 1...1), Signature(name: "Asin", inputs: 1...1),
        Signature(name: "Acos", inputs: 1...1), Signature(name: "Atan", inputs: 1...1),
        Signature(name: "Sinh", opsets: 9...28, inputs: 1...1), Signature(name: "Cosh", opsets: 9...28, inputs: 1...1),
        Signature(name: "Asinh", opsets: 9...28, inputs: 1...1),
        Signature(name: "Acosh", opsets: 9...28, inputs: 1...1),
        Signature(name: "Atanh", opsets: 9...28, inputs: 1...1),
    ]

    /// Fills the second buffer from the first, which may be the same.
    typealias Rows = @Sendable (Buffer<Float>, Buffer<Float>) -> Void

    let name: String
    /// The function, for a part of a tensor.
    let rows: Rows

    init(_ attributes: inout Attributes) throws(ModelError) {
        name = attributes.operatorName
        rows = try Unary.rows(&attributes)
    }

    private init(name: String, rows: @escaping Rows) {
        self.name = name
        self.rows = rows
    }

    /// x * sigmoid(x), which the older operator sets have no name for.
    static let silu = Unary(name: "Swish", rows: { Kernel.silu($0, into: $1) })

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let input = inputs[0]
        // Rounding a whole number and cutting off below zero mean something for other types too, but no file asks for
        // it.
        try inputs.require(0, [.float32, .float64])
        return Step(outputs: [input.tensorType], placements: [.over([0])]) { frame in
            if frame.output.type == .float32 {
                run(frame.input(0).floats, frame.output.floats, frame.pool)
            } else {
                // Double precision is rare and its last digits are not promised: computed in single.
                let floats = frame.input(0).converted(to: .float32)
                run(floats.floats, floats.floats, frame.pool)
                floats.convert(into: frame.output)
            }
        }
    }

    private func run(_ x: Buffer<Float>, _ y: Buffer<Float>, _ pool: WorkerPool) {
        pool.split(x.count, chunk: elementwiseChunk) { rows(x[$0], y[$0]) }
    }

    // MARK: Functions

    private static func rows(_ attributes: inout Attributes) throws(ModelError) -> Rows {
        switch attributes.operatorName {
        case "Relu": return { Kernel.relu($0, into: $1) }
        case "Sigmoid": return { Kernel.sigmoid($0, into: $1) }
        case "Tanh": return { Kernel.tanh($0, into: $1) }
        case "Exp": return { Kernel.exp($0, into: $1) }
        case "Sqrt": return { Kernel.squareRoot($0, into: $1) }
        case "Erf": return { Kernel.erf($0, into: $1) }
        case "HardSwish": return { Kernel.hardSwish($0, into: $1) }
        case "Reciprocal": return { Kernel.divide(1, $0, into: $1) }
        case "Log": return each { log($0) }
        case "Sin": return each { sin($0) }
        case "Cos": return each { cos($0) }
        case "Tan": return each { tan($0) }
        case "Asin": return each { asin($0) }
        case "Acos": return each { acos($0) }
        case "Atan": return each { atan($0) }
        case "Sinh": return each { sinh($0) }
        case "Cosh": return each { cosh($0) }
        case "Asinh": return each { asinh($0) }
        case "Acosh": return each { acosh($0) }
        case "Atanh": return each { atanh($0) }
        case "Floor": return each { $0.rounded(.down) }
        case "Ceil": return each { $0.rounded(.up) }
        case "Round": return each { $0.rounded(.toNearestOrEven) }
        // log(1 + exp(x)), written so that neither end overflows.
        case "Softplus": return each { max($0, 0) + log1p(exp(-abs($0))) }
        case "Softsign": return each { $0 / (1 + abs($0)) }
        case "Mish": return each { $0 * tanh(max($0, 0) + log1p(exp(-abs($0)))) }
        default: return try parameterized(&attributes)
        }
    }

    private static func parameterized(_ attributes: inout Attributes) throws(ModelError) -> Rows {
        switch attributes.operatorName {
        case "LeakyRelu":
            let slope = try attributes.float("alpha", default: 0.01)
            return { Kernel.leakyRelu($0, slope: slope, into: $1) }
        case "HardSigmoid":
            let alpha = try attributes.float("alpha", default: 0.2)
            let beta = try attributes.float("beta", default: 0.5)
            return { Kernel.hardSigmoid($0, alpha: alpha, beta: beta, into: $1) }
        case "Affine":
            // An experimental operator of the first versions: alpha x + beta.
            let alpha = try attributes.float("alpha", default: 1)
            let beta = try attributes.float("beta", default: 0)
            return { Kernel.scale($0, by: alpha, offset: beta, into: $1) }
        case "Elu":
            let alpha = try attributes.float("alpha", default: 1)
            return each { $0 < 0 ? alpha * expm1($0) : $0 }
        case "Celu":
            let alpha = try attributes.float("alpha", default: 1)
            return each { max(0, $0) + min(0, alpha * expm1($0 / alpha)) }
        case "Selu":
            // The constants of Klambauer et al., 2017, as ONNX gives them.
            let alpha = try attributes.float("alpha", default: 1.673_263_2)
            let gamma = try attributes.float("gamma", default: 1.050_701)
            return each { gamma * ($0 <= 0 ? alpha * expm1($0) : $0) }
        case "ThresholdedRelu":
            let alpha = try attributes.float("alpha", default: 1)
            return each { $0 > alpha ? $0 : 0 }
        case "Shrink":
            let (bias, threshold) = (
                try attributes.float("bias", default: 0), try attributes.float("lambd", default: 0.5)
            )
            return each { $0 < -threshold ? $0 + bias : $0 > threshold ? $0 - bias : 0 }
        case "Swish":
            let alpha = try attributes.float("alpha", default: 1)
            if alpha == 1 { return { Kernel.silu($0, into: $1) } }
            return each { $0 / (1 + exp(-alpha * $0)) }
        case "Gelu":
            switch try attributes.choice("approximate", default: GeluForm.none) {
            case .tanh: return { Kernel.gelu($0, into: $1) }
            case .none: return each { 0.5 * $0 * (1 + erf($0 * 0.707_106_77)) }
            }
        default: preconditionFailure("\(attributes.operatorName) is listed but not implemented")
        }
    }

    private enum GeluForm: String, CaseIterable { case none, tanh }

    /// A loop over a function of one number.
    private static func each(_ body: @escaping @Sendable (Float) -> Float) -> Rows {
        { x, y in
            x.withSpan { x in
                y.withMutableSpan { y in
                    for index in 0..<x.count { y[index] = body(x[index]) }
                }
            }
        }
    }
}
