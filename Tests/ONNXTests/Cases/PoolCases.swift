import Tensors

extension OperatorCase {
    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    private static func attributes(_ kernel: [Int], _ sliding: Naive.Sliding) -> [(String, Attribute)] {
        [("kernel_shape", .ints(kernel)), ("strides", .ints(sliding.strides)), ("pads", .ints(sliding.pads))]
    }

    private static func maxPool(_ what: String, _ shape: [Int], _ kernel: [Int], _ sliding: Naive.Sliding)
        -> OperatorCase
    {
        let x = random(shape, seed: 20)
        return op(
            "MaxPool", what, [x], attributes(kernel, sliding) + [("dilations", .ints(sliding.dilations))],
            gives: [Naive.pool(x, kernel: kernel, sliding) { inside, _ in inside.max()! }])
    }

    private static func averagePool(
        _ what: String, _ shape: [Int], _ kernel: [Int], _ sliding: Naive.Sliding, counts: Bool = false
    ) -> OperatorCase {
        let x = random(shape, seed: 21)
        let expected = Naive.pool(x, kernel: kernel, sliding) { inside, padding in
            inside.reduce(0, +) / Double(inside.count + (counts ? padding : 0))
        }
        return op(
            "AveragePool", what, [x], attributes(kernel, sliding) + (counts ? [("count_include_pad", .int(1))] : []),
            gives: [expected], within: singlePrecision)
    }

    static let pools: [OperatorCase] = [
        maxPool("2x2", [1, 3, 6, 8], [2, 2], .init(strides: [2, 2])),
        maxPool("3x3, padding", [2, 2, 7, 7], [3, 3], .init(strides: [2, 2], pads: [1, 1, 1, 1])),
        maxPool("5x5, stride 1", [1, 2, 9, 9], [5, 5], .init(pads: [2, 2, 2, 2])),
        maxPool("dilations", [1, 1, 9, 9], [2, 3], .init(dilations: [3, 2])),
        op(
            "MaxPool", "rounding up", [counting([1, 1, 5, 5])],
            [("kernel_shape", .ints([2, 2])), ("strides", .ints([2, 2])), ("ceil_mode", .int(1))],
            gives: [floats([1, 1, 3, 3], [6, 8, 9, 16, 18, 19, 21, 23, 24])]),
        op(
            "MaxPool", "SAME_UPPER", [counting([1, 1, 3, 3])],
            [("kernel_shape", .ints([2, 2])), ("strides", .ints([2, 2])), ("auto_pad", .string("SAME_UPPER"))],
            gives: [floats([1, 1, 2, 2], [4, 5, 7, 8])]),
        op(
            "MaxPool", "one dimension", [floats([1, 1, 4], [1, 4, 2, 3])], [("kernel_shape", .ints([2]))],
            gives: [floats([1, 1, 3], [4, 4, 3])]),
        averagePool("2x2", [1, 3, 6, 8], [2, 2], .init(strides: [2, 2])),
        averagePool("3x3, padding left out", [2, 2, 7, 7], [3, 3], .init(strides: [2, 2], pads: [1, 1, 1, 1])),
        averagePool("3x3, padding counted", [1, 2, 7, 7], [3, 3], .init(pads: [1, 1, 1, 1]), counts: true),
        averagePool("the whole image", [1, 4, 9, 9], [9, 9], .init()),
        {
            let x = random([2, 3, 5, 7], seed: 22)
            return op(
                "GlobalAveragePool", [x], gives: [Naive.reduce(x, [2, 3], mean)], within: singlePrecision)
        }(),
        {
            let x = random([2, 3, 5, 7], seed: 23)
            return op("GlobalMaxPool", [x], gives: [Naive.reduce(x, [2, 3]) { $0.max()! }])
        }(),
    ]
}
