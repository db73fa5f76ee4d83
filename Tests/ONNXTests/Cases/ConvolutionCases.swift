import Tensors

extension OperatorCase {
    static let convolutions: [OperatorCase] = convs + transposedConvs + products

    private static func attributes(_ kernel: [Int], _ sliding: Naive.Sliding) -> [(String, Attribute)] {
        [
            ("kernel_shape", .ints(kernel)), ("strides", .ints(sliding.strides)),
            ("dilations", .ints(sliding.dilations)),
            ("pads", .ints(sliding.pads)), ("group", .int(sliding.group)),
        ]
    }

    private static func conv(
        _ what: String, _ x: [Int], _ w: [Int], _ sliding: Naive.Sliding = .init(), bias: Bool = true
    ) -> OperatorCase {
        let (input, weights) = (random(x, seed: 4), random(w, seed: 5))
        let addend = bias ? random([w[0]], seed: 6) : nil
        return op(
            "Conv", what, [input, weights] + (bias ? [addend] : []), attributes(Array(w[2...]), sliding),
            gives: [Naive.convolution(input, weights, addend, sliding)], within: singlePrecision)
    }

    private static let convs: [OperatorCase] = [
        conv("1x1", [1, 5, 6, 7], [4, 5, 1, 1]),
        conv("1x1, two images, no bias", [2, 3, 9, 11], [70, 3, 1, 1], bias: false),
        conv("1x1 of one place", [1, 33, 1, 1], [17, 33, 1, 1]),
        conv("1x1, strides", [1, 4, 7, 7], [3, 4, 1, 1], .init(strides: [2, 3])),
        conv("3x3, padding", [1, 3, 8, 9], [4, 3, 3, 3], .init(pads: [1, 1, 1, 1])),
        conv(
            "3x3, strides, uneven padding, two images", [2, 3, 9, 8], [5, 3, 3, 3],
            .init(strides: [2, 2], pads: [0, 1, 1, 0])),
        conv("2x3, dilations", [1, 2, 9, 9], [3, 2, 2, 3], .init(dilations: [3, 2], pads: [1, 2, 1, 2])),
        conv("two groups", [1, 4, 6, 6], [6, 2, 3, 3], .init(pads: [1, 1, 1, 1], group: 2)),
        conv("1x1 in groups", [1, 6, 5, 5], [9, 2, 1, 1], .init(group: 3)),
        conv("depthwise", [1, 5, 7, 9], [5, 1, 3, 3], .init(pads: [1, 1, 1, 1], group: 5)),
        conv(
            "depthwise, strides and dilations", [2, 3, 11, 10], [3, 1, 3, 3],
            .init(strides: [2, 1], dilations: [1, 2], pads: [1, 2, 1, 2], group: 3)),
        conv("two filters a channel", [1, 3, 6, 6], [6, 1, 5, 5], .init(pads: [2, 2, 2, 2], group: 3)),
        conv("many channels of few places", [1, 40, 3, 3], [130, 40, 3, 3], .init(pads: [1, 1, 1, 1])),
        conv("many bands", [1, 16, 64, 60], [8, 16, 5, 5], .init(pads: [2, 2, 2, 2])),
        conv("a kernel as large as the image", [1, 2, 4, 4], [3, 2, 4, 4]),
        automatic("SAME_UPPER", pads: [0, 0, 1, 1]), automatic("SAME_LOWER", pads: [1, 1, 0, 0]),
        automatic("VALID", pads: [0, 0, 0, 0]),
        line,
    ]

    /// Stride 2 over 6 by 6 with a 3 by 3 kernel: one row and column of padding.
    private static func automatic(_ mode: String, pads: [Int]) -> OperatorCase {
        let (x, w) = (random([1, 2, 6, 6], seed: 7), random([3, 2, 3, 3], seed: 8))
        return op(
            "Conv", mode, [x, w], [("auto_pad", .string(mode)), ("strides", .ints([2, 2]))],
            gives: [Naive.convolution(x, w, nil, .init(strides: [2, 2], pads: pads))], within: singlePrecision)
    }

    /// One dimension.
    private static let line: OperatorCase = {
        let (x, w) = (random([2, 3, 10], seed: 9), random([4, 3, 3], seed: 10))
        let expected = Naive.convolution(
            x.reshaped([2, 3, 1, 10]), w.reshaped([4, 3, 1, 3]), nil, .init(strides: [1, 2], pads: [0, 1, 0, 1]))
        return op(
            "Conv", "one dimension", [x, w], [("pads", .ints([1, 1])), ("strides", .ints([2]))],
            gives: [expected.reshaped([2, 4, 5])], within: singlePrecision)
    }()

    private static func transposed(
        _ what: String, _ x: [Int], _ w: [Int], _ sliding: Naive.Sliding, output: [Int],
        _ more: [(String, Attribute)] = [], given: [(String, Attribute)]? = nil
    ) -> OperatorCase {
        let (input, weights) = (random(x, seed: 11), random(w, seed: 12))
        let bias = random([w[1] * sliding.group], seed: 13)
        return op(
            "ConvTranspose", what, [input, weights, bias], (given ?? attributes(Array(w[2...]), sliding)) + more,
            gives: [Naive.transposedConvolution(input, weights, bias, sliding, output: output)], within: singlePrecision
        )
    }

