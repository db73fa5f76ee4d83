import ONNX
import Tensors
import TestSupport
import Testing

/// Files that mean harm end in an error, or in a model that runs: never in a crash, a hang, or gigabytes.
@Suite struct HostileTests {
    @Test func everyTruncation() {
        let bytes = smallNetwork().bytes
        let pool = WorkerPool(threads: 1)
        #expect(survives(bytes, pool))
        for end in 0..<bytes.count {
            let part = Array(bytes[..<end])
            // What is cut off may have been the last, optional thing in the file; nearly always it is not.
            _ = survives(part, pool)
        }
        #expect(!survives(Array(bytes[..<(bytes.count / 2)]), pool))
    }

    @Test(arguments: 0..<8)
    func randomBytes(_ round: Int) {
        let bytes = smallNetwork().bytes
        let pool = WorkerPool(threads: 1)
        var random = TestRandom(seed: UInt64(round))
        for _ in 0..<1000 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                damaged[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            _ = survives(damaged, pool)
        }
        #expect(survives(bytes, pool))
    }

    /// Damage to the structure rather than to the weights, which are most of the bytes above.
    @Test(arguments: 0..<8)
    func randomBytesInTheStructure(_ round: Int) {
        let pool = WorkerPool(threads: 1)
        var random = TestRandom(seed: UInt64(1000 + round))
        let models = OperatorCase.all.filter { $0.inputs.allSatisfy { ($0?.count ?? 0) < 64 } }
        for _ in 0..<1000 {
            guard let item = models.randomElement(using: &random) else { return }
            var damaged = item.model(Bool.random(using: &random) ? .given : .constant).bytes
            let place = Int.random(in: 0..<damaged.count, using: &random)
            damaged[place] = [0, 1, 0x7F, 0x80, 0xFF, damaged[place] ^ 1, damaged[place] ^ 0x10].randomElement(
                using: &random)!
            _ = survives(damaged, pool)
        }
        #expect(!models.isEmpty)
    }

    /// Numbers in place of sizes that no memory holds and no product survives.
    @Test(arguments: [Int.max, Int.min, 1 << 62, 1 << 32, 1 << 31, -1, 1 << 24, 65537])
    func absurdNumbers(_ number: Int) {
        var models: [ModelBuilder] = []
        func model(_ name: String, _ constants: [Tensor], opset: Int = 13, _ attributes: [(String, Attribute)] = []) {
            var model = ModelBuilder(opset: opset)
            model.inputs = [("x", .float32, [1, 4, 4, 4])]
            model.outputs = [("y", .float32, nil)]
            model.initializers = constants.enumerated().map { ("c\($0)", $1) }
            model.node(name, ["x"] + constants.indices.map { "c\($0)" }, ["y"], attributes)
            models.append(model)
        }
        let weights = random([4, 4, 3, 3])
        for attribute in ["strides", "dilations", "kernel_shape"] {
            model("Conv", [weights], [(attribute, .ints([number, number]))])
            model("ConvTranspose", [weights], [(attribute, .ints([number, number]))])
            model(
                "MaxPool", [], [("kernel_shape", .ints([2, 2])), (attribute, .ints([number, number]))].suffix(1) + [])
            model("AveragePool", [], [("kernel_shape", .ints([number, number]))])
        }
        for name in ["Conv", "ConvTranspose"] {
            model(name, [weights], [("pads", .ints([number, number, number, number]))])
            model(name, [weights], [("group", .int(number))])
        }
        model("ConvTranspose", [weights], [("output_padding", .ints([number, number]))])
        model("ConvTranspose", [weights], [("output_shape", .ints([number, number]))])
        model("MaxPool", [], [("kernel_shape", .ints([2, 2])), ("pads", .ints([number, 0, 0, 0]))])
        model("Pad", [ints([0, 0, 0, number, 0, 0, 0, number])])
        model("Pad", [ints([0, 0, 0, 0, 0, 0, number, 0])], [("mode", .string("reflect"))])
        model("Reshape", [ints([number, 2])])
        model("Reshape", [ints([number, number, -1])])
        model("Expand", [ints([number, 1, 1, 1, 1])])
        model("Tile", [ints([number, number, number, number])])
        model("Slice", [ints([number]), ints([-3]), ints([1]), ints([number])])
        model("Slice", [ints([0]), ints([number]), ints([number])])
        model("Transpose", [], [("perm", .ints([number, 0, 1, 2]))])
        model("Flatten", [], [("axis", .int(number))])
        model("Softmax", [], [("axis", .int(number))])
        model("ReduceSum", [ints([number])])
        model("Split", [ints([number, 4 &- number])], [("axis", .int(1))])
        model("Gather", [ints([number])])
        model("GatherND", [ints([number])])
        model("TopK", [ints([number])])
        model("Resize", [floats([0], []), floats([0], []), ints([1, 1, number, number])])
        model("Resize", [floats([0], []), floats([4], [1, 1, Float(number), Float(number)])])
        model("DepthToSpace", [], [("blocksize", .int(number))])
        model("LRN", [], [("size", .int(number))])
        model("Unsqueeze", [ints([number])])
        laterOperators(number) { model($0, $1, opset: $2, $3) }
        var free = ModelBuilder()
        free.outputs = [("y", .float32, nil)]
        free.initializers = [("a", ints([number, number])), ("b", ints([number], [])), ("one", ints([1], []))]
        free.node("ConstantOfShape", ["a"], ["z"])
        free.node("Range", ["one", "b", "one"], ["r"])
        free.node("Size", ["z"], ["s"])
        free.node("Add", ["s", "r"], ["y"])
        models += [free, loop(number)]
        for model in models { _ = survives(model.bytes, WorkerPool(threads: 1)) }
        #expect(models.count > 40)
    }

