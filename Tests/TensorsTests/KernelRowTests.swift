import Foundation
import Tensors
import TestSupport
import Testing

@Suite("Kernel: rows, blocks and matrices")
struct KernelRowTests {
    @Test func reductions() {
        let x = Buffer<Float>([1, -2, 4])
        #expect(Kernel.dot(x, Buffer([3, 5, 7])) == 21)
        #expect(Kernel.sum(x) == 3)
        #expect(Kernel.largest(x) == 4)
        #expect(Kernel.largest(Buffer(count: 0)) == -.infinity)
        #expect(Kernel.squaredDeviation(x, from: 1) == 18)
    }

    @Test func softmaxSumsToOne() {
        let y = Buffer<Float>(count: 3)
        Kernel.softmax(Buffer([0, Float(log(2.0)), Float(log(5.0))]), into: y)
        #expect(Tolerance.ulp(4).mismatch(y.array, [0.125, 0.25, 0.625]) == nil)
    }

    @Test func rmsNormDividesByTheRoot() {
        let y = Buffer<Float>(count: 2)
        Kernel.rmsNorm(Buffer([3, -4]), weight: Buffer([1, 10]), epsilon: 0, into: y)
        let root = Float(12.5).squareRoot()
        #expect(Tolerance.ulp(4).mismatch(y.array, [3 / root, -40 / root]) == nil)
    }

    /// A quarter turn of the first two pairs of each of two heads of six; the last pair stays.
    @Test(arguments: [
        (Kernel.RopePairing.interleaved, [-2, 1, -4, 3, 5, 6, -8, 7, -10, 9, 11, 12]),
        (Kernel.RopePairing.halves, [-3, -4, 1, 2, 5, 6, -9, -10, 7, 8, 11, 12]),
    ])
    func ropeTurnsPairs(pairing: Kernel.RopePairing, expected: [Float]) {
        let x = Buffer<Float>((1...12).map(Float.init))
        Kernel.rope(
            x, cosines: Buffer([0, 0]), sines: Buffer([1, 1]), heads: 2, headSize: 6, rotated: 4, pairing: pairing)
        #expect(x.array == expected)
    }

    @Test func halvesThereAndBack() {
        let values: [Float] = [0, 1, -2.5, 65504, 0x1p-24, .infinity]
        let halves = Buffer<UInt16>(count: 6)
        Kernel.float16(Buffer(values), into: halves)
        #expect(halves.array == [0, 0x3C00, 0xC100, 0x7BFF, 1, 0x7C00])
        let back = Buffer<Float>(count: 6)
        Kernel.float32(fromFloat16: halves, into: back)
        #expect(back.array == values)
        Kernel.float32(fromBFloat16: Buffer([0, 0x3F80, 0xC020, 0x7F80, 0x8000, 0x4000]), into: back)
        #expect(back.array == [0, 1, -2.5, .infinity, 0, 2])
    }

    /// How far a value may come back from what it was, as a share of its block's largest magnitude: half a step where scales
    /// follow the largest value, a whole one where they are searched for, or where the largest value may be cut by one step.
    static let steps: [(BlockFormat, Float)] = [
        (.q8_0, 0.5 / 127), (.q4_0, 1.0 / 8), (.q4_1, 2.0 / 15), (.q5_0, 1.0 / 15), (.q5_1, 2.0 / 31),
        (.iq4_nl, 1.0 / 6),
        (.q4_k, 2.0 / 14), (.q5_k, 2.0 / 30), (.q6_k, 1.0 / 30),
    ]

    @Test(arguments: steps)
    func blocksHoldTheirValues(format: BlockFormat, step: Float) {
        var random = TestRandom(seed: 5)
        let count = 10 * format.length
        let values = random.floats(count)
        let blocks = Buffer<UInt8>(count: format.bytes(for: count))
        Kernel.quantize(Buffer(values), as: format, into: blocks)
        let back = Buffer<Float>(count: count)
        Kernel.dequantize(blocks, as: format, into: back)
        for block in stride(from: 0, to: count, by: format.length) {
            let largest = values[block..<block + format.length].map(abs).max() ?? 0
            for index in block..<block + format.length {
                #expect(abs(back[index] - values[index]) <= largest * (step + 0x1p-10))
            }
        }
    }

