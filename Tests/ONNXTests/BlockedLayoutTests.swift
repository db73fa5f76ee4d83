import ONNX
import Tensors
import TestSupport
import Testing

/// Operators between convolutions must keep images in the blocked layout, and come out as they do with planes.
@Suite struct BlockedLayoutTests {
    /// Two convolutions with what `body` adds from value `a` to value `b` between them.
    private func network(
        channels: Int = 20, filters: Int? = nil, size: [Int] = [11, 9], batch: Int = 2, opset: Int = 13,
        _ body: (inout BlockedNetwork) -> Void
    ) -> BlockedNetwork {
        var network = BlockedNetwork(input: [batch, 3] + size, opset: opset)
        network.conv("x", "a", [channels, 3, 3, 3], [("pads", .ints([1, 1, 1, 1]))])
        body(&network)
        network.conv("b", "y", [8, filters ?? channels, 1, 1])
        return network
    }

    /// Only the model's output is brought back.
    private func stays(_ operators: [String], _ network: BlockedNetwork, tolerance: Float = 3e-5) throws {
        try network.check(operators: (["Conv", "Conv", "Reorder"] + operators).sorted(), tolerance: tolerance)
    }

    @Test(arguments: [
        [("kernel_shape", Attribute.ints([2, 2])), ("strides", .ints([2, 2]))],
        [("kernel_shape", .ints([3, 3])), ("strides", .ints([2, 2])), ("pads", .ints([1, 1, 1, 1]))],
        [("kernel_shape", .ints([3, 2])), ("strides", .ints([2, 3])), ("ceil_mode", .int(1))],
        [("kernel_shape", .ints([5, 5])), ("pads", .ints([2, 2, 2, 2]))],
    ])
    func pools(_ attributes: [(String, Attribute)]) throws {
        try stays(["MaxPool"], network { $0.node("MaxPool", ["a"], "b", attributes) })
        for counts in 0...1 {
            try stays(
                ["AveragePool"],
                network { $0.node("AveragePool", ["a"], "b", attributes + [("count_include_pad", .int(counts))]) })
        }
    }

    @Test func means() throws {
        // The output's eight channels of a pixel lie alike in both layouts.
        try network { $0.node("GlobalAveragePool", ["a"], "b") }.check(operators: ["Conv", "Conv", "GlobalAveragePool"])
        try network { $0.node("ReduceMean", ["a"], "b", [("axes", .ints([-1, 2]))]) }
            .check(operators: ["Conv", "Conv", "ReduceMean"])
        // Without its dimensions it is no image.
        try network {
            $0.node("ReduceMean", ["a"], "m", [("axes", .ints([2, 3])), ("keepdims", .int(0))])
            $0.constant("shape", ints([2, 20, 1, 1]))
            $0.node("Reshape", ["m", "shape"], "b")
        }.check()
    }

    @Test(arguments: ["nearest", "linear"]) func resizing(_ mode: String) throws {
        try stays(
            ["Resize"],
            network {
                $0.constant("scales", floats([4], [1, 1, 2, 1.5]))
                $0.node("Resize", ["a", "", "scales"], "b", [("mode", .string(mode))])
            })
        try stays(
            ["Resize"],
            network {
                $0.constant("sizes", ints([2, 20, 5, 20]))
                $0.node(
                    "Resize", ["a", "", "", "sizes"], "b",
                    [("mode", .string(mode)), ("coordinate_transformation_mode", .string("align_corners"))])
            })
        try stays(
            ["Upsample"],
            network(opset: 9) {
                $0.constant("scales", floats([4], [1, 1, 3, 2]))
                $0.node("Upsample", ["a", "scales"], "b", [("mode", .string(mode))])
            })
        // What it cannot do in blocks goes over planes.
        try network {
            $0.constant("scales", floats([4], [1, 1, 2, 2]))
            $0.node("Resize", ["a", "", "scales"], "b", [("mode", .string("cubic"))])
        }.check()
    }

