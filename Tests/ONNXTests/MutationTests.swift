import Foundation
import ONNX
import Tensors
import TestSupport
import Testing

/// Seeded damage to sound models, to what they say and to their bytes: each mutant is refused by a typed error, or loads and runs.
@Suite("Mutated models")
struct MutationTests {
    /// How many mutants; `HECKLE_MUTATIONS` for more.
    static let count = ProcessInfo.processInfo.environment["HECKLE_MUTATIONS"].flatMap(Int.init) ?? 8_000
    static let parts = 8

    @Test("Every mutant is refused, or runs", arguments: 0..<parts)
    func mutants(part: Int) {
        let pool = WorkerPool(threads: 1)
        let bases = [rewrittenNetwork, smallNetwork(), smallNetwork(size: nil)]
        let cases = OperatorCase.all.filter { $0.inputs.allSatisfy { ($0?.count ?? 0) < 4096 } }
        let operators = Set(cases.map(\.operatorName)).sorted()
        var (refused, sound) = (0, 0)
        for index in stride(from: part, to: Self.count, by: Self.parts) {
            var mutator = ModelMutator(seed: UInt64(index) &* 0x9E37_79B9, operators: operators)
            // Half of them are networks, which the rewrites take hold of.
            let base = Bool.random(using: &mutator.random) ? bases.randomElement(using: &mutator.random) : nil
            let mode = OperatorCase.Mode.allCases.randomElement(using: &mutator.random) ?? .given
            guard var model = base ?? cases.randomElement(using: &mutator.random)?.model(mode) else {
                Issue.record("no operator's cases")
                return
            }
            for _ in 0..<Int.random(in: 1...3, using: &mutator.random) { mutator.mutate(&model) }
            var bytes = model.bytes
            if Int.random(in: 0..<4, using: &mutator.random) == 0 { mutator.damage(&bytes) }
            if survives(bytes, pool) { sound += 1 } else { refused += 1 }
        }
        // Both happen often, or the mutations test nothing.
        #expect(refused > Self.count / Self.parts / 10)
        #expect(sound > Self.count / Self.parts / 50)
    }

    // What mutants found:

    @Test func declaredInputsThatNoMemoryHolds() {
        var network = rewrittenNetwork
        network.inputs[0].2 = [1, 1 << 62, 24, 24]
        #expect(failure(of: network)?.file == "test.onnx")
        var sum = ModelBuilder()
        sum.inputs = [("x", .float32, [1 << 40, 1 << 40])]
        sum.outputs = [("y", .float32, nil)]
        sum.node("ReduceSum", ["x"], ["y"])
        #expect(failure(of: sum)?.file == "test.onnx")
    }

    @Test func sizesThatAreNoIntegers() {
        var model = ModelBuilder()
        model.inputs = [("x", .float32, [1, 16, 8, 8])]
        model.outputs = [("y", .float32, nil)]
        model.initializers = [("w", random([16, 16, 1, 1])), ("sizes", floats([4], [1, 16, 16, 16]))]
        model.node("Conv", ["x", "w"], ["c"])
        model.node("Resize", ["c", "", "", "sizes"], ["y"], name: "enlarge")
        #expect(failure(of: model)?.node == "enlarge")
    }
}

