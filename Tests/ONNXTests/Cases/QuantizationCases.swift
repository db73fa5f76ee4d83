import Tensors

extension OperatorCase {
    /// 8-bit numbers at random.
    private static func bytes(_ type: ElementType, _ shape: [Int], seed: UInt64) -> Tensor {
        let low: Double = type == .int8 ? -128 : 0
        return tensor(type, shape, numbers(random(shape, seed: seed)).map { (low + ($0 + 1) * 127.5).rounded() })
    }

    private static func saturated(_ value: Double, _ type: ElementType) -> Double {
        let rounded = value.rounded()
        return type == .int8 ? min(max(rounded, -128), 127) : min(max(rounded, 0), 255)
    }

    /// Numbers of a quantised tensor with its zero points taken off; one or one for each index along `axis`.
    private static func centered(_ x: Tensor, _ zeroPoints: [Double], axis: Int = 0) -> [Double] {
        zip(Naive.places(x.shape), numbers(x)).map { place, value in
            value - zeroPoints[zeroPoints.count == 1 ? 0 : place[axis]]
        }
    }

    private static func product(_ a: Tensor, _ b: Tensor, _ zeroA: [Double], _ zeroB: [Double]) -> [Double] {
        let (m, k, n) = (a.shape[0], a.shape[1], b.shape[1])
        let (x, y) = (centered(a, zeroA), centered(b, zeroB, axis: 1))
        return (0..<m * n).map { place in
            (0..<k).reduce(0) { $0 + x[place / n * k + $1] * y[$1 * n + place % n] }
        }
    }

    static let quantizations: [OperatorCase] = linear + integerProducts + integerConvolutions

    private static let linear: [OperatorCase] = [
        op(
            "QuantizeLinear", opset: 10,
            [floats([7], [0, 2, 3, 1000, -254, -1000, 5]), floats([], [2]), tensor(.uint8, [], [128])],
            gives: [tensor(.uint8, [7], [128, 129, 130, 255, 1, 0, 130])]),
        op(
            "QuantizeLinear", "no zero point", opset: 13, [floats([3], [1.5, 2.5, .nan]), floats([], [1])],
            gives: [tensor(.uint8, [3], [2, 2, 0])]),
        op(
            "QuantizeLinear", "by axis",
            [floats([1, 2, 2], [-10, 3, 8, 4]), floats([2], [2, 4]), tensor(.int8, [2], [0, 1])],
            gives: [tensor(.int8, [1, 2, 2], [-5, 2, 3, 2])]),
        op(
            "QuantizeLinear", "in blocks", opset: 21,
            [
                floats([2, 3], [1, 2, 30, 4, 5, 60]), floats([2, 2], [1, 10, 2, 20]),
                tensor(.int16, [2, 2], [0, 1, 2, 3]),
            ],
            [("axis", .int(1)), ("block_size", .int(2))], gives: [tensor(.int16, [2, 3], [1, 2, 4, 4, 4, 6])]),
        op(
            "QuantizeLinear", "to a named type", opset: 21, [floats([2], [-3, 70000]), floats([], [1])],
            [("output_dtype", .int(4))], gives: [tensor(.uint16, [2], [0, 65535])]),
        op(
            "DequantizeLinear", opset: 10,
            [tensor(.uint8, [3], [0, 3, 128]), floats([], [2]), tensor(.uint8, [], [128])],
            gives: [floats([3], [-256, -250, 0])]),
        op(
            "DequantizeLinear", "by axis",
            [tensor(.int8, [2, 2], [3, -4, 5, 6]), floats([2], [2, 0.5]), tensor(.int8, [2], [1, 2])],
            [("axis", .int(0))], gives: [floats([2, 2], [4, -10, 1.5, 2])]),
        op(
            "DequantizeLinear", "in blocks along the first axis", opset: 21,
            [tensor(.int8, [3, 2], [1, 2, 3, 4, 5, 6]), floats([2, 2], [1, 10, 100, 1000])],
            [("axis", .int(0)), ("block_size", .int(2))], gives: [floats([3, 2], [1, 20, 3, 40, 500, 6000])]),
        op(
            "DequantizeLinear", "of 32 bits", [tensor(.int32, [2], [-7, 0x1p24]), floats([1], [0.5])],
            gives: [floats([2], [-3.5, 0x1p23])]),
        op(
            "DynamicQuantizeLinear", [floats([6], [0, 2, -3, -2.5, 1.34, 0.5])],
            gives: [
                tensor(.uint8, [6], [153, 255, 0, 26, 221, 179]), floats([], [5.0 / 255]), tensor(.uint8, [], [153]),
            ], within: 1e-7),
        op(
            "DynamicQuantizeLinear", "of zeros", [floats([2], [0, 0])],
            gives: [tensor(.uint8, [2], [0, 0]), floats([], [1.0 / 255]), tensor(.uint8, [], [0])]),
    ]

