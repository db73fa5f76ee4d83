import ONNX
import Tensors
import Testing

/// What is refused when a file is loaded, and in which words.
@Suite struct GraphTests {
    /// A node `bad` of the given operator between the input and the output.
    private func model(
        _ operatorName: String, inputs: [String] = ["x"], outputs: [String] = ["y"], domain: String = "",
        opset: Int = 13,
        _ attributes: [(String, Attribute)] = []
    ) -> ModelBuilder {
        var model = ModelBuilder(opset: opset)
        model.inputs = [("x", .float32, [1, 2, 4, 4])]
        model.outputs = [("y", .float32, nil)]
        model.initializers = [("w", random([2, 2, 3, 3]))]
        model.node(operatorName, inputs, outputs, name: "bad", domain: domain, attributes)
        return model
    }

    @Test func unknownOperatorIsNamed() throws {
        let error = try #require(failure(of: model("Frobnicate")))
        #expect(error.node == "bad")
        #expect(error.operatorName == "Frobnicate")
        #expect(error.description == "test.onnx: node \"bad\" (Frobnicate): unknown operator")
    }

    @Test func otherDomainsAreNamed() throws {
        let error = try #require(failure(of: model("FusedConv", domain: "com.microsoft")))
        #expect(error.description.contains("\"bad\" (FusedConv)"))
        #expect(error.description.contains("com.microsoft"))
    }

    @Test func theStandardDomainHasTwoNames() {
        #expect(failure(of: model("Relu", domain: "ai.onnx")) == nil)
    }

    @Test(arguments: [1, 6, 29, 1000])
    func otherOperatorSetsAreRefused(_ opset: Int) throws {
        let error = try #require(failure(of: model("Relu", opset: opset)))
        #expect(error.got == "\(opset)")
        #expect(error.expected == "7 to 28")
    }

    @Test func operatorsOfOtherVersionsAreRefused() throws {
        let error = try #require(failure(of: model("HardSwish", opset: 13)))
        #expect(error.operatorName == "HardSwish")
        #expect(error.got == "13")
    }

