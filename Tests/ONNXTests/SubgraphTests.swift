import ONNX
import Tensors
import TestSupport
import Testing

/// Branches, loops, and shapes that only values tell: what a run plans for itself.
@Suite struct SubgraphTests {
    private func session(_ model: ModelBuilder, options: SessionOptions = .standard) throws(ModelError) -> Session {
        try Session(bytes: model.bytes, name: "test.onnx", pool: WorkerPool(threads: 2), options: options)
    }

    /// x -> `operatorName` -> y, with a graph for each attribute.
    private func model(
        _ operatorName: String, inputs: [String], outputs: [String] = ["y"], _ attributes: [(String, Attribute)]
    ) -> ModelBuilder {
        var model = ModelBuilder()
        model.inputs = [("x", .float32, [nil]), ("flag", .bool, []), ("n", .int64, [])]
        model.outputs = outputs.map { ($0, .float32, nil) }
        model.node(operatorName, inputs, outputs, name: "control", attributes)
        return model
    }

    /// A graph of one node.
    private func graph(_ operatorName: String, _ inputs: [String]) -> ModelBuilder {
        var graph = ModelBuilder()
        graph.outputs = [("result", .float32, nil)]
        graph.node(operatorName, inputs, ["result"], name: "inner")
        return graph
    }

    private func inputs(_ x: [Float], flag: Bool = true, n: Int = 0) -> [String: Tensor] {
        ["x": floats([x.count], x), "flag": bools([flag], []), "n": ints([n], [])]
    }

    @Test func branchesReadWhatIsAround() throws {
        let session = try session(
            model(
                "If", inputs: ["flag"],
                [("then_branch", .graph(graph("Neg", ["x"]))), ("else_branch", .graph(graph("Abs", ["x"])))]))
        #expect(try session.run(inputs([1, -2]))["y"]?.floats.array == [-1, 2])
        #expect(try session.run(inputs([1, -2], flag: false))["y"]?.floats.array == [1, 2])
        // More values than a plan is made for, so the run decides.
        let many = [Float](repeating: -3, count: 1000)
        #expect(try session.run(inputs(many))["y"]?.floats.array == many.map { -$0 })
        #expect(try session.run(inputs(many, flag: false))["y"]?.floats.array == many.map { -$0 })
    }

    @Test func branchesWithinBranches() throws {
        var outer = ModelBuilder()
        outer.outputs = [("result", .float32, nil)]
        outer.node("Mul", ["x", "x"], ["square"])
        outer.node(
            "If", ["flag"], ["result"],
            [("then_branch", .graph(graph("Sub", ["square", "x"]))), ("else_branch", .graph(graph("Neg", ["x"])))])
        let session = try session(
            model(
                "If", inputs: ["flag"], [("then_branch", .graph(outer)), ("else_branch", .graph(graph("Abs", ["x"])))]))
        #expect(try session.run(inputs([3, -2]))["y"]?.floats.array == [6, 6])
    }

    /// What a graph defines hides what is around it.
    @Test func namesWithinHideNamesAround() throws {
        var branch = ModelBuilder()
        branch.outputs = [("result", .float32, nil)]
        branch.initializers = [("y0", floats([1], [5]))]
        branch.node("Add", ["x", "y0"], ["result"])
        var model = model(
            "If", inputs: ["flag"], [("then_branch", .graph(branch)), ("else_branch", .graph(graph("Neg", ["y0"])))])
        model.node("Exp", ["x"], ["y0"])
        let session = try session(model)
        #expect(try session.run(inputs([3]))["y"]?.floats.array == [8])
        #expect(try session.run(inputs([0], flag: false))["y"]?.floats.array == [-1])
    }