    private static let integerProducts: [OperatorCase] = {
        let (a, b) = (bytes(.uint8, [5, 7], seed: 400), bytes(.int8, [7, 9], seed: 401))
        let columns: [Double] = [-4, -3, -2, -1, 0, 1, 2, 3, 4]
        let sums = product(a, b, [12], columns)
        let factor = Double(Float(0.05) * Float(0.1) / Float(2))
        let rescaled: [Double] = sums.map { saturated($0 * factor + 100, .uint8) }
        return [
            op(
                "MatMulInteger", [a, b, tensor(.uint8, [], [12]), tensor(.int8, [9], columns)],
                gives: [tensor(.int32, [5, 9], sums)]),
            op(
                "MatMulInteger", "no zero points, a vector",
                [tensor(.uint8, [2], [200, 255]), tensor(.uint8, [2, 2], [255, 1, 2, 3])],
                gives: [tensor(.int32, [2], [51510, 965])]),
            op(
                "MatMulInteger", "matrices broadcast",
                [tensor(.int8, [2, 1, 2], [1, 2, -3, 4]), tensor(.int8, [2, 1], [5, 6])],
                gives: [tensor(.int32, [2, 1, 1], [17, 9])]),
            op(
                "QLinearMatMul",
                [
                    a, floats([], [0.05]), tensor(.uint8, [], [12]), b, floats([], [0.1]), tensor(.int8, [9], columns),
                    floats([], [2]), tensor(.uint8, [], [100]),
                ], gives: [tensor(.uint8, [5, 9], rescaled)]),
        ]
    }()

    private static let integerConvolutions: [OperatorCase] = {
        let (x, w) = (bytes(.uint8, [2, 4, 6, 7], seed: 402), bytes(.int8, [6, 2, 3, 2], seed: 403))
        let sliding = Naive.Sliding(strides: [2, 1], dilations: [1, 2], pads: [1, 0, 2, 3], group: 2)
        let attributes: [(String, Attribute)] = [
            ("strides", .ints([2, 1])), ("dilations", .ints([1, 2])), ("pads", .ints([1, 0, 2, 3])), ("group", .int(2)),
        ]
        let weightPoints: [Double] = [-5, -3, -1, 1, 3, 5]
        let (values, weights) = (centered(x, [100]), centered(w, weightPoints))
        let sums = Naive.convolution(
            floats(x.shape, values.map { Float($0) }), floats(w.shape, weights.map { Float($0) }), nil, sliding)
        let bias: [Double] = [-700, -400, -100, 200, 500, 800]
        let scales: [Float] = (1...6).map { Float($0) / 64 }
        let rescaled: [Double] = zip(Naive.places(sums.shape), numbers(sums)).map { place, sum in
            saturated((sum + bias[place[1]]) * Double(scales[place[1]] * (Float(0.5) / Float(8))) + 3, .int8)
        }
        return [
            op(
                "ConvInteger", [x, w, tensor(.uint8, [], [100]), tensor(.int8, [6], weightPoints)], attributes,
                gives: [tensor(.int32, sums.shape, numbers(sums))]),
            op(
                "ConvInteger", "one dimension, no zero points",
                [tensor(.uint8, [1, 1, 4], [1, 2, 3, 255]), tensor(.uint8, [1, 1, 2], [2, 3])],
                gives: [tensor(.int32, [1, 1, 3], [8, 13, 771])]),
            op(
                "QLinearConv",
                [
                    x, floats([], [0.5]), tensor(.uint8, [], [100]), w, floats([6], scales),
                    tensor(.int8, [6], weightPoints),
                    floats([], [8]), tensor(.int8, [], [3]), tensor(.int32, [6], bias),
                ], attributes, gives: [tensor(.int8, sums.shape, rescaled)]),
        ]
    }()
}
