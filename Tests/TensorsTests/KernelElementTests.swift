import Foundation
import Tensors
import TestSupport
import Testing

/// A wrapper of one row, and what it should give.
struct RowCase: Sendable, CustomTestStringConvertible {
    let name: String
    let run: @Sendable (Buffer<Float>, Buffer<Float>) -> Void
    let expected: @Sendable (Double) -> Double

    var testDescription: String { name }

    static let all = [
        RowCase(name: "relu", run: { Kernel.relu($0, into: $1) }, expected: { max($0, 0) }),
        RowCase(name: "squareRoot", run: { Kernel.squareRoot($0, into: $1) }, expected: { $0.squareRoot() }),
        RowCase(name: "exp", run: { Kernel.exp($0, into: $1) }, expected: { exp($0) }),
        RowCase(name: "sigmoid", run: { Kernel.sigmoid($0, into: $1) }, expected: { 1 / (1 + exp(-$0)) }),
        RowCase(name: "silu", run: { Kernel.silu($0, into: $1) }, expected: { $0 / (1 + exp(-$0)) }),
        RowCase(name: "tanh", run: { Kernel.tanh($0, into: $1) }, expected: { tanh($0) }),
        RowCase(
            name: "gelu", run: { Kernel.gelu($0, into: $1) },
            expected: { 0.5 * $0 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0))) }),
        RowCase(name: "erf", run: { Kernel.erf($0, into: $1) }, expected: { erf($0) }),
        RowCase(
            name: "hardSwish", run: { Kernel.hardSwish($0, into: $1) },
            expected: { $0 * min(1, max(0, $0 / 6 + 0.5)) }),
        RowCase(
            name: "leakyRelu", run: { Kernel.leakyRelu($0, slope: 0.1, into: $1) },
            expected: { $0 < 0 ? 0.1 * $0 : $0 }),
        RowCase(
            name: "clip", run: { Kernel.clip($0, low: -0.5, high: 0.75, into: $1) },
            expected: { min(0.75, max(-0.5, $0)) }),
        RowCase(
            name: "hardSigmoid", run: { Kernel.hardSigmoid($0, alpha: 0.2, beta: 0.4, into: $1) },
            expected: { min(1, max(0, 0.2 * $0 + 0.4)) }),
        RowCase(name: "add a number", run: { Kernel.add($0, 0.5, into: $1) }, expected: { $0 + 0.5 }),
        RowCase(name: "subtract a number", run: { Kernel.subtract($0, 0.5, into: $1) }, expected: { $0 - 0.5 }),
        RowCase(name: "multiply by a number", run: { Kernel.multiply($0, 0.3, into: $1) }, expected: { $0 * 0.3 }),
        RowCase(name: "divide by a number", run: { Kernel.divide($0, 0.3, into: $1) }, expected: { $0 / 0.3 }),
        RowCase(name: "maximum with a number", run: { Kernel.maximum($0, 0.3, into: $1) }, expected: { max($0, 0.3) }),
        RowCase(name: "minimum with a number", run: { Kernel.minimum($0, 0.3, into: $1) }, expected: { min($0, 0.3) }),
        RowCase(name: "subtract from a number", run: { Kernel.subtract(0.5, $0, into: $1) }, expected: { 0.5 - $0 }),
        RowCase(name: "divide a number", run: { Kernel.divide(0.5, $0, into: $1) }, expected: { 0.5 / $0 }),
        RowCase(
            name: "scale", run: { Kernel.scale($0, by: 1.5, offset: -0.25, into: $1) }, expected: { 1.5 * $0 - 0.25 }),
    ]
}

/// A wrapper of two rows, and what it should give.
struct PairCase: Sendable, CustomTestStringConvertible {
    let name: String
    let run: @Sendable (Buffer<Float>, Buffer<Float>, Buffer<Float>) -> Void
    let expected: @Sendable (Double, Double) -> Double

    var testDescription: String { name }