/// A network of what the rewrites look for: a focus, convolutions of every kind with what follows them, squeeze-and-excite, a
/// residual sum, poolings, parts that are joined, an enlarged map, a product by rows.
private var rewrittenNetwork: ModelBuilder {
    var model = ModelBuilder()
    model.inputs = [("x", .float32, [1, 3, 24, 24])]
    model.outputs = [("y", .float32, nil), ("rows", .float32, nil)]
    var seed: UInt64 = 500
    func weights(_ shape: [Int]) -> String {
        seed += 1
        model.initializers.append(("w\(seed)", random(shape, seed: seed)))
        return "w\(seed)"
    }
    let same: [(String, Attribute)] = [("pads", .ints([1, 1, 1, 1]))]
    for (name, values) in [("0", [0]), ("1", [1]), ("2", [2]), ("3", [3]), ("end", [Int.max]), ("flat", [1, 16, -1])] {
        model.initializers.append((name, ints(values)))
    }
    for (index, place) in [(0, 0), (1, 0), (0, 1), (1, 1)].enumerated() {
        model.node("Slice", ["x", "\(place.0)", "end", "2", "2"], ["half\(index)"])
        model.node("Slice", ["half\(index)", "\(place.1)", "end", "3", "2"], ["quarter\(index)"])
    }
    model.node("Concat", (0..<4).map { "quarter\($0)" }, ["quarters"], [("axis", .int(1))])
    model.node("Conv", ["quarters", weights([16, 12, 3, 3]), weights([16])], ["stem"], same)
    model.node("Sigmoid", ["stem"], ["gate"])
    model.node("Mul", ["stem", "gate"], ["silu"])
    model.node("Conv", ["silu", weights([16, 16, 3, 3])], ["c1"], same)
    model.initializers.append(("variance", floats([16], (1...16).map { Float($0) / 8 })))
    model.node("BatchNormalization", ["c1", weights([16]), weights([16]), weights([16]), "variance"], ["norm"])
    model.node("Relu", ["norm"], ["r1"])
    model.node("Conv", ["r1", weights([16, 1, 3, 3]), weights([16])], ["depthwise"], same + [("group", .int(16))])
    model.node("GlobalAveragePool", ["depthwise"], ["mean"])
    model.node("Conv", ["mean", weights([4, 16, 1, 1])], ["squeezed"])
    model.node("LeakyRelu", ["squeezed"], ["bent"], [("alpha", .float(0.1))])
    model.node("Conv", ["bent", weights([16, 4, 1, 1])], ["excited"])
    model.node("HardSigmoid", ["excited"], ["scales"])
    model.node("Mul", ["depthwise", "scales"], ["excitation"])
    model.node("Add", ["excitation", "r1"], ["sum"])
    model.node("Conv", ["sum", weights([12, 16, 1, 1]), weights([12])], ["mixed"])
    model.node("Conv", ["mixed", weights([8, 12, 1, 1]), weights([8])], ["left"])
    model.node("Conv", ["sum", weights([8, 16, 5, 5])], ["right"], [("pads", .ints([2, 2, 2, 2]))])
    model.node("Concat", ["left", "right"], ["joined"], [("axis", .int(1))])
    model.node("MaxPool", ["joined"], ["small"], [("kernel_shape", .ints([2, 2])), ("strides", .ints([2, 2]))])
    model.initializers.append(("twice", floats([4], [1, 1, 2, 2])))
    model.node("Conv", ["sum", weights([16, 16, 5, 5])], ["dense"], [("pads", .ints([2, 2, 2, 2]))])
    model.node("Relu", ["dense"], ["rectified"])
    model.node(
        "MaxPool", ["rectified"], ["pooled"],
        [("kernel_shape", .ints([3, 3])), ("strides", .ints([2, 2])), ("pads", .ints([1, 1, 1, 1]))])
    model.node("Conv", ["sum", weights([16, 1, 3, 3])], ["sparse"], same + [("group", .int(16))])
    model.node("MaxPool", ["sparse"], ["halved"], [("kernel_shape", .ints([2, 2])), ("strides", .ints([2, 2]))])
    model.node("Sum", ["small", "pooled", "halved"], ["smaller"])
    model.node("Resize", ["smaller", "", "twice"], ["large"], [("mode", .string("nearest"))])
    model.node("Concat", ["large", "joined"], ["wide"], [("axis", .int(1))])
    model.initializers.append(("rim", ints([0, 0, 1, 1, 0, 0, 1, 1])))
    model.node("Pad", ["wide", "rim"], ["padded"])
    model.node("Conv", ["padded", weights([16, 32, 3, 3])], ["c2"])
    model.node("PRelu", ["c2", weights([16, 1, 1])], ["bounded"])
    model.node("ConvTranspose", ["bounded", weights([16, 4, 2, 2])], ["y"], [("strides", .ints([2, 2]))])
    model.node("Reshape", ["bounded", "flat"], ["flattened"])
    model.node("Transpose", ["flattened"], ["turned"], [("perm", .ints([0, 2, 1]))])
    model.node("MatMul", ["turned", weights([16, 5])], ["products"])
    model.node("Softmax", ["products"], ["rows"], [("axis", .int(-1))])
    return model
}