    @Test func cropping() throws {
        try stays(["Crop"], network(opset: 9) { $0.node("Crop", ["a"], "b", [("border", .ints([1, 2, 0, 3]))]) })
    }

    /// Sizes taken from another image, as exporters write them.
    @Test func sizesOfAnotherImage() throws {
        try network(opset: 15) {
            $0.node("MaxPool", ["a"], "p", [("kernel_shape", .ints([2, 2])), ("strides", .ints([2, 2]))])
            $0.node("Shape", ["a"], "size", [("start", .int(2))])
            $0.node("Shape", ["p"], "count", [("end", .int(2))])
            $0.node("Concat", ["count", "size"], "sizes", [("axis", .int(0))])
            $0.node("Resize", ["p", "", "", "sizes"], "b", [("mode", .string("linear"))])
        }.check()
    }

    @Test(arguments: [(16, 20, 1), (16, 20, -3), (20, 20, 2), (20, 20, 3), (20, 16, 1)])
    func concatenation(_ first: Int, _ second: Int, _ axis: Int) throws {
        let isByChannels = axis == 1 || axis == -3
        let network = network(channels: first, filters: isByChannels ? first + second : first) {
            $0.conv("x", "c", [second, 3, 3, 3], [("pads", .ints([1, 1, 1, 1]))])
            $0.node("Concat", ["a", "c"], "b", [("axis", .int(axis))])
        }
        // Where the first part leaves lanes free, blocks do not follow one another.
        guard isByChannels, first % 8 != 0 else { return try stays(["Concat", "Conv"], network) }
        try network.check()
    }

    @Test(arguments: [(0, 8, true), (8, 99, true), (-12, -4, true), (16, 20, true), (3, 11, false), (0, 10, false)])
    func slicesOfChannels(_ start: Int, _ end: Int, _ isWhole: Bool) throws {
        let count = Array(0..<20)[(start < 0 ? start + 20 : start)..<min(end < 0 ? end + 20 : end, 20)].count
        let network = network(filters: count) {
            $0.constant("start", ints([start]))
            $0.constant("end", ints([end]))
            $0.constant("axis", ints([1]))
            $0.node("Slice", ["a", "start", "end", "axis"], "b")
        }
        if isWhole { try stays(["Slice"], network) } else { try network.check() }
    }

    @Test func otherSlices() throws {
        try stays(
            ["Slice"],
            network(filters: 8) {
                $0.constant("start", ints([1, 8, -7]))
                $0.constant("end", ints([9, 16, 1 << 40]))
                $0.constant("axes", ints([2, 1, 3]))
                $0.constant("steps", ints([2, 1, 1]))
                $0.node("Slice", ["a", "start", "end", "axes", "steps"], "b")
            })
        try network {
            $0.constant("start", ints([0, 2]))
            $0.constant("end", ints([20, 8]))
            $0.constant("axes", ints([1, 3]))
            $0.constant("steps", ints([1, 2]))
            $0.node("Slice", ["a", "start", "end", "axes", "steps"], "b")
        }.check()
    }

    @Test(arguments: ["constant", "reflect", "edge"]) func padding(_ mode: String) throws {
        try stays(
            ["Pad"],
            network {
                $0.constant("pads", ints([0, 0, 1, 2, 0, 0, 3, 0]))
                $0.constant("value", floats([], [0.5]))
                $0.node(
                    "Pad", mode == "constant" ? ["a", "pads", "value"] : ["a", "pads"], "b", [("mode", .string(mode))])
            })
        try network(filters: 23) {
            $0.constant("pads", ints([0, 1, 0, 0, 0, 2, 0, 1]))
            $0.node("Pad", ["a", "pads"], "b")
        }.check()
    }