    private func laterOperators(
        _ number: Int, _ model: (String, [Tensor], Int, [(String, Attribute)]) -> Void
    ) {
        let float = Float(number)
        model("Trilu", [ints([number], [])], 14, [])
        model("CumSum", [ints([number], [])], 14, [])
        model("OneHot", [ints([number], []), floats([2], [0, 1])], 13, [("axis", .int(number))])
        model("OneHot", [ints([number], []), floats([2], [0, 1])], 13, [])
        model("ScatterND", [ints([number], [1, 1]), random([1, 4, 4, 4])], 18, [("reduction", .string("add"))])
        model("ScatterElements", [ints([number], [1, 1, 1, 1]), random([1, 1, 1, 1])], 18, [("axis", .int(1))])
        model("ScatterElements", [ints([0], [1, 1, 1, 1]), random([1, 1, 1, 1])], 18, [("axis", .int(number))])
        model("LpNormalization", [], 13, [("axis", .int(number))])
        model("MeanVarianceNormalization", [], 13, [("axes", .ints([number]))])
        model("GroupNormalization", [random([4]), random([4])], 18, [("num_groups", .int(number))])
        model("GridSample", [floats([1, 1, 2, 2], [float, -float, .nan, .infinity])], 16, [])
        for padding in ["border", "reflection"] {
            let grid = floats([1, 1, 2, 2], [float, -float, .nan, .infinity])
            model("GridSample", [grid], 20, [("padding_mode", .string(padding)), ("mode", .string("cubic"))])
        }
        model("RoiAlign", [floats([1, 4], [0, 0, float, float]), ints([0])], 16, [])
        model("RoiAlign", [floats([1, 4], [0, 0, 4, 4]), ints([number])], 16, [])
        for attribute in ["output_height", "sampling_ratio"] {
            let size = (attribute, Attribute.int(number))
            model("RoiAlign", [floats([1, 4], [0, 0, 4, 4]), ints([0])], 16, [size])
        }
        model("QuantizeLinear", [floats([4], [1, float, 0, .nan])], 21, [("axis", .int(number))])
        model("QuantizeLinear", [random([1, 4, 4, 4])], 21, [("axis", .int(1)), ("block_size", .int(number))])
        model("QuantizeLinear", [floats([], [0])], 21, [("output_dtype", .int(number))])
        model("DynamicQuantizeLinear", [], 13, [])
        model("Einsum", [random([4])], 13, [("equation", .string("abcd,e->abcde"))])
        model("Einsum", [random([4])], 13, [("equation", .string("abcd,\(number)"))])
        model("Hardmax", [], 13, [("axis", .int(number))])
        model("MaxPool", [], 13, [("kernel_shape", .ints([number, 1, 1]))])
        let roi = floats([8], [0, 0, float, float, 1, 1, float, 1])
        model(
            "Resize", [roi, floats([0], []), ints([1, 4, 8, 8])], 13,
            [("coordinate_transformation_mode", .string("tf_crop_and_resize"))])
        for policy in ["not_larger", "not_smaller"] {
            let sizes = ints([1, 4, number, 8])
            model(
                "Resize", [floats([0], []), floats([0], []), sizes], 18, [("keep_aspect_ratio_policy", .string(policy))]
            )
        }
        model(
            "Resize", [floats([0], []), floats([4], [1, 1, 1 / float, 0.4])], 18,
            [("antialias", .int(1)), ("mode", .string("cubic"))])
        let bytes = tensor(.uint8, [1, 1, 2, 2], [1, 2, 3, 4])
        model("ConvInteger", [bytes], 13, [("pads", .ints([number, 0, 0, number]))])
    }

