import ONNX
import Tensors
import TestSupport
import Testing

/// Nodes taken together must compute what they compute apart.
@Suite struct RewriteTests {
    /// A convolution, then the nodes that `body` adds between `c` and `y`.
    private func model(keepsConv: Bool, _ body: (inout ModelBuilder) -> Void) -> ModelBuilder {
        var model = ModelBuilder()
        model.inputs = [("x", .float32, [1, 3, 9, 9])]
        model.outputs = [("y", .float32, nil)]
        // Another reader of the convolution's own result forbids to join it with what follows.
        if keepsConv { model.outputs.append(("c", .float32, nil)) }
        model.initializers = [("w", random([4, 3, 3, 3], seed: 1)), ("b", random([4], seed: 2))]
        model.node("Conv", ["x", "w", "b"], ["c"], name: "conv")
        body(&model)
        return model
    }

    private func nodesRun(_ model: ModelBuilder) throws -> (result: [Float], operators: [String]) {
        let session = try Session(
            bytes: model.bytes, name: "test", pool: WorkerPool(threads: 1), options: .init(measuresTime: true))
        let result = try #require(session.run(["x": random([1, 3, 9, 9], seed: 3)])["y"])
        // Where values are brought to another layout is no matter here.
        let operators = session.profile.entries.map(\.operatorName).filter { $0 != "Reorder" }
        return (result.floats.array, operators.sorted())
    }

    /// Checks that the nodes are joined where they may be, and that it makes no difference but in rounding.
    private func check(_ joined: [String], _ apart: [String], _ body: (inout ModelBuilder) -> Void) throws {
        let together = try nodesRun(model(keepsConv: false, body))
        let separate = try nodesRun(model(keepsConv: true, body))
        #expect(together.operators == joined)
        #expect(separate.operators == apart)
        #expect(Tolerance.relative(2e-6).mismatch(together.result, separate.result) == nil)
    }

    private func addNorm(_ model: inout ModelBuilder, output: String) {
        model.initializers += [
            ("s", random([4], seed: 4)), ("o", random([4], seed: 5)), ("m", random([4], seed: 6)),
            ("v", floats([4], [0.5, 1, 2, 0.25])),
        ]
        model.node("BatchNormalization", ["c", "s", "o", "m", "v"], [output], name: "norm")
    }

    @Test func batchNormalization() throws {
        try check(["Conv"], ["BatchNormalization", "Conv"]) { addNorm(&$0, output: "y") }
    }

    @Test func batchNormalizationAndActivation() throws {
        try check(["Conv"], ["BatchNormalization", "Conv", "Relu"]) {
            addNorm(&$0, output: "n")
            $0.node("Relu", ["n"], ["y"])
        }
    }

    @Test(arguments: ["Relu", "LeakyRelu", "Sigmoid", "Tanh", "HardSigmoid", "Elu", "Softplus"])
    func activations(_ name: String) throws {
        try check(["Conv"], ["Conv", name]) { $0.node(name, ["c"], ["y"]) }
    }

    @Test func clip() throws {
        try check(["Conv"], ["Clip", "Conv"]) {
            $0.initializers += [("low", floats([], [-0.5])), ("high", floats([], [0.75]))]
            $0.node("Clip", ["c", "low", "high"], ["y"])
        }
    }

    @Test(arguments: [[4, 1, 1], [1, 4, 1, 1], [1], []])
    func slopes(_ shape: [Int]) throws {
        try check(["Conv"], ["Conv", "PRelu"]) {
            $0.initializers.append(("slope", random(shape, seed: 7)))
            $0.node("PRelu", ["c", "slope"], ["y"])
        }
    }

    @Test func slopesOfEveryElementStayApart() throws {
        try check(["Conv", "PRelu"], ["Conv", "PRelu"]) {
            $0.initializers.append(("slope", random([4, 7, 7], seed: 8)))
            $0.node("PRelu", ["c", "slope"], ["y"])
        }
    }

    @Test(arguments: [true, false])
    func silu(_ gateFirst: Bool) throws {
        try check(["Conv"], ["Conv", "Mul"]) {
            $0.node("Sigmoid", ["c"], ["g"])
            $0.node("Mul", gateFirst ? ["g", "c"] : ["c", "g"], ["y"])
        }
    }

