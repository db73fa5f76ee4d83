import ONNX
import Tensors
import TestSupport
import Testing

/// What is counted of a model's arithmetic.
@Suite struct OperationCountTests {
    private func count(_ model: ModelBuilder, _ inputs: [String: Tensor]) throws -> Double? {
        let scratch = try Scratch()
        let path = try scratch.write(model.bytes, to: "model.onnx")
        return try OperationCount.count(path: path, inputs: inputs, pool: WorkerPool(threads: 1))
    }

    /// A model of one node that reads `x` and a constant `w`, and gives `y`.
    private func model(
        _ operatorName: String, weights: [Int], _ attributes: [(String, Attribute)] = []
    ) -> ModelBuilder {
        var model = ModelBuilder()
        model.inputs = [("x", .float32, nil)]
        model.outputs = [("y", .float32, nil)]
        model.initializers = [("w", random(weights))]
        model.node(operatorName, ["x", "w"], ["y"], attributes)
        return model
    }

    @Test func countsConvolutions() throws {
        let conv = model("Conv", weights: [8, 3, 5, 5], [("strides", .ints([2, 2]))])
        #expect(try count(conv, ["x": random([2, 3, 11, 13])]) == Double(2 * (2 * 8 * 4 * 5) * (3 * 5 * 5)))
        let grouped = model("Conv", weights: [8, 2, 3, 3], [("group", .int(4))])
        #expect(try count(grouped, ["x": random([1, 8, 5, 5])]) == Double(2 * (8 * 3 * 3) * (2 * 3 * 3)))
        let transposed = model("ConvTranspose", weights: [4, 6, 2, 2], [("strides", .ints([2, 2]))])
        #expect(try count(transposed, ["x": random([1, 4, 5, 7])]) == Double(2 * (4 * 5 * 7) * (6 * 2 * 2)))
    }

    @Test func countsMatrixProducts() throws {
        #expect(try count(model("MatMul", weights: [5, 7]), ["x": random([2, 3, 5])]) == Double(2 * 2 * 3 * 5 * 7))
        let gemm = model("Gemm", weights: [7, 5], [("transA", .int(1)), ("transB", .int(1))])
        #expect(try count(gemm, ["x": random([5, 3])]) == Double(2 * 3 * 5 * 7))
    }

    /// Constants alone are no part of a run; an input is, however few values it has.
    @Test func countsWhatRunsCompute() throws {
        var products = model("MatMul", weights: [5, 5])
        products.node("MatMul", ["w", "w"], ["square"])
        products.node("Add", ["y", "square"], ["sum"])
        products.outputs = [("sum", .float32, nil)]
        #expect(try count(products, ["x": random([5, 5])]) == Double(2 * 5 * 5 * 5))
    }

    @Test func tellsWhereShapesDependOnValues() throws {
        var model = ModelBuilder()
        model.inputs = [("x", .float32, [nil, 4])]
        model.outputs = [("y", .float32, nil)]
        model.initializers = [("w", random([2, 3]))]
        model.node("NonZero", ["x"], ["places"])
        model.node("Cast", ["places"], ["numbers"], [("to", .int(1))])
        model.node("Transpose", ["numbers"], ["rows"])
        model.node("MatMul", ["rows", "w"], ["y"])
        #expect(try count(model, ["x": random([200, 4])]) == nil)
    }
}
