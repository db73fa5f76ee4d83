import ONNX
import Tensors
import TestSupport
import Testing

/// A model whose convolutions' weights can be constants or inputs. With inputs it stays with planes, and with it all that
/// follows: that is what the blocked layout is compared with.
struct BlockedNetwork {
    var model = ModelBuilder()
    var weights: [(String, Tensor)] = []
    var seed: UInt64 = 10

    init(input: [Int], opset: Int = 13) {
        model.opset = opset
        model.inputs = [("x", .float32, input)]
        model.outputs = [("y", .float32, nil)]
    }

    mutating func constant(_ name: String, _ tensor: Tensor) { model.initializers.append((name, tensor)) }

    mutating func node(
        _ name: String, _ inputs: [String], _ output: String, _ attributes: [(String, Attribute)] = []
    ) {
        model.node(name, inputs, [output], name: output, attributes)
    }

    /// A convolution with a bias; `weights` is [filters, channels of a group, height, width].
    mutating func conv(
        _ input: String, _ output: String, _ shape: [Int], _ attributes: [(String, Attribute)] = [],
        transposed: Bool = false, filters: Int? = nil
    ) {
        seed += 2
        let fan = Float((shape[1] * shape[2] * shape[3])).squareRoot()
        weights.append(
            ("\(output).w", floats(shape, random(shape, seed: seed).floats.array.map { $0 / fan })))
        model.initializers.append(
            ("\(output).b", random([filters ?? shape[transposed ? 1 : 0]], seed: seed + 1)))
        node(
            transposed ? "ConvTranspose" : "Conv", [input, "\(output).w", "\(output).b"], output, attributes)
    }

    func run(blocked: Bool, threads: Int = 1) throws -> (y: Tensor, operators: [String]) {
        var model = model
        var feeds = ["x": random(try #require(model.inputs[0].2).map { $0 ?? 1 }, seed: 3)]
        if blocked {
            model.initializers += weights
        } else {
            for (name, tensor) in weights {
                model.inputs.append((name, .float32, tensor.shape))
                feeds[name] = tensor
            }
        }
        let session = try Session(
            bytes: model.bytes, name: "test", pool: WorkerPool(threads: threads), options: .init(measuresTime: true))
        let y = try #require(session.run(feeds)["y"])
        return (y, session.profile.entries.map(\.operatorName).sorted())
    }

    /// Checks the result against that of planes, at any number of threads.
    ///
    /// - Parameter operators: what must run, reorderings among them, where that is the point.
    func check(operators: [String]? = nil, tolerance: Float = 3e-5) throws {
        let planes = try run(blocked: false)
        let blocks = try run(blocked: true)
        #expect(blocks.y.shape == planes.y.shape)
        #expect(Tolerance.relative(tolerance).mismatch(blocks.y.floats.array, planes.y.floats.array) == nil)
        #expect(!planes.operators.contains("Reorder"))
        if let operators { #expect(blocks.operators == operators) }
        for threads in 2...3 {
            let again = try run(blocked: true, threads: threads)
            #expect(again.y.floats.array.map(\.bitPattern) == blocks.y.floats.array.map(\.bitPattern))
        }
    }
}