    static let all = [
        PairCase(name: "add", run: { Kernel.add($0, $1, into: $2) }, expected: { $0 + $1 }),
        PairCase(name: "subtract", run: { Kernel.subtract($0, $1, into: $2) }, expected: { $0 - $1 }),
        PairCase(name: "multiply", run: { Kernel.multiply($0, $1, into: $2) }, expected: { $0 * $1 }),
        PairCase(name: "divide", run: { Kernel.divide($0, $1, into: $2) }, expected: { $0 / $1 }),
        PairCase(name: "maximum", run: { Kernel.maximum($0, $1, into: $2) }, expected: { max($0, $1) }),
        PairCase(name: "minimum", run: { Kernel.minimum($0, $1, into: $2) }, expected: { min($0, $1) }),
        PairCase(
            name: "siluMultiply", run: { Kernel.siluMultiply(gate: $0, up: $1, into: $2) },
            expected: { $0 / (1 + exp(-$0)) * $1 }),
    ]
}

/// The wrappers hand each argument to the right place of the right kernel; the kernels' own tests are `KernelsTests`.
@Suite("Kernel: single elements")
struct KernelElementTests {
    @Test(arguments: RowCase.all, [0, 1, 37])
    func oneRow(_ row: RowCase, count: Int) {
        var random = TestRandom(seed: 3)
        // Away from zero on both sides, or above it for the root.
        let values = random.floats(count).map { row.name == "squareRoot" ? abs($0) : $0 + ($0 < 0 ? -0.1 : 0.1) }
        let y = Buffer<Float>(count: count)
        row.run(Buffer(values), y)
        let expected = values.map { Float(row.expected(Double($0))) }
        // Single floats as the constants, which the references have as doubles.
        #expect(Tolerance.relative(1e-6).mismatch(y.array, expected) == nil)
        let inPlace = Buffer(values)
        row.run(inPlace, inPlace)
        #expect(inPlace.array == y.array)
    }

    @Test(arguments: PairCase.all, [0, 1, 37])
    func twoRows(_ pair: PairCase, count: Int) {
        var random = TestRandom(seed: 4)
        let a = random.floats(count)
        let b = random.floats(count).map { $0 + ($0 < 0 ? -0.5 : 0.5) }
        let y = Buffer<Float>(count: count)
        pair.run(Buffer(a), Buffer(b), y)
        let expected = zip(a, b).map { Float(pair.expected(Double($0), Double($1))) }
        #expect(Tolerance.relative(1e-6).mismatch(y.array, expected) == nil)
    }

    @Test func axpyAddsToWhatIsThere() {
        let y = Buffer<Float>([1, 2, 3])
        Kernel.axpy(2, Buffer([10, 20, 30]), into: y)
        #expect(y.array == [21, 42, 63])
    }

    @Test func otherCountsStop() async {
        await #expect(processExitsWith: .failure) {
            Kernel.add(Buffer<Float>(count: 4), Buffer(count: 4), into: Buffer(count: 3))
        }
        await #expect(processExitsWith: .failure) { Kernel.exp(Buffer<Float>(count: 4), into: Buffer(count: 5)) }
        await #expect(processExitsWith: .failure) { Kernel.axpy(1, Buffer<Float>(count: 4), into: Buffer(count: 5)) }
    }

    @Test func readOnlyOutputsStop() async {
        await #expect(processExitsWith: .failure) {
            let scratch = try Scratch()
            let storage = try Storage(mapping: scratch.write([UInt8](repeating: 0, count: 16), to: "floats"))
            guard let y = storage.buffer(of: Float.self, at: 0, count: 4) else { return }
            Kernel.relu(Buffer(count: 4), into: y)
        }
    }

    @Test func theLevelIsOneOfThoseThereAre() {
        #expect(Kernel.levels.first == "portable")
        #expect(Kernel.levels.contains(Kernel.level))
        if Kernel.unknownLevel != nil { #expect(Kernel.level == Kernel.levels.last) }
    }
}
