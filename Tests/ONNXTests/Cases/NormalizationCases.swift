import Foundation
import Tensors

extension OperatorCase {
    private static func moments(_ values: [Double]) -> (mean: Double, variance: Double) {
        let mean = values.reduce(0, +) / Double(values.count)
        return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count))
    }

    static let normalizations: [OperatorCase] =
        [7, 8, 9, 13, 15].map(batchNorm) + [perElement, instanceNorm, constantArea, layerNorm, responses] + softmaxes
        + [18, 21].map(groupNorm) + lengths + roots + [meanVariance]

    private static func batchNorm(opset: Int) -> OperatorCase {
        let x = random([2, 3, 4, 5], seed: 30)
        let (scale, bias, mean) = (random([3], seed: 31), random([3], seed: 32), random([3], seed: 33))
        let variance = floats([3], [0.25, 1.5, 3])
        let (s, b, m, v) = (numbers(scale), numbers(bias), numbers(mean), numbers(variance))
        let values = numbers(x)
        let expected = Naive.build(x.shape) { place in
            let c = place[1]
            return (values[Naive.offset(place, x.shape)] - m[c]) / (v[c] + 0.01).squareRoot() * s[c] + b[c]
        }
        var attributes: [(String, Attribute)] = [("epsilon", .float(0.01)), ("momentum", .float(0.9))]
        if opset < 9 { attributes.append(("spatial", .int(opset == 8 ? 0 : 1))) }
        if opset >= 14 { attributes.append(("training_mode", .int(0))) }
        return op(
            "BatchNormalization", "operator set \(opset)", opset: opset, [x, scale, bias, mean, variance], attributes,
            gives: [expected], within: singlePrecision)
    }

    /// Operator set 8 may have statistics of every element.
    private static let perElement: OperatorCase = {
        let (x, scale, bias, mean) = (
            counting([2, 2, 2]), counting([2, 2]), floats([2, 2], [1, 1, 2, 2]), counting([2, 2])
        )
        let ones = floats([2, 2], [1, 1, 1, 1])
        return op(
            "BatchNormalization", "of every element", opset: 8, [x, scale, bias, mean, ones],
            [("spatial", .int(0)), ("epsilon", .float(0))], gives: [floats([2, 2, 2], [1, 1, 2, 2, 1, 5, 10, 14])])
    }()

    private static let instanceNorm: OperatorCase = {
        let (x, scale, bias) = (random([2, 3, 9, 7], seed: 34), random([3], seed: 35), random([3], seed: 36))
        let values = numbers(x)
        let expected = Naive.build(x.shape) { place in
            let start = (place[0] * 3 + place[1]) * 63
            let (mean, variance) = moments(Array(values[start..<start + 63]))
            let value = values[Naive.offset(place, x.shape)]
            return (value - mean) / (variance + 1e-5).squareRoot() * numbers(scale)[place[1]] + numbers(bias)[place[1]]
        }
        return op("InstanceNormalization", [x, scale, bias], gives: [expected], within: singlePrecision)
    }()

    /// Most of the area of one value: sums in single precision would drift by 1e-3 here.
    private static let constantArea: OperatorCase = {
        let count = 300_000
        let x = (0..<count).map { $0 < count / 100 ? Float(900 + $0 % 7) : Float(-37.3) }
        let (mean, variance) = moments(x.map(Double.init))
        let expected = x.map { Float((Double($0) - mean) / (variance + 1e-5).squareRoot()) }
        return op(
            "InstanceNormalization", "a large area of one value",
            [floats([1, 1, 300, 1000], x), floats([1], [1]), floats([1], [0])],
            gives: [floats([1, 1, 300, 1000], expected)],
            within: 2e-5)
    }()

    private static let layerNorm: OperatorCase = {
        let (x, scale, bias) = (random([2, 3, 5], seed: 37), random([3, 5], seed: 38), random([3, 5], seed: 39))
        let values = numbers(x)
        let rows = (0..<2).map { moments(Array(values[$0 * 15..<($0 + 1) * 15])) }
        let expected = Naive.build(x.shape) { place in
            let inner = place[1] * 5 + place[2]
            let (mean, variance) = rows[place[0]]
            return (values[place[0] * 15 + inner] - mean) / (variance + 1e-5).squareRoot() * numbers(scale)[inner]
                + numbers(bias)[inner]
        }
        return op(
            "LayerNormalization", "from axis 1", opset: 17, [x, scale, bias], [("axis", .int(1))],
            gives: [
                expected, floats([2, 1, 1], rows.map { Float($0.mean) }),
                floats([2, 1, 1], rows.map { Float(1 / ($0.variance + 1e-5).squareRoot()) }),
            ], within: singlePrecision)
    }()

    private static let responses: OperatorCase = {
        let x = random([2, 6, 2, 2], seed: 40)
        let values = numbers(x)
        let expected = Naive.build(x.shape) { place in
            let neighbours = max(0, place[1] - 1)...min(5, place[1] + 1)
            let sum = neighbours.reduce(0) { sum, channel in
                let value = values[Naive.offset([place[0], channel, place[2], place[3]], x.shape)]
                return sum + value * value
            }
            return values[Naive.offset(place, x.shape)] / pow(2 + 0.3 / 3 * sum, 0.5)
        }
        return op(
            "LRN", [x], [("size", .int(3)), ("alpha", .float(0.3)), ("beta", .float(0.5)), ("bias", .float(2))],
            gives: [expected], within: singlePrecision)
    }()

    // MARK: Softmax

    private static func softmax(_ name: String, opset: Int, _ shape: [Int], axis: Int?, over axes: [Int])
        -> OperatorCase
    {
        let x = floats(shape, numbers(random(shape, seed: 41)).map { Float($0 * 20) })
        let sums = Naive.reduce(x, axes) { values in values.reduce(0) { $0 + exp($1) } }
        let isLogarithm = name == "LogSoftmax"
        let expected = Naive.pairs(x, sums, shape) { isLogarithm ? $0 - log($1) : exp($0) / $1 }
        return op(
            name, "operator set \(opset), axis \(axis.map(String.init) ?? "by default")", opset: opset, [x],
            axis.map { [("axis", .int($0))] } ?? [], gives: [expected], within: singlePrecision)
    }

    private static let softmaxes: [OperatorCase] = ["Softmax", "LogSoftmax"].flatMap { name in
        [
            softmax(name, opset: 13, [2, 3, 5], axis: nil, over: [2]),
            softmax(name, opset: 13, [2, 3, 5], axis: 1, over: [1]),
            softmax(name, opset: 13, [4, 3, 2, 3], axis: 0, over: [0]),
            softmax(name, opset: 11, [2, 3, 5], axis: nil, over: [1, 2]),
            softmax(name, opset: 11, [2, 3, 5], axis: 2, over: [2]),
            softmax(name, opset: 11, [2, 3], axis: 0, over: [0, 1]),
            op(
                name, "large values", [floats([1, 2], [1000, 1000])],
                gives: [
                    floats([1, 2], name == "Softmax" ? [0.5, 0.5] : [-0.6931472, -0.6931472])
                ], within: singlePrecision),
        ]
    }

    /// Two groups of two channels; scale and bias by group at first, by channel from operator set 21 on.
    private static func groupNorm(opset: Int) -> OperatorCase {
        let x = random([2, 4, 3, 5], seed: 60)
        let count = opset < 21 ? 2 : 4
        let (scale, bias) = (random([count], seed: 61), random([count], seed: 62))
        let values = numbers(x)
        let expected = Naive.build(x.shape) { place in
            let start = (place[0] * 4 + place[1] / 2 * 2) * 15
            let (mean, variance) = moments(Array(values[start..<start + 30]))
            let index = opset < 21 ? place[1] / 2 : place[1]
            let value = (values[Naive.offset(place, x.shape)] - mean) / (variance + 0.01).squareRoot()
            return value * numbers(scale)[index] + numbers(bias)[index]
        }
        return op(
            "GroupNormalization", "operator set \(opset)", opset: opset, [x, scale, bias],
            [("num_groups", .int(2)), ("epsilon", .float(0.01))], gives: [expected], within: singlePrecision)
    }

    private static let lengths: [OperatorCase] = [
        op(
            "LpNormalization", [floats([2, 2], [3, 4, 0, 0])], gives: [floats([2, 2], [0.6, 0.8, 0, 0])],
            within: singlePrecision),
        op(
            "LpNormalization", "sums of magnitudes, first axis", [floats([2, 2], [1, -2, -3, 2])],
            [("p", .int(1)), ("axis", .int(0))], gives: [floats([2, 2], [0.25, -0.5, -0.75, 0.5])]),
    ]

    private static let roots: [OperatorCase] = [
        op(
            "RMSNormalization", opset: 23, [floats([2, 2], [3, 4, 5, 5]), floats([2], [1, 2])],
            [("epsilon", .float(0))],
            gives: [floats([2, 2], [3 / Float(12.5).squareRoot(), 8 / Float(12.5).squareRoot(), 1, 2])],
            within: singlePrecision),
        op(
            "RMSNormalization", "of all dimensions, one scale a row", opset: 23,
            [floats([2, 2], [2, 2, -2, 2]), floats([2, 1], [1, 3])], [("axis", .int(0)), ("epsilon", .float(0))],
            gives: [floats([2, 2], [1, 1, -3, 3])], within: singlePrecision),
    ]

    /// Over every axis but the channels.
    private static let meanVariance: OperatorCase = {
        let x = random([2, 3, 4, 5], seed: 63)
        let values = zip(Naive.places(x.shape), numbers(x))
        let expected = Naive.build(x.shape) { place in
            let (mean, variance) = moments(values.filter { $0.0[1] == place[1] }.map(\.1))
            return (numbers(x)[Naive.offset(place, x.shape)] - mean) / variance.squareRoot()
        }
        return op("MeanVarianceNormalization", [x], gives: [expected], within: singlePrecision)
    }()
}