    @Test func normalization() throws {
        try stays(
            ["InstanceNormalization"],
            network {
                $0.constant("scale", random([20], seed: 6))
                $0.constant("bias", random([20], seed: 7))
                $0.node("InstanceNormalization", ["a", "scale", "bias"], "b")
            })
        try stays(
            ["InstanceNormalization"],
            network {
                $0.constant("scale", random([20], seed: 6))
                $0.constant("bias", random([20], seed: 7))
                $0.node("InstanceNormalization", ["a", "scale", "bias"], "n")
                $0.node("Relu", ["n"], "b")
            })
        // A normalization that no convolution can take in.
        try stays(
            ["BatchNormalization", "MaxPool"],
            network {
                $0.node("MaxPool", ["a"], "p", [("kernel_shape", .ints([2, 2]))])
                for (index, name) in ["s", "o", "m"].enumerated() {
                    $0.constant(name, random([20], seed: UInt64(6 + index)))
                }
                $0.constant("v", floats([20], (0..<20).map { 0.5 + Float($0) }))
                $0.node("BatchNormalization", ["p", "s", "o", "m", "v"], "b")
            })
    }

    @Test(arguments: ["Add", "Sub", "Mul", "Div", "Max"]) func arithmetic(_ name: String) throws {
        // Two images, an image and a pixel, an image and constants.
        try network {
            $0.conv("x", "c", [20, 3, 5, 5], [("pads", .ints([2, 2, 2, 2]))])
            $0.node("Sigmoid", ["a"], "s")
            $0.node("Sigmoid", ["c"], "t")
            $0.node(name, ["s", "t"], "b")
        }.check()
        for isFirst in [true, false] {
            try stays(
                ["GlobalAveragePool", "MaxPool", name, "Sigmoid", "Sigmoid"],
                network {
                    $0.node("MaxPool", ["a"], "m", [("kernel_shape", .ints([1, 1]))])
                    $0.node("Sigmoid", ["m"], "s")
                    $0.node("GlobalAveragePool", ["s"], "g")
                    $0.node("Sigmoid", ["g"], "t")
                    $0.node(name, isFirst ? ["s", "t"] : ["t", "s"], "b")
                })
            for shape in [[], [1], [20, 1, 1], [1, 20, 1, 1]] {
                try stays(
                    ["MaxPool", "Sigmoid", name],
                    network {
                        $0.node("MaxPool", ["a"], "p", [("kernel_shape", .ints([1, 1]))])
                        $0.node("Sigmoid", ["p"], "m")
                        $0.constant("k", floats(shape, random(shape, seed: 9).floats.array.map { 1 + abs($0) }))
                        $0.node(name, isFirst ? ["m", "k"] : ["k", "m"], "b")
                    })
            }
        }
        // A number a column is no number a channel.
        try network(size: [7, 20]) {
            $0.constant("k", floats([20], random([20], seed: 9).floats.array.map { 1 + abs($0) }))
            $0.node(name, ["a", "k"], "b")
        }.check()
    }

    /// Values that are read as images and as something else, and given as outputs too.
    @Test func bothForms() throws {
        var network = BlockedNetwork(input: [1, 3, 8, 8])
        network.conv("x", "a", [20, 3, 3, 3])
        network.node("Transpose", ["a"], "t", [("perm", .ints([0, 1, 3, 2]))])
        network.conv("a", "c", [20, 20, 1, 1])
        network.conv("t", "d", [20, 20, 1, 1])
        network.node("Add", ["c", "d"], "s")
        network.node("Flatten", ["s"], "y")
        try network.check()
    }

    /// Errors are those of planes, at the node that has them.
    @Test func wrongChannels() throws {
        for (input, weights) in [([1, 5, 8, 8], [8, 3, 3, 3]), ([1, 16, 8, 8], [8, 12, 3, 3])] {
            var network = BlockedNetwork(input: input)
            network.conv("x", "y", weights)
            let error = #expect(throws: ModelError.self) { try network.run(blocked: true) }
            #expect(error?.description.contains("weights do not fit the input's channels") ?? false)
            #expect(error?.description.contains("y") ?? false)
        }
    }
}