    @Test func planAndRunShareTheWork() throws {
        // Nodes before and after one whose shape only its values tell, with values of both kinds read later.
        var model = ModelBuilder()
        model.inputs = [("x", .float32, [nil])]
        model.outputs = [("y", .float32, nil), ("places", .int64, nil), ("early", .float32, nil)]
        model.initializers = [("zero", ints([0]))]
        model.node("Relu", ["x"], ["early"])
        model.node("Neg", ["early"], ["negative"])
        model.node("NonZero", ["early"], ["places"])
        model.node("Squeeze", ["places", "zero"], ["flat"])
        model.node("Gather", ["negative", "flat"], ["picked"])
        model.node("Exp", ["negative"], ["unused"])
        model.node("Sub", ["picked", "picked"], ["nothing"])
        model.node("Sub", ["nothing", "picked"], ["y"])
        let session = try session(model)
        for count in [4, 700] {
            let x = (0..<count).map { Float($0 % 3) - 1 }
            let results = try session.run(["x": floats([count], x)])
            #expect(results["early"]?.floats.array == x.map { max($0, 0) })
            #expect(results["places"].map(numbers) == x.indices.filter { x[$0] > 0 }.map { Double($0) })
            #expect(results["y"]?.floats.array == x.filter { $0 > 0 })
        }
        #expect(try session.scratchBytes(for: ["x": [700]]) >= 2800)
    }

    /// Times are measured for nodes the run plans as well.
    @Test func deferredNodesAreMeasured() throws {
        var model = ModelBuilder()
        model.inputs = [("x", .float32, [nil])]
        model.outputs = [("y", .int64, nil)]
        model.node("NonZero", ["x"], ["y"])
        let session = try session(model, options: .init(measuresTime: true))
        _ = try session.run(["x": random([1000])])
        #expect(session.profile.byOperator.first { $0.operatorName == "NonZero" }?.runs == 1)
    }

    private func body(_ nodes: (inout ModelBuilder) -> Void) -> (String, Attribute) {
        var body = ModelBuilder()
        body.inputs = [("i", .int64, []), ("go", .bool, []), ("v", .float32, nil)]
        body.outputs = [("again", .bool, []), ("next", .float32, nil)]
        nodes(&body)
        return ("body", .graph(body))
    }

    @Test func loopsReadWhatIsAround() throws {
        let session = try session(
            model(
                "Loop", inputs: ["n", "flag", "x"],
                [
                    body {
                        $0.node("Add", ["v", "x"], ["next"])
                        $0.node("Identity", ["go"], ["again"])
                    }
                ]))
        #expect(try session.run(inputs([1, -2], n: 3))["y"]?.floats.array == [4, -8])
        let many = [Float](repeating: 2, count: 1000)
        #expect(try session.run(inputs(many, n: 4))["y"]?.floats.array == many.map { $0 * 5 })
    }

    @Test func loopsThatGrow() throws {
        let model = model(
            "Loop", inputs: ["", "", "x"],
            [
                body {
                    $0.node("Concat", ["v", "v"], ["next"], name: "double", [("axis", .int(0))])
                    $0.node("Identity", ["go"], ["again"])
                }
            ])
        let error = try #require(failure(of: model, running: inputs([1]), options: .init(memoryLimit: 3 << 19)))
        #expect(error.node == "double")
        #expect(error.description.contains("memory"))
    }

    @Test func loopsWithoutEnd() throws {
        for trip in ["", "n"] {
            let model = model(
                "Loop", inputs: [trip, "", "x"],
                [
                    body {
                        $0.node("Identity", ["v"], ["next"])
                        $0.node("Identity", ["go"], ["again"])
                    }
                ])
            let options = SessionOptions(nodeLimit: 1000)
            let error = try #require(failure(of: model, running: inputs([1], n: Int.max), options: options))
            #expect(error.node != nil)
            #expect(error.problem == "loops go on for too long")
            #expect(error.expected == "at most 1000 nodes")
        }
    }

