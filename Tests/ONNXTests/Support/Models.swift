import ONNX
import Tensors
import TestSupport

/// What loading (and, with inputs, running) a model throws; nil where it throws nothing.
func failure(of model: ModelBuilder, running inputs: [String: Tensor]? = nil, options: SessionOptions = .standard)
    -> ModelError?
{
    do throws(ModelError) {
        let session = try Session(bytes: model.bytes, name: "test.onnx", pool: WorkerPool(threads: 1), options: options)
        if let inputs { _ = try session.run(inputs) }
        return nil
    } catch { return error }
}

/// x -> Relu -> y, [2, 3].
var reluModel: ModelBuilder {
    var model = ModelBuilder()
    model.inputs = [("x", .float32, [2, 3])]
    model.outputs = [("y", .float32, [2, 3])]
    model.node("Relu", ["x"], ["y"], name: "activation")
    return model
}

/// A small network with a bit of everything: convolutions with and without normalization and activations, pooling, a
/// residual sum, concatenation, resizing, a shape computed in the graph, a product, a softmax.
///
/// - Parameter size: height and width of `image` [n, 3, size, size]; nil leaves all but the channels open.
func smallNetwork(size: Int? = 12) -> ModelBuilder {
    var model = ModelBuilder(opset: 13)
    model.inputs = [("image", .float32, [size == nil ? nil : 1, 3, size, size])]
    model.outputs = [("scores", .float32, nil), ("map", .float32, nil)]
    var seed: UInt64 = 100
    func weights(_ name: String, _ shape: [Int]) -> String {
        seed += 1
        model.initializers.append((name, random(shape, seed: seed)))
        return name
    }
    model.node("Conv", ["image", weights("w1", [8, 3, 3, 3])], ["c1"], name: "stem", [("pads", .ints([1, 1, 1, 1]))])
    model.initializers += [("variance", floats([8], (1...8).map { Float($0) / 4 }))]
    model.node(
        "BatchNormalization", ["c1", weights("s", [8]), weights("o", [8]), weights("m", [8]), "variance"], ["n1"],
        name: "norm")
    model.node("Relu", ["n1"], ["r1"], name: "relu")
    model.node(
        "Conv", ["r1", weights("w2", [8, 1, 3, 3]), weights("b2", [8])], ["c2"], name: "depthwise",
        [
            ("pads", .ints([1, 1, 1, 1])), ("group", .int(8)),
        ])
    model.node("Sigmoid", ["c2"], ["g2"], name: "gate")
    model.node("Mul", ["c2", "g2"], ["r2"], name: "silu")
    model.node("Add", ["r1", "r2"], ["sum"], name: "residual")
    model.node(
        "MaxPool", ["sum"], ["half"], name: "pool", [("kernel_shape", .ints([2, 2])), ("strides", .ints([2, 2]))])
    model.node("Conv", ["half", weights("w3", [4, 8, 1, 1]), weights("b3", [4])], ["c3"], name: "pointwise")
    model.initializers.append(("slopes", floats([4, 1, 1], [0.1, 0.2, 0.3, 0.4])))
    model.node("PRelu", ["c3", "slopes"], ["p3"], name: "prelu")
    model.initializers.append(("scales", floats([4], [1, 1, 2, 2])))
    model.node("Resize", ["p3", "", "scales"], ["up"], name: "resize", [("mode", .string("linear"))])
    model.node("Concat", ["up", "sum"], ["map"], name: "join", [("axis", .int(1))])
    model.node("GlobalAveragePool", ["map"], ["mean"], name: "mean")
    model.node("Shape", ["image"], ["shape"], name: "shape")
    model.initializers += [("zero", ints([0])), ("rest", ints([-1]))]
    model.node("Gather", ["shape", "zero"], ["batch"], name: "batch")
    model.node("Concat", ["batch", "rest"], ["flat"], name: "flat", [("axis", .int(0))])
    model.node("Reshape", ["mean", "flat"], ["features"], name: "features")
    model.node("MatMul", ["features", weights("w4", [12, 5])], ["logits"], name: "classify")
    model.node("Softmax", ["logits"], ["scores"], name: "softmax")
    return model
}
