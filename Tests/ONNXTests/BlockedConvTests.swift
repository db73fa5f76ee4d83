import ONNX
import Tensors
import TestSupport
import Testing

/// Convolutions must come out of the blocked layout as they come out of planes.
@Suite struct BlockedConvTests {
    // MARK: Convolutions

    /// A convolution of the image's channels to so many filters.
    struct Shape: Sendable, CustomTestStringConvertible {
        var input: [Int]
        var weights: [Int]
        var strides = [1, 1]
        var pads = [0, 0, 0, 0]
        var dilations = [1, 1]
        var group = 1

        var testDescription: String {
            "\(input) by \(weights), strides \(strides), pads \(pads), dilations \(dilations), group \(group)"
        }

        var attributes: [(String, Attribute)] {
            [
                ("strides", .ints(strides)), ("pads", .ints(pads)), ("dilations", .ints(dilations)),
                ("group", .int(group)),
            ]
        }
    }

    static let shapes = [
        // Planes: few channels, as photos have.
        Shape(input: [1, 3, 17, 23], weights: [16, 3, 3, 3], strides: [2, 2], pads: [1, 1, 1, 1]),
        Shape(input: [2, 1, 9, 9], weights: [5, 1, 5, 5], pads: [2, 0, 1, 3]),
        Shape(input: [1, 4, 40, 30], weights: [24, 4, 7, 7], strides: [3, 1], pads: [3, 3, 3, 3]),
        Shape(input: [1, 3, 8, 8], weights: [9, 3, 1, 1]),
        Shape(input: [1, 2, 40, 40], weights: [8, 2, 17, 17], pads: [8, 8, 8, 8]),
        // 1x1, of few and of many channels and pixels.
        Shape(input: [1, 16, 14, 14], weights: [64, 16, 1, 1]),
        Shape(input: [2, 203, 7, 9], weights: [37, 203, 1, 1]),
        Shape(input: [1, 24, 64, 64], weights: [96, 24, 1, 1]),
        Shape(input: [1, 12, 10, 10], weights: [20, 12, 1, 1], strides: [2, 2]),
        Shape(input: [1, 40, 1, 1], weights: [10, 40, 1, 1]),
        Shape(input: [1, 16, 5, 5], weights: [8, 16, 1, 1], pads: [1, 2, 0, 1]),
        // Direct.
        Shape(input: [1, 12, 11, 13], weights: [20, 12, 3, 3], pads: [1, 1, 1, 1]),
        Shape(input: [2, 32, 9, 9], weights: [48, 32, 3, 3], strides: [2, 2], pads: [1, 1, 1, 1]),
        Shape(input: [1, 72, 6, 7], weights: [33, 72, 3, 3], pads: [2, 2, 2, 2], dilations: [2, 2]),
        Shape(input: [1, 9, 30, 5], weights: [7, 9, 1, 7], strides: [1, 2], pads: [0, 3, 0, 3]),
        Shape(input: [1, 512, 7, 7], weights: [64, 512, 3, 3], pads: [1, 1, 1, 1]),
        Shape(input: [1, 16, 20, 20], weights: [32, 16, 2, 2], strides: [2, 2]),
        // Groups of whole blocks.
        Shape(input: [2, 32, 9, 9], weights: [48, 16, 3, 3], pads: [1, 1, 1, 1], group: 2),
        Shape(input: [1, 64, 5, 5], weights: [64, 16, 1, 1], group: 4),
        // A kernel a channel.
        Shape(input: [2, 20, 13, 11], weights: [20, 1, 3, 3], pads: [1, 1, 1, 1], group: 20),
        Shape(input: [1, 16, 14, 14], weights: [16, 1, 5, 5], strides: [2, 2], pads: [2, 2, 2, 2], group: 16),
        Shape(input: [1, 8, 9, 9], weights: [8, 1, 3, 3], pads: [2, 2, 2, 2], dilations: [2, 2], group: 8),
        Shape(input: [1, 24, 7, 7], weights: [24, 1, 7, 7], group: 24),
    ]

    @Test(arguments: shapes) func convolution(_ shape: Shape) throws {
        var network = BlockedNetwork(input: shape.input)
        network.conv("x", "y", shape.weights, shape.attributes)
        try network.check()
    }