    @Test func everyFormatIsWrittenOrOnlyRead() {
        #expect(
            BlockFormat.allCases.filter(\.isWritten) == BlockFormat.allCases.filter { ![.q2_k, .q3_k].contains($0) })
        #expect(Set(Self.steps.map(\.0)) == Set(BlockFormat.allCases.filter(\.isWritten)))
    }

    @Test func blockFormatsCountTheirBytes() async {
        #expect(BlockFormat.q8_0.bytes(for: 64) == 68)
        #expect(BlockFormat.q4_0.bytes(for: 64) == 36)
        #expect(BlockFormat.q4_0.bytes(for: 0) == 0)
        #expect(BlockFormat.q6_k.bytes(for: 512) == 420)
        #expect(VectorFormat.q8x4.bytes(for: 160) == 320)
        #expect(VectorFormat.q8x8.bytes(for: 512) == 896)
        await #expect(processExitsWith: .failure) { _ = BlockFormat.q8_0.bytes(for: 33) }
        await #expect(processExitsWith: .failure) { _ = BlockFormat.q4_k.bytes(for: 128) }
        await #expect(processExitsWith: .failure) { _ = VectorFormat.q8x8.bytes(for: 128) }
    }

    /// y keeps `stride` between vectors, and rows may be cut.
    @Test func matrixVectorsLandWhereTheyShould() {
        let weights = Buffer<Float>([1, 2, 3, 4, 5, 6])  // [3, 2]
        let x = Buffer<Float>([1, 10, 2, 20])  // [2, 2]
        let y = Buffer<Float>(count: 7)
        Kernel.matrixVectors(weights, rows: 3, columns: 2, x, vectors: 2, into: y, stride: 4)
        #expect(y.array == [21, 43, 65, 0, 42, 86, 130])
        let last = Buffer<Float>(count: 1)
        Kernel.matrixVectors(weights[4..<6], rows: 1, columns: 2, x[0..<2], into: last)
        #expect(last.array == [65])
        let halves = Buffer<UInt16>(count: 6)
        Kernel.float16(weights, into: halves)
        let again = Buffer<Float>(count: 7)
        Kernel.matrixVectors(float16: halves, rows: 3, columns: 2, x, vectors: 2, into: again, stride: 4)
        #expect(again.array == y.array)
    }

    /// The product of blocks is that of what they hold, but for the rounding of x to 8 bits.
    @Test(arguments: BlockFormat.allCases, [1, 3, 12, 31])
    func blockProductsAgreeWithTheirValues(format: BlockFormat, vectors: Int) {
        let (rows, columns) = (9, 3 * format.length)
        var random = TestRandom(seed: 6)
        // Bytes below 60 make halves between 0 and 1 of any two.
        let weights = Buffer(
            (0..<rows * format.bytes(for: columns)).map { _ in UInt8.random(in: 0..<60, using: &random) })
        let plainX = Buffer(random.floats(vectors * columns))
        let x = Buffer<UInt8>(count: vectors * format.vectorFormat.bytes(for: columns))
        Kernel.quantize(plainX, vectors: vectors, as: format.vectorFormat, into: x)
        let y = Buffer<Float>(count: rows * vectors)
        Kernel.matrixVectors(weights, as: format, rows: rows, columns: columns, x, vectors: vectors, into: y)

        let plainWeights = Buffer<Float>(count: rows * columns)
        Kernel.dequantize(weights, as: format, into: plainWeights)
        let expected = Buffer<Float>(count: rows * vectors)
        Kernel.matrixVectors(plainWeights, rows: rows, columns: columns, plainX, vectors: vectors, into: expected)
        #expect(Tolerance.relative(0.02).mismatch(y.array, expected.array) == nil)
    }

    @Test func gemmTakesTransposesAndLeadingDimensions() {
        // [2, 3] times [3, 2], by every way to store them.
        let a = Buffer<Float>([1, 2, 3, 4, 5, 6])
        let aTransposed = Buffer<Float>([1, 4, 2, 5, 3, 6])
        let b = Buffer<Float>([1, 0, 2, 1, 0, 3])
        let bTransposed = Buffer<Float>([1, 2, 0, 0, 1, 3])
        for (transposeA, transposeB) in [(false, false), (true, false), (false, true), (true, true)] {
            let c = Buffer<Float>(repeating: 1, count: 5)
            Kernel.gemm(
                transposeA: transposeA, transposeB: transposeB, m: 2, n: 2, k: 3, alpha: 2,
                transposeA ? aTransposed : a,
                lda: transposeA ? 2 : 3, transposeB ? bTransposed : b, ldb: transposeB ? 3 : 2, beta: 10, into: c,
                ldc: 3)
            #expect(c.array == [20, 32, 1, 38, 56])
        }
    }

    @Test func shapesThatDoNotFitStop() async {
        await #expect(processExitsWith: .failure) {
            Kernel.matrixVectors(Buffer(count: 6), rows: 3, columns: 2, Buffer(count: 2), into: Buffer(count: 2))
        }
        await #expect(processExitsWith: .failure) {
            Kernel.gemm(
                m: 2, n: 2, k: 2, Buffer(count: 4), lda: 1, Buffer(count: 4), ldb: 2, into: Buffer(count: 4), ldc: 2)
        }
        await #expect(processExitsWith: .failure) {
            Kernel.gemm(
                m: 2, n: 2, k: 2, Buffer(count: 4), lda: 2, Buffer(count: 3), ldb: 2, into: Buffer(count: 4), ldc: 2)
        }
        await #expect(processExitsWith: .failure) {
            Kernel.rope(
                Buffer(count: 8), cosines: Buffer(count: 2), sines: Buffer(count: 2), heads: 2, headSize: 4, rotated: 6,
                pairing: .halves)
        }
    }
}

extension Buffer {
    /// `count` times the same element.
    fileprivate init(repeating element: Element, count: Int) {
        self.init(Array(repeating: element, count: count))
    }
}