    @Test func collectedValuesAreLimited() throws {
        var body = ModelBuilder()
        body.inputs = [("i", .int64, []), ("go", .bool, [])]
        body.outputs = [("again", .bool, []), ("each", .float32, nil)]
        body.node("Identity", ["go"], ["again"])
        body.node("Neg", ["x"], ["each"])
        let model = model("Loop", inputs: ["", ""], [("body", .graph(body))])
        let error = try #require(
            failure(
                of: model, running: inputs([Float](repeating: 1, count: 1000)), options: .init(memoryLimit: 1 << 20)))
        #expect(error.node == "control")
        #expect(error.problem == "collected values do not fit in memory")
    }

    @Test func loopsThatDoNotFit() throws {
        func failure(_ inputs: [String], _ body: (String, Attribute)) -> ModelError? {
            ONNXTests.failure(of: model("Loop", inputs: inputs, [body]), running: self.inputs([1], n: 2))
        }
        let identity = body {
            $0.node("Identity", ["v"], ["next"])
            $0.node("Identity", ["go"], ["again"])
        }
        #expect(failure(["n", "flag", "x"], identity) == nil)
        #expect(try #require(failure(["n"], identity)).problem == "wrong number of inputs")
        #expect(try #require(failure(["n", "flag"], identity)).problem == "wrong number of inputs of `body`")
        #expect(
            try #require(failure(["n", "flag", "x"], ("boody", identity.1))).problem == "attribute `body` is missing")
        #expect(try #require(failure(["x", "flag", "x"], identity)).expected == "int64")
        #expect(try #require(failure(["n", "n", "x"], identity)).expected == "bool")
        let retyped = body {
            $0.node("Cast", ["v"], ["next"], [("to", .int(7))])
            $0.node("Identity", ["go"], ["again"])
        }
        let error = try #require(failure(["n", "flag", "x"], retyped))
        #expect(error.problem == "carried value 0 changes its element type")
        #expect(error.node == "control")
        let unconditional = body {
            $0.node("Identity", ["v"], ["next"])
            $0.node("Identity", ["i"], ["again"])
        }
        #expect(try #require(failure(["n", "flag", "x"], unconditional)).problem.contains("no condition"))
    }

    @Test func branchesThatDoNotFit() throws {
        let good = Attribute.graph(graph("Neg", ["x"]))
        func failure(_ attributes: [(String, Attribute)]) -> ModelError? {
            ONNXTests.failure(of: model("If", inputs: ["flag"], attributes))
        }
        #expect(failure([("then_branch", good), ("else_branch", good)]) == nil)
        #expect(try #require(failure([("then_branch", good)])).problem == "attribute `else_branch` is missing")
        var two = graph("Neg", ["x"])
        two.outputs.append(("x", .float32, nil))
        #expect(try #require(failure([("then_branch", good), ("else_branch", .graph(two))])).got == "2")
        var taking = graph("Neg", ["x"])
        taking.inputs = [("z", .float32, [1])]
        #expect(try #require(failure([("then_branch", .graph(taking)), ("else_branch", good)])).got == "1")
        // Errors name the inner node, also where the branch is not taken.
        let unknown = try #require(
            failure([("then_branch", good), ("else_branch", .graph(graph("Frobnicate", ["x"])))]))
        #expect(unknown.node == "inner")
        #expect(unknown.problem == "unknown operator")
        let undefined = try #require(
            failure([("then_branch", good), ("else_branch", .graph(graph("Neg", ["nothing"])))]))
        #expect(undefined.problem == "input \"nothing\" is defined nowhere")
        let cyclic = try #require(
            failure([("then_branch", good), ("else_branch", .graph(graph("Add", ["x", "result"])))]))
        #expect(cyclic.problem.contains("cycle"))
    }

    @Test func theConditionIsOneTruth() throws {
        var model = ModelBuilder()
        model.inputs = [("flag", .bool, [nil])]
        model.outputs = [("y", .float32, nil)]
        model.initializers = [("x", floats([1], [1]))]
        let branch = Attribute.graph(graph("Neg", ["x"]))
        model.node("If", ["flag"], ["y"], name: "choice", [("then_branch", branch), ("else_branch", branch)])
        for count in [0, 2, 1000] {
            let error = try #require(
                failure(of: model, running: ["flag": bools([Bool](repeating: true, count: count))]))
            #expect(error.node == "choice")
            #expect(error.got == "\(count)")
        }
    }

    @Test func graphsTooDeep() throws {
        var inner = graph("Neg", ["x"])
        for _ in 0..<40 {
            var outer = ModelBuilder()
            outer.outputs = [("result", .float32, nil)]
            outer.node(
                "If", ["flag"], ["result"],
                [("then_branch", .graph(inner)), ("else_branch", .graph(graph("Neg", ["x"])))])
            inner = outer
        }
        let error = try #require(
            failure(
                of: model(
                    "If", inputs: ["flag"],
                    [("then_branch", .graph(inner)), ("else_branch", .graph(graph("Neg", ["x"])))])))
        #expect(error.problem.contains("graphs within graphs"))
    }
}