    /// Tiles in part outside the image, of 2x2 and of 4x4; one run of them, rows of them, rows of several runs, so many that weights
    /// are transformed in the run.
    @Test(arguments: [
        [1, 16, 12, 12], [2, 64, 7, 7], [1, 40, 14, 13], [1, 24, 13, 19], [2, 32, 30, 31], [1, 48, 41, 66],
        [1, 16, 9, 230], [2, 16, 65, 63],
    ])
    func winograd(_ input: [Int]) throws {
        for filters in [16, 40] {
            var network = BlockedNetwork(input: input)
            network.conv("x", "y", [filters, input[1], 3, 3], [("pads", .ints([1, 1, 1, 1]))])
            try network.check()
        }
    }

    /// More weights than 4x4 tiles may have, of more 2x2 tiles than one run.
    @Test func winogradOfManyWeights() throws {
        var network = BlockedNetwork(input: [1, 360, 19, 22])
        network.conv("x", "y", [360, 360, 3, 3], [("pads", .ints([1, 1, 1, 1]))])
        try network.check()
    }

    /// Weights are copied from the file only when they are packed, in the forms that each size of image wants.
    @Test func sizesShareAFile() throws {
        var network = BlockedNetwork(input: [1, 3, 8, 8])
        network.conv("x", "a", [32, 3, 3, 3], [("pads", .ints([1, 1, 1, 1]))])
        network.conv("a", "b", [32, 32, 3, 3], [("pads", .ints([1, 1, 1, 1]))])
        network.conv("b", "c", [32, 1, 3, 3], [("pads", .ints([1, 1, 1, 1])), ("group", .int(32))])
        network.conv("c", "y", [32, 16, 2, 2], [("strides", .ints([2, 2]))], transposed: true)
        var open = network.model
        open.inputs[0].2 = [1, 3, nil, nil]
        open.initializers += network.weights
        let scratch = try Scratch()
        let path = try scratch.write(open.bytes, to: "sizes.onnx")
        let session = try Session(path: path, pool: WorkerPool(threads: 1))
        for size in [4, 70, 14, 70, 4] {
            network.model.inputs[0].2 = [1, 3, size, size]
            let planes = try network.run(blocked: false).y
            let y = try #require(session.run(["x": random([1, 3, size, size], seed: 3)])["y"])
            #expect(Tolerance.relative(3e-5).mismatch(y.floats.array, planes.floats.array) == nil)
        }
    }

    /// A convolution of each kind, for what is joined with it.
    static let kinds = [
        Shape(input: [1, 3, 21, 21], weights: [20, 3, 3, 3], pads: [1, 1, 1, 1]),
        Shape(input: [1, 20, 9, 9], weights: [20, 20, 3, 3], pads: [1, 1, 1, 1]),
        Shape(input: [1, 20, 9, 9], weights: [20, 20, 1, 1]),
        // Winograd's: one run of tiles, of which threads take some each, and rows of them.
        Shape(input: [1, 20, 24, 24], weights: [20, 20, 3, 3], pads: [1, 1, 1, 1]),
        Shape(input: [1, 20, 27, 25], weights: [20, 20, 3, 3], pads: [1, 1, 1, 1]),
        Shape(input: [1, 20, 60, 40], weights: [20, 20, 3, 3], pads: [1, 1, 1, 1]),
        Shape(input: [1, 20, 13, 9], weights: [20, 1, 3, 3], pads: [1, 1, 1, 1], group: 20),
    ]

    @Test(arguments: kinds, ["Relu", "Sigmoid", "LeakyRelu", "HardSwish", "Clip", "PRelu", "SiLU"])
    func activation(_ shape: Shape, _ name: String) throws {
        var network = BlockedNetwork(input: shape.input, opset: 14)
        network.conv("x", "c", shape.weights, shape.attributes)
        switch name {
        case "Clip":
            network.constant("low", floats([], [-0.2]))
            network.constant("high", floats([], [0.4]))
            network.node("Clip", ["c", "low", "high"], "y")
        case "PRelu":
            network.constant("slope", random([20, 1, 1], seed: 5))
            network.node("PRelu", ["c", "slope"], "y")
        case "SiLU":
            network.node("Sigmoid", ["c"], "s")
            network.node("Mul", ["c", "s"], "y")
        default: network.node(name, ["c"], "y")
        }
        let reads = shape.input[1] > 4 ? ["Reorder", "Reorder"] : ["Reorder"]
        try network.check(operators: ["Conv"] + reads)
    }

