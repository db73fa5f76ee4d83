import Foundation
import Tensors

extension OperatorCase {
    /// A function of each element at a few telling values and some at random.
    private static func each(
        _ name: String, opset: Int = 13, _ attributes: [(String, Attribute)] = [], range: ClosedRange<Double> = -5...5,
        within tolerance: Double = singlePrecision, _ f: (Double) -> Double
    ) -> OperatorCase {
        let spread = range.upperBound - range.lowerBound
        // An odd number, so that vector loops have a rest.
        let inputs =
            numbers(random([67])).map { Float(range.lowerBound + ($0 + 1) / 2 * spread) }
            + [0.5, 1, 2].map { Float(min(max($0, range.lowerBound), range.upperBound)) }
        let expected = inputs.map { Float(f(Double($0))) }
        return op(
            name, "of \(inputs.count) values", opset: opset, [floats([7, inputs.count / 7], inputs)], attributes,
            gives: [floats([7, inputs.count / 7], expected)], within: tolerance)
    }

    static let unary: [OperatorCase] = [
        each("Relu", within: 0) { max($0, 0) },
        each("LeakyRelu", [("alpha", .float(0.25))], within: 0) { $0 < 0 ? 0.25 * $0 : $0 },
        each("LeakyRelu", within: 1e-7) { $0 < 0 ? Double(Float(0.01)) * $0 : $0 },
        each("Sigmoid") { 1 / (1 + exp(-$0)) },
        each("Tanh") { tanh($0) },
        each("HardSigmoid") { max(0, min(1, 0.2 * $0 + 0.5)) },
        each("HardSigmoid", [("alpha", .float(0.5)), ("beta", .float(0.25))]) { max(0, min(1, 0.5 * $0 + 0.25)) },
        each("HardSwish", opset: 14) { $0 * max(0, min(1, $0 / 6 + 0.5)) },
        each("Elu", [("alpha", .float(2))]) { $0 < 0 ? 2 * (exp($0) - 1) : $0 },
        each("Celu", [("alpha", .float(2))]) { max(0, $0) + min(0, 2 * (exp($0 / 2) - 1)) },
        each("Selu") { 1.0507009873554805 * ($0 > 0 ? $0 : 1.6732632423543772 * (exp($0) - 1)) },
        each("ThresholdedRelu", [("alpha", .float(1.5))], within: 0) { $0 > 1.5 ? $0 : 0 },
        each("Softplus", range: -30...30) { log1p(exp($0)) },
        each("Softsign") { $0 / (1 + abs($0)) },
        each("Mish", opset: 18) { $0 * tanh(log1p(exp($0))) },
        each("Gelu", opset: 20) { 0.5 * $0 * (1 + erf($0 / 2.0.squareRoot())) },
        each("Gelu", opset: 20, [("approximate", .string("tanh"))]) {
            0.5 * $0 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)))
        },
        each("Swish", opset: 24) { $0 / (1 + exp(-$0)) },
        each("Swish", opset: 24, [("alpha", .float(0.5))]) { $0 / (1 + exp(-0.5 * $0)) },
        each("Exp") { exp($0) },
        each("Log", range: 0.01...100) { log($0) },
        each("Sqrt", range: 0...100) { $0.squareRoot() },
        each("Erf") { erf($0) },
        each("Reciprocal", range: 0.1...5) { 1 / $0 },
        each("Sin") { sin($0) },
        each("Cos") { cos($0) },
        each("Tan", range: -1.4...1.4) { tan($0) },
        each("Asin", range: -1...1) { asin($0) },
        each("Acos", range: -1...1) { acos($0) },
        each("Atan") { atan($0) },
        each("Sinh") { sinh($0) },
        each("Cosh") { cosh($0) },
        each("Asinh") { asinh($0) },
        each("Acosh", range: 1...9) { acosh($0) },
        each("Atanh", range: -0.99...0.99) { atanh($0) },
        each("Shrink", [("lambd", .float(1.5)), ("bias", .float(0.5))]) {
            $0 < -1.5 ? $0 + 0.5 : $0 > 1.5 ? $0 - 0.5 : 0
        },
        each("Floor", within: 0) { $0.rounded(.down) },
        each("Ceil", within: 0) { $0.rounded(.up) },
        each("Round", within: 0) { $0.rounded(.toNearestOrEven) },
        each("Abs", within: 0) { abs($0) },
        each("Neg", within: 0) { -$0 },
        each("Sign", within: 0) { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 },
        each("Affine", opset: 7, [("alpha", .float(1.5)), ("beta", .float(0.25))]) { 1.5 * $0 + 0.25 },
        op(
            "Sigmoid", "far out", [floats([4], [-200, -90, 90, 200])], gives: [floats([4], [0, 0, 1, 1])], within: 1e-30
        ),
        op(
            "Relu", "of double precision", [tensor(.float64, [3], [-1, 0, 2.5])],
            gives: [tensor(.float64, [3], [0, 0, 2.5])]),
        op(
            "Abs", "of integers", [tensor(.int32, [3], [-3, 0, 4])], gives: [tensor(.int32, [3], [3, 0, 4])]),
        op("Neg", "of integers", [ints([-3, 0, 4])], gives: [ints([3, 0, -4])]),
        op("Not", [bools([true, false])], gives: [bools([false, true])]),
        op(
            "Clip", "bounds as attributes", opset: 7, [floats([5], [-2, -1, 0, 1, 2])],
            [("min", .float(-1)), ("max", .float(1))], gives: [floats([5], [-1, -1, 0, 1, 1])]),
        op(
            "Clip", "bounds as inputs", [floats([5], [-2, -1, 0, 1, 2]), floats([], [-1]), floats([], [0.5])],
            gives: [floats([5], [-1, -1, 0, 0.5, 0.5])]),
        op(
            "Clip", "one bound", [floats([3], [-2, 0, 2]), nil, floats([], [1])], gives: [floats([3], [-2, 0, 1])]),
        op("Clip", "of integers", [ints([-5, 0, 5]), ints([-1], []), ints([2], [])], gives: [ints([-1, 0, 2])]),
        op(
            "PRelu", "a slope a channel", [floats([1, 2, 2], [-1, 2, -3, 4]), floats([2, 1], [0.5, 0.25])],
            gives: [floats([1, 2, 2], [-0.5, 2, -0.75, 4])]),
        op(
            "PRelu", "a slope an element", [floats([2, 2], [-1, -2, -3, 4]), floats([2, 2], [1, 2, 3, 4])],
            gives: [floats([2, 2], [-1, -4, -9, 4])]),
        op(
            "ImageScaler", opset: 7, [floats([1, 2, 1, 2], [1, 2, 3, 4])],
            [("scale", .float(2)), ("bias", .floats([10, -10]))], gives: [floats([1, 2, 1, 2], [12, 14, -4, -2])]),
    ]
}