    /// A loop as long as a file says.
    private func loop(_ count: Int) -> ModelBuilder {
        var body = ModelBuilder()
        body.inputs = [("i", .int64, []), ("go", .bool, [])]
        body.outputs = [("again", .bool, []), ("each", .float32, nil)]
        body.node("Identity", ["go"], ["again"])
        body.node("Neg", ["x"], ["each"])
        var model = ModelBuilder()
        model.inputs = [("x", .float32, [1])]
        model.outputs = [("y", .float32, nil)]
        model.initializers = [("count", ints([count], []))]
        model.node("Loop", ["count", ""], ["y"], [("body", .graph(body))])
        return model
    }

    @Test func memoryIsLimited() throws {
        var model = ModelBuilder()
        model.inputs = [("x", .float32, [1])]
        model.outputs = [("y", .float32, nil)]
        model.initializers = [("shape", ints([1 << 20, 1 << 20]))]
        model.node("Expand", ["x", "shape"], ["y"], name: "explode")
        let error = try #require(failure(of: model))
        #expect(error.node == "explode")
        #expect(error.description.contains("does not fit in memory"))
        #expect(error.expected == "at most \(4 << 30) bytes")
    }

    @Test func manySmallDoublings() throws {
        var model = ModelBuilder()
        model.initializers = [("v0", random([1024]))]
        for step in 0..<40 { model.node("Concat", ["v\(step)", "v\(step)"], ["v\(step + 1)"], [("axis", .int(0))]) }
        model.outputs = [("v40", .float32, nil)]
        #expect(try #require(failure(of: model)).description.contains("memory"))
    }

    @Test func intermediateValuesAreLimitedTogether() throws {
        var model = ModelBuilder()
        model.inputs = [("x", .float32, [1 << 20])]
        for step in 0..<32 { model.node("Sin", ["x"], ["v\(step)"]) }
        model.node("Sum", (0..<32).map { "v\($0)" }, ["y"])
        model.outputs = [("y", .float32, nil)]
        #expect(failure(of: model, options: .init(memoryLimit: 256 << 20)) == nil)
        let error = try #require(failure(of: model, options: .init(memoryLimit: 64 << 20)))
        #expect(error.problem == "intermediate values do not fit in memory")
        #expect(error.expected == "at most \(64 << 20) bytes")
    }

    @Test func deepChainsAndLongLists() throws {
        var chain = ModelBuilder()
        chain.inputs = [("v0", .float32, [4])]
        chain.outputs = [("v20000", .float32, [4])]
        for step in 0..<20000 { chain.node("Neg", ["v\(step)"], ["v\(step + 1)"]) }
        let session = try Session(bytes: chain.bytes, name: "chain", pool: WorkerPool(threads: 1))
        #expect(try session.run(["v0": counting([4])])["v20000"]?.floats.array == [0, 1, 2, 3])
        // The same backwards, so that it must be sorted.
        chain.nodes.reverse()
        let sorted = try Session(bytes: chain.bytes, name: "chain", pool: WorkerPool(threads: 1))
        #expect(try sorted.run(["v0": counting([4])])["v20000"]?.floats.array == [0, 1, 2, 3])
    }

    @Test func tooManyNodesAreRefused() throws {
        var writer = ProtoWriter()
        writer.message(7) { graph in
            for _ in 0..<200_001 { graph.data(1, []) }
        }
        do throws(ModelError) {
            _ = try Session(bytes: writer.bytes, name: "test", pool: WorkerPool(threads: 1))
            Issue.record("loaded")
        } catch { #expect(error.problem.contains("more than")) }
    }
}