    @Test func aSigmoidThatOthersReadStays() throws {
        let body = { (model: inout ModelBuilder) in
            model.node("Sigmoid", ["c"], ["g"], name: "gate")
            model.node("Mul", ["c", "g"], ["p"])
            model.node("Add", ["p", "g"], ["y"])
        }
        try check(["Add", "Conv", "Mul", "Sigmoid"], ["Add", "Conv", "Mul", "Sigmoid"], body)
    }

    @Test func constantsAreComputedOnce() throws {
        try check(["Add", "Conv"], ["Add", "Conv"]) {
            $0.initializers += [("one", floats([], [1])), ("shape", ints([4, 1, 1]))]
            $0.node("Expand", ["one", "shape"], ["ones"])
            $0.node("Exp", ["ones"], ["e"])
            $0.node("Add", ["c", "e"], ["y"])
        }
    }

    @Test func whatNobodyNeedsIsNotRun() throws {
        try check(["Conv", "Neg"], ["Conv", "Neg"]) {
            $0.node("Neg", ["c"], ["y"])
            $0.node("Softmax", ["c"], ["unused"])
        }
    }

    @Test func shapesOfInputsAreKnownBeforehand() throws {
        try check(["Conv"], ["Conv"]) {
            $0.initializers += [("zero", ints([0])), ("rest", ints([-1]))]
            $0.node("Shape", ["x"], ["shape"])
            $0.node("Gather", ["shape", "zero"], ["n"])
            $0.node("Concat", ["n", "rest"], ["flat"], [("axis", .int(0))])
            $0.node("Reshape", ["c", "flat"], ["y"])
        }
    }

    // MARK: Two convolutions

    /// Adds a 1x1 convolution.
    private func addPointwise(
        _ model: inout ModelBuilder, _ input: String, _ output: String, shape: [Int], bias: Bool = true,
        _ attributes: [(String, Attribute)] = []
    ) {
        let (weights, offsets) = ("\(output) weights", "\(output) bias")
        model.initializers += [(weights, random(shape, seed: 10)), (offsets, random([shape[0]], seed: 11))]
        let inputs = bias ? [input, weights, offsets] : [input, weights]
        model.node("Conv", inputs, [output], name: output, attributes)
    }

    @Test(arguments: [true, false])
    func pointwiseAfterAConvolution(_ bias: Bool) throws {
        try check(["Conv"], ["Conv", "Conv"]) {
            addPointwise(&$0, "c", "p", shape: [2, 4, 1, 1], bias: bias, [("kernel_shape", .ints([1, 1]))])
            $0.node("Relu", ["p"], ["y"])
        }
    }

    @Test func severalPointwiseConvolutions() throws {
        // Where others read the first, the two after it are one, with no bias in the first of them.
        try check(["Conv"], ["Conv", "Conv"]) {
            addPointwise(&$0, "c", "p", shape: [3, 4, 1, 1], bias: false)
            addPointwise(&$0, "p", "y", shape: [2, 3, 1, 1])
        }
        try check(["Conv"], ["Conv", "Conv"]) {
            addPointwise(&$0, "c", "p", shape: [3, 4, 1, 1], bias: false)
            addPointwise(&$0, "p", "y", shape: [2, 3, 1, 1], bias: false)
        }
    }

    @Test func convolutionsThatWouldMultiplyMoreStayApart() throws {
        try check(["Conv", "Conv"], ["Conv", "Conv"]) { addPointwise(&$0, "c", "y", shape: [16, 4, 1, 1]) }
    }

    @Test(arguments: ["strides", "pads", "group", "kernel"])
    func otherConvolutionsStayApart(_ difference: String) throws {
        let other: (shape: [Int], attributes: [(String, Attribute)]) =
            switch difference {
            case "strides": ([2, 4, 1, 1], [("strides", .ints([1, 2]))])
            case "pads": ([2, 4, 1, 1], [("pads", .ints([0, 0, 1, 0]))])
            case "group": ([2, 2, 1, 1], [("group", .int(2))])
            default: ([2, 4, 1, 2], [])
            }
        try check(["Conv", "Conv"], ["Conv", "Conv"]) {
            addPointwise(&$0, "c", "y", shape: other.shape, other.attributes)
        }
    }

