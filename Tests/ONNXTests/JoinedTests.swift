import Foundation
import ONNX
import Tensors
import TestSupport
import Testing

/// `Concat` of values that are computed where they belong in its result: nothing may overwrite what is still wanted.
@Suite struct JoinedTests {
    /// Whole cache lines a channel, and not: then only some parts can lie in place.
    @Test(arguments: [[4, 4], [3, 3]])
    func partsThatAreReadElsewhere(_ size: [Int]) throws {
        var model = ModelBuilder()
        let shape = [1, 2] + size
        model.inputs = [("x", .float32, shape)]
        model.outputs = ["joined", "again", "square", "inner"].map { ($0, .float32, nil) }
        model.initializers = [("k", random(shape, seed: 1)), ("one", floats([], [1]))]
        model.node("Neg", ["x"], ["a"])
        model.node("Exp", ["x"], ["b"])
        model.node("Concat", ["a", "b"], ["inner"], [("axis", .int(1))])
        // Twice the same, a result of the same kind, a constant and an input of the graph.
        model.node("Concat", ["inner", "k", "a", "x", "inner"], ["joined"], [("axis", .int(1))])
        // Reads and could overwrite what is a part.
        model.node("Mul", ["a", "a"], ["square"])
        model.node("Abs", ["b"], ["c"])
        model.node("Concat", ["c", "c"], ["d"], [("axis", .int(1))])
        model.node("Add", ["d", "one"], ["again"])
        for threads in [1, 2] {
            let session = try Session(bytes: model.bytes, name: "test", pool: WorkerPool(threads: threads))
            let x = random(shape, seed: 2)
            let results = try session.run(["x": x])
            let (values, k) = (x.floats.array, random(shape, seed: 1).floats.array)
            let (a, b) = (values.map { -$0 }, values.map { exp($0) })
            func check(_ name: String, _ expected: [Float]) throws {
                let got = try #require(results[name]).floats.array
                #expect(Tolerance.relative(1e-6).mismatch(got, expected) == nil, "\(name)")
            }
            try check("inner", a + b)
            try check("joined", a + b + k + a + values + a + b)
            try check("square", values.map { $0 * $0 })
            try check("again", (b + b).map { $0 + 1 })
        }
    }

    /// Two values of the input's shape, `a` and `b`.
    private func halves(_ size: [Int]) -> ModelBuilder {
        var model = ModelBuilder()
        model.inputs = [("x", .float32, size)]
        model.outputs = [("y", .float32, nil)]
        model.node("Neg", ["x"], ["a"])
        model.node("Exp", ["x"], ["b"])
        return model
    }

    @Test func partsInPlaceTakeNoMemoryOfTheirOwn() throws {
        var model = halves([1, 4, 8, 8])
        model.node("Concat", ["a", "b"], ["c"], [("axis", .int(1))])
        model.node("Sqrt", ["c"], ["y"])
        let session = try Session(bytes: model.bytes, name: "test", pool: WorkerPool(threads: 1))
        // The square root overwrites what was joined.
        #expect(try session.scratchBytes(for: ["x": [1, 4, 8, 8]]) == 2 * 4 * 8 * 8 * 4)
    }

    /// With two images in a batch the parts are no runs of memory.
    @Test func batchesAreCopied() throws {
        var model = halves([2, 4, 8, 8])
        model.node("Concat", ["a", "b"], ["y"], [("axis", .int(1))])
        let session = try Session(bytes: model.bytes, name: "test", pool: WorkerPool(threads: 1))
        let x = random([2, 4, 8, 8], seed: 3)
        let y = try #require(session.run(["x": x])["y"]).floats.array
        let values = x.floats.array
        let expected = [0, 256].flatMap { start in
            let image = values[start..<start + 256]
            return image.map { -$0 } + image.map { exp($0) }
        }
        #expect(Tolerance.relative(1e-6).mismatch(y, expected) == nil)
    }
}