    private static let transposedConvs: [OperatorCase] = [
        transposed("3x3", [1, 2, 4, 5], [2, 3, 3, 3], .init(), output: [6, 7]),
        transposed(
            "stride 2, padding", [2, 3, 4, 4], [3, 2, 4, 4], .init(strides: [2, 2], pads: [1, 1, 1, 1]),
            output: [8, 8]),
        transposed(
            "output padding", [1, 2, 3, 3], [2, 1, 3, 3], .init(strides: [2, 2], pads: [1, 1, 1, 1]), output: [6, 6],
            [("output_padding", .ints([1, 1]))]),
        transposed("groups", [1, 4, 3, 3], [4, 2, 2, 2], .init(strides: [2, 2], group: 2), output: [6, 6]),
        transposed(
            "a group a channel", [1, 3, 3, 4], [3, 1, 2, 2], .init(strides: [2, 2], group: 3), output: [6, 8]),
        transposed("dilations", [1, 1, 3, 3], [1, 1, 2, 2], .init(dilations: [2, 2]), output: [5, 5]),
        // 2 * (3 - 1) + 3 = 7 for an output of 6: one too many, taken off at the end, or at the start.
        transposed(
            "output shape", [1, 1, 3, 3], [1, 1, 3, 3], .init(strides: [2, 2], pads: [0, 0, 0, 0]), output: [6, 6],
            given: [("strides", .ints([2, 2])), ("output_shape", .ints([6, 6])), ("auto_pad", .string("SAME_UPPER"))]),
        transposed(
            "output shape, padding first", [1, 1, 3, 3], [1, 1, 3, 3], .init(strides: [2, 2], pads: [1, 1, 1, 1]),
            output: [6, 6], given: [("strides", .ints([2, 2])), ("output_shape", .ints([6, 6]))]),
        transposed(
            "output shape past the sums", [1, 1, 3, 3], [1, 1, 1, 1], .init(strides: [2, 2]), output: [6, 6],
            given: [("strides", .ints([2, 2])), ("output_shape", .ints([6, 6])), ("auto_pad", .string("VALID"))]),
    ]

    private static let products: [OperatorCase] = [
        product("matrices", [3, 4], [4, 5]), product("wide", [7, 33], [33, 300]), product("tall", [300, 33], [33, 7]),
        op(
            "MatMul", "a vector on the left", [floats([2], [1, 2]), counting([2, 2])], gives: [floats([2], [4, 7])]),
        op(
            "MatMul", "a vector on the right", [counting([2, 2]), floats([2], [1, 2])], gives: [floats([2], [2, 8])]),
        op("MatMul", "two vectors", [floats([2], [1, 2]), floats([2], [3, 4])], gives: [floats([], [11])]),
        op(
            "MatMul", "broadcast batches", [counting([2, 1, 2]), counting([2, 1])], gives: [floats([2, 1, 1], [1, 3])]),
        op(
            "MatMul", "batches on both sides", [counting([2, 1, 1, 2]), counting([1, 2, 2, 1])],
            gives: [floats([2, 2, 1, 1], [1, 3, 3, 13])]),
        op(
            "MatMul", "nothing to add up", [counting([2, 0]), counting([0, 2])], gives: [floats([2, 2], [0, 0, 0, 0])]),
        gemm("plain", false, false), gemm("left transposed", true, false), gemm("right transposed", false, true),
        gemm("both transposed", true, true), row(7, 6, false), row(7, 6, true), row(301, 703, false),
        op(
            "Gemm", "factors", [floats([1, 2], [1, 2]), floats([2, 1], [3, 4]), floats([1], [5])],
            [("alpha", .float(2)), ("beta", .float(3))], gives: [floats([1, 1], [37])]),
        op("Gemm", "two inputs", [counting([2, 2]), counting([2, 2])], gives: [floats([2, 2], [2, 3, 6, 11])]),
        op(
            "Gemm", "addend a row", [floats([2, 1], [1, 2]), floats([1, 2], [1, 1]), floats([2, 1], [10, 20])],
            gives: [floats([2, 2], [11, 11, 22, 22])]),
    ]

    private static func product(_ what: String, _ a: [Int], _ b: [Int]) -> OperatorCase {
        let (x, y) = (random(a, seed: 14), random(b, seed: 15))
        return op("MatMul", what, [x, y], gives: [Naive.product(x, y)], within: singlePrecision)
    }

    /// One row of A: 2 a B^T + 0.5 c.
    private static func row(_ depth: Int, _ columns: Int, _ transposesA: Bool) -> OperatorCase {
        let (a, b, c) = (
            random([1, depth], seed: 16), random([depth, columns], seed: 17), random([columns], seed: 18)
        )
        let rows = Naive.pick(b, [columns, depth]) { [$0[1], $0[0]] }
        return op(
            "Gemm", "a row of \(depth), \(columns) columns",
            [transposesA ? floats([depth, 1], a.floats.array) : a, rows, c],
            [
                ("transA", .int(transposesA ? 1 : 0)), ("transB", .int(1)), ("alpha", .float(2)), ("beta", .float(0.5)),
            ], gives: [Naive.pairs(Naive.product(a, b), c, [1, columns]) { 2 * $0 + 0.5 * $1 }], within: singlePrecision
        )
    }

    private static func gemm(_ what: String, _ transposesA: Bool, _ transposesB: Bool) -> OperatorCase {
        let (a, b, c) = (random([5, 7], seed: 16), random([7, 6], seed: 17), random([6], seed: 18))
        func flipped(_ x: Tensor) -> Tensor { Naive.pick(x, [x.shape[1], x.shape[0]]) { [$0[1], $0[0]] } }
        let product = Naive.product(a, b)
        return op(
            "Gemm", what, [transposesA ? flipped(a) : a, transposesB ? flipped(b) : b, c],
            [("transA", .int(transposesA ? 1 : 0)), ("transB", .int(transposesB ? 1 : 0))],
            gives: [Naive.pairs(product, c, [5, 6], +)], within: singlePrecision)
    }
}