    @Test(arguments: kinds, [nil, "Relu", "Tanh"]) func residual(_ shape: Shape, _ activation: String?) throws {
        var network = BlockedNetwork(input: [1, 3, shape.input[2], shape.input[3]])
        network.conv("x", "a", [20, 3, 3, 3], [("pads", .ints([1, 1, 1, 1]))])
        guard shape.input[1] == 20 else { return }
        network.conv("a", "b", shape.weights, shape.attributes)
        network.node("Add", ["a", "b"], activation == nil ? "y" : "s")
        if let activation { network.node(activation, ["s"], "y") }
        try network.check(operators: ["Conv", "Conv", "Reorder"])
    }

    /// Poolings that are taken into a convolution: kernel, strides, padding, dilations, and whether sizes are rounded up.
    @Test(arguments: [
        ([2, 2], [2, 2], [0, 0, 0, 0], [1, 1], 0), ([3, 3], [2, 2], [1, 1, 1, 1], [1, 1], 0),
        ([3, 3], [2, 2], [0, 0, 0, 0], [1, 1], 1), ([2, 3], [3, 1], [0, 2, 1, 0], [1, 1], 0),
        ([2, 2], [2, 2], [1, 0, 1, 0], [3, 2], 0), ([1, 1], [1, 1], [0, 0, 0, 0], [1, 1], 0),
        ([5, 5], [7, 3], [4, 4, 4, 4], [1, 1], 1),
    ])
    func pooled(_ kernel: [Int], _ strides: [Int], _ pads: [Int], _ dilations: [Int], _ ceiling: Int) throws {
        let pool: [(String, Attribute)] = [
            ("kernel_shape", .ints(kernel)), ("strides", .ints(strides)), ("pads", .ints(pads)),
            ("dilations", .ints(dilations)), ("ceil_mode", .int(ceiling)),
        ]
        let convolutions = [
            Shape(input: [1, 3, 61, 47], weights: [20, 3, 7, 7], strides: [2, 2], pads: [3, 3, 3, 3]),
            Shape(input: [2, 20, 23, 40], weights: [33, 20, 3, 3], strides: [2, 2], pads: [1, 1, 1, 1]),
            Shape(input: [1, 12, 14, 14], weights: [4, 12, 5, 5]),
            Shape(input: [2, 20, 90, 130], weights: [20, 1, 3, 3], pads: [1, 1, 1, 1], group: 20),
            // Rows too long for more than one of the pooling's at a time.
            Shape(input: [1, 16, 24, 1200], weights: [64, 16, 3, 3], strides: [2, 1], pads: [1, 1, 1, 1]),
        ]
        for shape in convolutions {
            for activation in ["Relu", "Sigmoid", "PRelu"] {
                var network = BlockedNetwork(input: shape.input, opset: 12)
                network.conv("x", "c", shape.weights, shape.attributes)
                network.constant("slope", random([shape.weights[0], 1, 1], seed: 5))
                network.node(activation, activation == "PRelu" ? ["c", "slope"] : ["c"], "a")
                network.node("MaxPool", ["a"], "y", pool)
                let reads = shape.input[1] > 4 ? ["Reorder", "Reorder"] : ["Reorder"]
                try network.check(operators: ["Conv"] + reads)
            }
        }
    }

    /// Poolings that stay by themselves: of what others read, of many rows, of Winograd's tiles, of pixels by themselves.
    @Test(arguments: ["readTwice", "wide", "tiles", "pixels", "mean"]) func poolingsThatStay(_ why: String) throws {
        var network = BlockedNetwork(input: [1, 16, 30, 26])
        let kernel = why == "pixels" ? [1, 1] : [3, 3]
        let stride = why == "tiles" || why == "pixels" ? 1 : 2
        network.conv("x", "c", [16, 16] + kernel, [("strides", .ints([stride, stride]))])
        let size = why == "wide" ? 5 : 2
        let pool = why == "mean" ? "AveragePool" : "MaxPool"
        network.node(
            pool, ["c"], why == "readTwice" ? "p" : "y",
            [("kernel_shape", .ints([size, size])), ("strides", .ints([2, 2]))])
        guard why != "readTwice" else {
            network.node("GlobalAveragePool", ["c"], "m")
            network.node("Mul", ["p", "m"], "y")
            let operators = try network.run(blocked: true).operators
            #expect(operators.contains("MaxPool"))
            return try network.check()
        }
        try network.check(operators: ["Conv", pool, "Reorder", "Reorder"].sorted())
    }

