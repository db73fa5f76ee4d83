import ONNX
import Tensors
import TestSupport
import Testing

/// Operators that a model defines itself, by nodes.
@Suite struct FunctionTests {
    private typealias Node = ModelBuilder.Node

    /// x -> a call of local.Mine -> y.
    private func model(
        _ functions: [ModelBuilder.Function], inputs: [String] = ["x"], outputs: [String] = ["y"],
        _ attributes: [(String, Attribute)] = []
    ) -> ModelBuilder {
        var model = ModelBuilder()
        model.inputs = [("x", .float32, [2])]
        model.outputs = outputs.filter { !$0.isEmpty }.map { ($0, .float32, nil) }
        model.functions = functions
        model.domains = ["local"]
        model.node("Mine", inputs, outputs, name: "call", domain: "local", attributes)
        return model
    }

    private func run(_ model: ModelBuilder, _ x: [Float] = [3, -4]) throws(ModelError) -> [String: Tensor] {
        try Session(bytes: model.bytes, name: "test.onnx", pool: WorkerPool(threads: 1)).run(["x": floats([x.count], x)]
        )
    }

    private func node(
        _ operatorName: String, _ inputs: [String], _ outputs: [String], domain: String = "",
        _ attributes: [(String, Attribute)] = []
    ) -> Node {
        Node(operatorName: operatorName, inputs: inputs, outputs: outputs, domain: domain, attributes: attributes)
    }

    @Test func bodiesTakeThePlaceOfCalls() throws {
        let function = ModelBuilder.Function(
            name: "Mine", inputs: ["a"], outputs: ["b"],
            nodes: [node("Relu", ["a"], ["x"]), node("Neg", ["x"], ["b"])])
        // The body's own `x` is not the model's.
        var twice = model([function])
        twice.outputs = [("z", .float32, nil)]
        twice.node("Mine", ["y"], ["w"], domain: "local")
        twice.node("Add", ["w", "x"], ["z"])
        #expect(try run(twice)["z"]?.floats.array == [3, -4])
        #expect(try run(model([function]))["y"]?.floats.array == [-3, 0])
    }