    @Test func aPointwiseConvolutionThatDoesNotFitIsRefused() {
        for shape in [[2, 5, 1, 1], [2, 4, 1], [2, 0, 1, 1]] {
            #expect(throws: ModelError.self) {
                try nodesRun(model(keepsConv: false) { addPointwise(&$0, "c", "y", shape: shape) })
            }
        }
        for attribute in ["kernel_shape", "strides", "pads", "dilations"] {
            let values = attribute == "pads" ? [0, 0, 0] : [1, 1, 1]
            #expect(throws: ModelError.self) {
                try nodesRun(
                    model(keepsConv: false) {
                        addPointwise(&$0, "c", "y", shape: [2, 4, 1, 1], [(attribute, .ints(values))])
                    })
            }
        }
    }

    // MARK: Focus

    /// Four quarters of an image, then a convolution over them. Slices that end at `end` are known to reach the edge only if that
    /// is far.
    private func focus(
        _ places: [(Int, Int)], step: Int = 2, end: Int = .max, size: [Int] = [1, 3, 12, 10],
        convolution: [(String, Attribute)]
    ) -> ModelBuilder {
        var model = ModelBuilder()
        model.inputs = [("x", .float32, size)]
        model.outputs = [("y", .float32, nil)]
        model.initializers = [
            ("w", random([5, 12, 3, 2], seed: 1)), ("b", random([5], seed: 2)), ("end", ints([end])),
            ("step", ints([step])), ("rows", ints([2])), ("columns", ints([-1])), ("0", ints([0])), ("1", ints([1])),
        ]
        for (index, place) in places.enumerated() {
            model.node("Slice", ["x", "\(place.0)", "end", "rows", "step"], ["rows\(index)"])
            model.node("Slice", ["rows\(index)", "\(place.1)", "end", "columns", "step"], ["quarter\(index)"])
        }
        model.node("Concat", places.indices.map { "quarter\($0)" }, ["quarters"], [("axis", .int(1))])
        model.node("Conv", ["quarters", "w", "b"], ["y"], convolution)
        return model
    }

    private func run(_ model: ModelBuilder, _ size: [Int]) throws -> (result: Tensor, operators: Set<String>) {
        let session = try Session(
            bytes: model.bytes, name: "test", pool: WorkerPool(threads: 1), options: .init(measuresTime: true))
        let result = try #require(session.run(["x": random(size, seed: 3)])["y"])
        return (result, Set(session.profile.entries.map(\.operatorName)).subtracting(["Reorder"]))
    }

    @Test(arguments: [[(0, 0), (1, 0), (0, 1), (1, 1)], [(1, 1), (0, 1), (0, 1), (0, 0)]])
    func focusIsAConvolution(_ places: [(Int, Int)]) throws {
        let convolutions: [[(String, Attribute)]] = [
            [], [("pads", .ints([1, 1, 1, 1])), ("kernel_shape", .ints([3, 2]))],
            [("strides", .ints([2, 3])), ("pads", .ints([0, 2, 1, 1]))],
        ]
        for convolution in convolutions {
            let size = [1, 3, 12, 10]
            let together = try run(focus(places, convolution: convolution), size)
            let apart = try run(focus(places, end: 12, convolution: convolution), size)
            #expect(together.operators == ["Conv"])
            #expect(apart.operators == ["Concat", "Conv", "Slice"])
            #expect(together.result.shape == apart.result.shape)
            #expect(Tolerance.relative(2e-6).mismatch(together.result.floats.array, apart.result.floats.array) == nil)
        }
    }

    @Test func whatIsNoFocusStays() throws {
        let places = [(0, 0), (1, 0), (0, 1), (1, 1)]
        let far = focus(places, convolution: [("dilations", .ints([2, 1]))])
        #expect(try run(far, [1, 3, 12, 10]).operators == ["Concat", "Conv", "Slice"])
        let sparse = focus(places, step: 3, size: [1, 3, 12, 9], convolution: [])
        #expect(try run(sparse, [1, 3, 12, 9]).operators == ["Concat", "Conv", "Slice"])
        let padded = focus(places, convolution: [("auto_pad", .string("SAME_UPPER"))])
        #expect(try run(padded, [1, 3, 12, 10]).operators == ["Concat", "Conv", "Slice"])
    }

    @Test func quartersOfAnOddImageDoNotFit() {
        let model = focus([(0, 0), (1, 0), (0, 1), (1, 1)], size: [1, 3, 12, 9], convolution: [])
        #expect(throws: ModelError.self) { try run(model, [1, 3, 12, 9]) }
    }
}