    /// A window that does not fit is told of the node that it is of.
    @Test func poolingThatDoesNotFit() {
        var network = BlockedNetwork(input: [1, 16, 8, 8])
        network.conv("x", "c", [16, 16, 3, 3], [("strides", .ints([2, 2]))])
        network.node("MaxPool", ["c"], "y", [("kernel_shape", .ints([5, 5])), ("strides", .ints([3, 3]))])
        let error = #expect(throws: ModelError.self) { try network.run(blocked: true) }
        #expect(error?.description.contains("MaxPool") ?? false)
    }

    /// A pixel is broadcast; such a sum is no residual.
    @Test func pixelIsAdded() throws {
        var network = BlockedNetwork(input: [1, 16, 6, 6])
        network.conv("x", "a", [16, 16, 3, 3], [("pads", .ints([1, 1, 1, 1]))])
        network.node("GlobalAveragePool", ["a"], "p")
        network.conv("p", "q", [16, 16, 1, 1])
        network.node("Add", ["a", "q"], "y")
        try network.check(operators: ["Add", "Conv", "Conv", "GlobalAveragePool", "Reorder", "Reorder"])
    }

    @Test(arguments: [
        ([2, 2], [2, 2], [0, 0, 0, 0], [0, 0]), ([4, 4], [2, 2], [1, 1, 1, 1], [0, 0]),
        ([3, 3], [2, 2], [1, 1, 1, 1], [1, 1]), ([3, 2], [3, 1], [0, 0, 0, 1], [0, 0]),
        ([5, 4], [2, 3], [2, 1, 1, 0], [1, 0]), ([1, 1], [2, 2], [0, 0, 0, 0], [0, 0]),
        ([3, 3], [1, 1], [1, 1, 1, 1], [0, 0]),
    ])
    func transposedConvolution(_ kernel: [Int], _ strides: [Int], _ pads: [Int], _ extra: [Int]) throws {
        for (channels, filters) in [(16, 8), (9, 21)] {
            var network = BlockedNetwork(input: [2, channels, 7, 5])
            network.conv(
                "x", "c", [channels, filters] + kernel,
                [("strides", .ints(strides)), ("pads", .ints(pads)), ("output_padding", .ints(extra))], transposed: true
            )
            network.node("LeakyRelu", ["c"], "y")
            try network.check()
        }
        // A kernel a channel.
        var network = BlockedNetwork(input: [1, 20, 6, 7])
        network.conv(
            "x", "c", [20, 1] + kernel,
            [
                ("strides", .ints(strides)), ("pads", .ints(pads)), ("output_padding", .ints(extra)),
                ("group", .int(20)),
            ], transposed: true, filters: 20)
        network.node("Relu", ["c"], "y")
        try network.check()
    }

    /// An image smaller than the stride leaves phases without outputs.
    @Test func transposedConvolutionOfAPixel() throws {
        for (kernel, pads) in [([3, 3], [1, 1, 1, 1]), ([4, 2], [1, 0, 1, 0])] {
            var network = BlockedNetwork(input: [1, 16, 1, 1])
            network.conv(
                "x", "y", [16, 8] + kernel, [("strides", .ints([2, 2])), ("pads", .ints(pads))], transposed: true)
            try network.check()
        }
    }

    /// Sizes whose product is no integer are refused before anything is computed from them.
    @Test func absurdWindows() throws {
        for (strides, pads) in [([1 << 24, 1 << 24], 1 << 24), ([1, 1 << 24], 1 << 24), ([1 << 24, 1], 1 << 20)] {
            var network = BlockedNetwork(input: [1, 16, 8, 8])
            network.conv(
                "x", "y", [8, 16, 3, 3],
                [("strides", .ints(strides)), ("pads", .ints([Int](repeating: pads, count: 4)))])
            let error = #expect(throws: ModelError.self) { try network.run(blocked: true) }
            #expect(error?.description.contains("y") ?? false)
        }
    }
}