    @Test func unknownAttributesAreNamed() throws {
        let error = try #require(failure(of: model("Relu", [("strength", .int(1))])))
        #expect(
            error.description
                == "test.onnx: node \"bad\" (Relu): "
                + "attribute `strength` is not known for this operator in operator set 13"
        )
    }

    @Test(arguments: [
        Attribute.float(1), .string("a"), .int(1), .floats([1]), .tensor(floats([1], [1])), .graph(ModelBuilder()),
    ])
    func attributesOfWrongTypeAreNamed(_ value: Attribute) throws {
        let error = try #require(failure(of: model("Conv", inputs: ["x", "w"], [("kernel_shape", value)])))
        #expect(error.problem == "attribute `kernel_shape` has the wrong type")
        #expect(error.expected == "INTS")
        #expect(error.node == "bad")
    }

    @Test func attributesGivenTwiceAreRefused() throws {
        let error = try #require(failure(of: model("LeakyRelu", [("alpha", .float(1)), ("alpha", .float(2))])))
        #expect(error.problem == "attribute `alpha` is given twice")
    }

    @Test(arguments: [
        ("Conv", [("strides", Attribute.ints([0, 1]))], "strides"), ("Conv", [("group", .int(-1))], "group"),
        ("Conv", [("group", .int(3))], "weights"), ("Conv", [("pads", .ints([-1, 0, 0, 0]))], "pads"),
        ("Conv", [("pads", .ints([1, 1]))], "pads"), ("Conv", [("dilations", .ints([9, 9]))], "does not fit"),
        ("Conv", [("auto_pad", .string("SOME"))], "auto_pad"),
        ("Conv", [("kernel_shape", .ints([5, 5]))], "kernel_shape"),
        ("Conv", [("strides", .ints([1, Int.max]))], "strides"),
    ])
    func impossibleConvolutions(_ name: String, _ attributes: [(String, Attribute)], _ word: String) throws {
        let error = try #require(failure(of: model(name, inputs: ["x", "w"], attributes)))
        #expect(error.description.contains(word))
        #expect(error.node == "bad")
    }

    @Test func wrongNumberOfInputs() throws {
        let error = try #require(failure(of: model("Relu", inputs: ["x", "w"])))
        #expect(error.problem == "wrong number of inputs")
        #expect(error.expected == "1")
        #expect(error.got == "2")
    }

    @Test func missingInput() throws {
        let error = try #require(failure(of: model("Conv", inputs: ["", "w"])))
        #expect(error.problem == "input 0 is missing")
        #expect(error.node == "bad")
    }

    @Test func undefinedNames() throws {
        let error = try #require(failure(of: model("Relu", inputs: ["nothing"])))
        #expect(error.problem == "input \"nothing\" is defined nowhere")
        #expect(error.node == "bad")
    }

    @Test func namesDefinedTwice() throws {
        var twice = model("Relu")
        twice.node("Relu", ["x"], ["y"], name: "again")
        let error = try #require(failure(of: twice))
        #expect(error.problem == "value \"y\" is defined twice")
        #expect(error.node == "again")
        let constant = try #require(failure(of: model("Relu", outputs: ["w"])))
        #expect(constant.problem == "value \"w\" is defined twice")
        #expect(constant.node == "bad")
    }

    @Test func cyclesAreRefused() throws {
        var model = model("Add", inputs: ["x", "z"])
        model.node("Relu", ["y"], ["z"])
        let error = try #require(failure(of: model))
        #expect(error.problem.contains("cycle"))
        #expect(error.node == "bad")
        var own = self.model("Add", inputs: ["x", "y"])
        own.outputs = [("y", .float32, nil)]
        #expect(try #require(failure(of: own)).problem.contains("cycle"))
    }

    @Test func nodesMayStandInAnyOrder() throws {
        var model = ModelBuilder()
        model.inputs = [("x", .float32, [2])]
        model.outputs = [("y", .float32, [2])]
        model.node("Neg", ["b"], ["y"])
        model.node("Relu", ["a"], ["b"])
        model.node("Neg", ["x"], ["a"])
        let session = try Session(bytes: model.bytes, name: "test", pool: WorkerPool(threads: 1))
        #expect(try session.run(["x": floats([2], [-3, 4])])["y"]?.floats.array == [-3, 0])
    }

    @Test func namelessNodesAreNumbered() throws {
        var model = reluModel
        model.node("Frobnicate", ["x"], ["z"])
        #expect(try #require(failure(of: model)).node == "#1")
    }

    @Test func outputsMustBeComputed() throws {
        var model = reluModel
        model.outputs.append(("z", .float32, nil))
        #expect(try #require(failure(of: model)).problem == "output \"z\" is computed by no node")
        model.outputs = []
        #expect(try #require(failure(of: model)).problem == "the graph has no outputs")
    }

    @Test func inputsAndConstantsAsOutputs() throws {
        var model = reluModel
        model.initializers = [("c", ints([1, 2]))]
        model.outputs += [("x", .float32, nil), ("c", .int64, nil)]
        let x = random([2, 3])
        let results = try Session(bytes: model.bytes, name: "test", pool: WorkerPool(threads: 1)).run(["x": x])
        #expect(results["x"]?.floats.array == x.floats.array)
        #expect(results["c"].map(numbers) == [1, 2])
        // Results own their memory.
        #expect(results["x"]?.storage !== x.storage)
    }

    @Test func olderFilesListConstantsAsInputs() throws {
        var model = reluModel
        model.initializers = [("c", floats([1], [1]))]
        model.inputs.append(("c", .float32, [1]))
        let session = try Session(bytes: model.bytes, name: "test", pool: WorkerPool(threads: 1))
        #expect(session.inputs.map(\.name) == ["x"])
    }

    /// Rewrites look at weights before any shape was checked.
    @Test(arguments: [[], [2], [2, 2], [0], [2, 0, 3, 3]])
    func weightsOfWrongRank(_ shape: [Int]) throws {
        for follower in ["PRelu", "BatchNormalization", "Relu"] {
            var model = ModelBuilder()
            model.inputs = [("x", .float32, [1, 2, 4, 4])]
            model.outputs = [("y", .float32, nil)]
            model.initializers = [("w", random(shape)), ("p", random([2]))]
            model.node("Conv", ["x", "w"], ["c"], name: "conv")
            let parameters = ["PRelu": 1, "BatchNormalization": 4][follower] ?? 0
            model.node(follower, ["c"] + [String](repeating: "p", count: parameters), ["y"])
            #expect(try #require(failure(of: model)).node == "conv")
        }
    }
}