    @Test func attributesAreHandedOn() throws {
        let function = ModelBuilder.Function(
            name: "Mine", inputs: ["a"], outputs: ["b"], attributes: ["slope"], defaults: [("factor", .float(2))],
            nodes: [
                node("LeakyRelu", ["a"], ["c"], [("alpha", .reference("slope"))]),
                node("Constant", [], ["k"], [("value_float", .reference("factor"))]), node("Mul", ["c", "k"], ["b"]),
            ])
        #expect(try run(model([function], [("slope", .float(0.5))]))["y"]?.floats.array == [6, -4])
        #expect(
            try run(model([function], [("slope", .float(0.5)), ("factor", .float(3))]))["y"]?.floats.array == [9, -6])
        // Left out, the operator's own default counts.
        #expect(try #require(run(model([function]))["y"]).floats.array == [6, -4 * Float(0.01) * 2])
        let error = try #require(failure(of: model([function], [("stride", .int(1))])))
        #expect(
            error.description == "test.onnx: node \"call\" (Mine): attribute `stride` is not known for this function")
    }

    @Test func functionsCallFunctions() throws {
        let inner = ModelBuilder.Function(
            name: "Inner", inputs: ["a", "b"], outputs: ["c"], nodes: [node("Sub", ["a", "b"], ["c"])], opset: 14)
        let outer = ModelBuilder.Function(
            name: "Mine", inputs: ["a"], outputs: ["c", "d"],
            nodes: [
                node("Inner", ["t", "a"], ["c"], domain: "local"), node("Abs", ["a"], ["t"]), node("Neg", ["a"], ["d"]),
            ])
        #expect(try run(model([outer, inner]))["y"]?.floats.array == [0, 8])
        let both = try run(model([outer, inner], outputs: ["", "e"]))
        #expect(both["e"]?.floats.array == [-3, 4])
    }

    /// An output that is an input, and a graph within a body that reads the body's values.
    @Test func bodiesWithGraphs() throws {
        var branch = ModelBuilder()
        branch.outputs = [("result", .float32, nil)]
        branch.node("Mul", ["t", "t"], ["x"])
        branch.node("LeakyRelu", ["x"], ["result"], [("alpha", .reference("slope"))])
        let function = ModelBuilder.Function(
            name: "Mine", inputs: ["a"], outputs: ["b", "a"], attributes: ["slope"],
            nodes: [
                node("Neg", ["a"], ["t"]),
                node("Constant", [], ["yes"], [("value", .tensor(bools([true], [])))]),
                node("If", ["yes"], ["b"], [("then_branch", .graph(branch)), ("else_branch", .graph(branch))]),
            ])
        let results = try run(model([function], outputs: ["y", "same"], [("slope", .float(0.5))]))
        #expect(results["y"]?.floats.array == [9, 16])
        #expect(results["same"]?.floats.array == [3, -4])
    }

    @Test func inputsLeftOut() throws {
        let function = ModelBuilder.Function(
            name: "Mine", inputs: ["a", "low", "high"], outputs: ["b"],
            nodes: [node("Clip", ["a", "low", "high"], ["b"])])
        #expect(try run(model([function]))["y"]?.floats.array == [3, -4])
        let error = try #require(failure(of: model([function], inputs: ["x", "x", "x", "x"])))
        #expect(error.problem == "wrong number of inputs")
        #expect(error.expected == "at most 3")
    }

    @Test func errorsNameTheCallAndTheNode() throws {
        let function = ModelBuilder.Function(
            name: "Mine", inputs: ["a"], outputs: ["b"], nodes: [node("Frobnicate", ["a"], ["b"])])
        let error = try #require(failure(of: model([function])))
        #expect(error.node == "call/#0")
        #expect(error.operatorName == "Frobnicate")
        let undefined = ModelBuilder.Function(
            name: "Mine", inputs: ["a"], outputs: ["b"], nodes: [node("Neg", ["x"], ["b"])])
        #expect(try #require(failure(of: model([undefined]))).problem == "input \"x\" is defined nowhere")
        var old = function
        old.opset = 3
        #expect(try #require(failure(of: model([old]))).got == "3")
        #expect(try #require(failure(of: model([function, function]))).problem == "function \"Mine\" is defined twice")
        var unnamed = model([function])
        unnamed.functions = []
        #expect(try #require(failure(of: unnamed)).problem.contains("of the domain \"local\""))
    }

    /// Functions that call themselves, at once, through others, or from a graph within.
    @Test func endlessCallsAreRefused() throws {
        let own = ModelBuilder.Function(
            name: "Mine", inputs: ["a"], outputs: ["b"], nodes: [node("Mine", ["a"], ["b"], domain: "local")])
        #expect(try #require(failure(of: model([own]))).problem.contains("deep"))
        var branch = ModelBuilder()
        branch.outputs = [("result", .float32, nil)]
        branch.nodes = [node("Mine", ["a"], ["result"], domain: "local")]
        let within = ModelBuilder.Function(
            name: "Mine", inputs: ["a"], outputs: ["b"],
            nodes: [
                node("Constant", [], ["yes"], [("value", .tensor(bools([true], [])))]),
                node("If", ["yes"], ["b"], [("then_branch", .graph(branch)), ("else_branch", .graph(branch))]),
            ])
        #expect(failure(of: model([within])) != nil)
    }

    /// Each calls the next one many times: few bytes that stand for more nodes than any memory holds.
    @Test func explodingCallsAreRefused() throws {
        var functions: [ModelBuilder.Function] = []
        for level in 0..<12 {
            let name = level == 0 ? "Mine" : "F\(level)"
            let calls = (0..<16).map { node("F\(level + 1)", ["a"], [$0 == 0 ? "b" : "t\($0)"], domain: "local") }
            functions.append(.init(name: name, inputs: ["a"], outputs: ["b"], nodes: calls))
        }
        functions.append(.init(name: "F12", inputs: ["a"], outputs: ["b"], nodes: []))
        #expect(try #require(failure(of: model(functions))).problem.contains("calls of functions"))
    }

    /// One large constant in a body that is called again and again.
    @Test func constantsOfCallsAreCounted() throws {
        let large = Attribute.tensor(Tensor(shape: [1 << 20], type: .float16))
        let function = ModelBuilder.Function(
            name: "Mine", inputs: ["a"], outputs: ["b"],
            nodes: [node("Constant", [], ["k"], [("value", large)]), node("Add", ["a", "k"], ["b"])])
        var model = model([function])
        for call in 0..<300 { model.node("Mine", ["x"], ["z\(call)"], domain: "local") }
        #expect(try #require(failure(of: model)).problem.contains("bytes of constants"))
    }
}
