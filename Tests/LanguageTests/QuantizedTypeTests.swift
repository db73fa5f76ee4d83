import Language
import Tensors
import TestSupport
import Testing

@Suite("Quantised formats")
struct QuantizedTypeTests {
    /// Name, number in files, values and bytes of a block, as ggml defines them.
    static let layouts: [(String, UInt32, Int, Int)] = [
        ("F32", 0, 1, 4), ("F16", 1, 1, 2), ("BF16", 30, 1, 2), ("Q8_0", 8, 32, 34), ("Q4_0", 2, 32, 18),
        ("Q4_1", 3, 32, 20), ("Q5_0", 6, 32, 22), ("Q5_1", 7, 32, 24), ("IQ4_NL", 20, 32, 18), ("Q2_K", 10, 256, 84),
        ("Q3_K", 11, 256, 110), ("Q4_K", 12, 256, 144), ("Q5_K", 13, 256, 176), ("Q6_K", 14, 256, 210),
    ]

    @Test("Every format has ggml's number and block layout")
    func layout() {
        #expect(QuantizedTypes.all.count == Self.layouts.count)
        for (name, code, values, bytes) in Self.layouts {
            let type = QuantizedTypes.type(code: code)
            #expect(type?.name == name)
            #expect(type?.blockSize == values)
            #expect(type?.blockBytes == bytes)
        }
        #expect(QuantizedTypes.type(code: 23) == nil)
        #expect(QuantizedTypes.name(code: 12) == "Q4_K")
        #expect(QuantizedTypes.name(code: 23) == "IQ4_XS")
        #expect(QuantizedTypes.name(code: 777) == "number 777")
    }

    @Test("Sizes are counted in whole blocks, without overflow")
    func sizes() {
        #expect(Q4_0().byteCount(shape: [64, 3]) == 2 * 18 * 3)
        #expect(Q4_0().byteCount(shape: [48]) == nil)
        #expect(F32().byteCount(shape: [5, 7]) == 140)
        #expect(F32().byteCount(shape: [Int.max / 2, 1]) == nil)
        #expect(F32().byteCount(shape: [1 << 32, 1 << 32]) == nil)
        #expect(F32().byteCount(shape: []) == nil)
    }

    /// Half a step of the format (a whole one at the side of Q4_0 that the largest value does not lie on), and the scale's own
    /// error: half precision stores it to 11 bits, and in steps of 2^-24 where it is very small.
    @Test("Values come back within half a step", arguments: [("Q8_0", Float(0.5), Float(127)), ("Q4_0", 1, 8)])
    func roundTrip(name: String, step: Float, steps: Float) throws {
        let type = try #require(QuantizedTypes.all.first { $0.name == name })
        var random = TestRandom(seed: 3)
        for scale in [Float(1e-4), 1, 300] {
            let values = random.floats(320).map { $0 * scale }
            let back = decoded(try #require(encoded(values, as: type)), as: type)
            for block in 0..<10 {
                let part = block * 32..<(block + 1) * 32
                let largest = values[part].map(abs).max() ?? 0
                let error = zip(values[part], back[part]).map { abs($0 - $1) }.max() ?? 0
                #expect(error <= largest * (step / steps + 0x1p-11) + steps * 0x1p-25)
            }
        }
        #expect(
            decoded(try #require(encoded([Float](repeating: 0, count: 32), as: type)), as: type).allSatisfy { $0 == 0 })
    }

    /// The rounding of ggml's reference quantiser, as it is published, one operation after the other in float32.
    @Test("Blocks are the reference quantiser's to the bit")
    func referenceRounding() throws {
        var random = TestRandom(seed: 4)
        for round in 0..<200 {
            var values = random.floats(32).map { $0 * Float(1 + round) }
            // Ties and equal magnitudes of both signs.
            if round % 4 == 1 { values = values.map { ($0 * 4).rounded() / 2 } }
            if round % 4 == 2 { values[7] = -values[3] }
            if round % 4 == 3 { values = values.map { $0 > 0 ? 1 : -1 } }
            #expect(encoded(values, as: Q8_0()) == Self.q8(values))
            #expect(encoded(values, as: Q4_0()) == Self.q4(values))
        }
    }

    private static func half(_ value: Float) -> [UInt8] { encoded([value], as: F16()) ?? [] }

    private static func q8(_ values: [Float]) -> [UInt8] {
        let scale = (values.map(abs).max() ?? 0) / 127
        let inverse = scale == 0 ? 0 : 1 / scale
        return half(scale) + values.map { UInt8(bitPattern: Int8(($0 * inverse).rounded(.toNearestOrAwayFromZero))) }
    }

    private static func q4(_ values: [Float]) -> [UInt8] {
        var extreme: Float = 0
        for value in values where abs(value) > abs(extreme) { extreme = value }
        let scale = extreme / -8
        let inverse = scale == 0 ? 0 : 1 / scale
        let quants = values.map { value -> UInt8 in
            let product = value * inverse
            return UInt8(min(15, Int(product + 8.5)))
        }
        return half(scale) + (0..<16).map { quants[$0] | quants[$0 + 16] << 4 }
    }

    @Test("Q6_K blocks are read as the format says")
    func q6() {
        var random = TestRandom(seed: 5)
        for _ in 0..<20 {
            let quants = (0..<256).map { _ in Int.random(in: 0..<64, using: &random) }
            let scales = (0..<16).map { _ in Int8.random(in: -128...127, using: &random) }
            var block = [UInt8](repeating: 0, count: 210)
            for (index, quant) in quants.enumerated() {
                // Value 128 h + 32 r + p: low bits in byte 64 h + 32 (r mod 2) + p, nibble r / 2; high bits in byte 32 h + p.
                let (half, run, place) = (index / 128, index / 32 % 4, index % 32)
                block[64 * half + 32 * (run % 2) + place] |= UInt8(quant & 15) << UInt8(4 * (run / 2))
                block[128 + 32 * half + place] |= UInt8(quant >> 4) << UInt8(2 * run)
            }
            for (index, scale) in scales.enumerated() { block[192 + index] = UInt8(bitPattern: scale) }
            block[208...] = Self.half(0.25)[...]
            let expected = quants.indices.map { Float(0.25) * Float(scales[$0 / 16]) * Float(quants[$0] - 32) }
            #expect(decoded(block, as: Q6_K()) == expected)
        }
    }

    @Test("Rows times vectors are what their values make", arguments: QuantizedTypes.all.map(\.name), [(1, 1), (5, 3)])
    func products(name: String, shape: (rows: Int, vectors: Int)) throws {
        let type = try #require(QuantizedTypes.all.first { $0.name == name })
        let (rows, vectors, columns) = (shape.rows, shape.vectors, 512)
        var random = TestRandom(seed: 6)
        // Bytes below 60 make numbers between 0 and 1 of any two or four.
        let weights = (0..<rows * type.rowBytes(columns: columns)).map { _ in UInt8.random(in: 0..<60, using: &random) }
        let activations = Activations(columns: columns, vectors: vectors)
        let inputs = random.floats(columns * vectors)
        activations.floats(columns: columns, vectors: vectors).copy(from: Buffer(inputs))
        activations.prepare(columns: columns, vectors: vectors, for: [type], pool: WorkerPool(threads: 2))
        let values = decoded(weights, as: type)
        let target = Buffer<Float>(count: vectors * (rows + 1))
        type.multiply(
            Buffer(weights), rows: rows, columns: columns, with: activations, vectors: vectors,
            into: target[0..<target.count - 1], stride: rows + 1)
        // Vectors become 8-bit values before they meet blocks.
        let allowed = type.activation == .float32 ? 1e-5 : 4e-3
        for vector in 0..<vectors {
            for row in 0..<rows {
                let x = inputs[vector * columns..<(vector + 1) * columns]
                let terms = zip(values[row * columns..<(row + 1) * columns], x).map { Double($0) * Double($1) }
                let size = terms.map(abs).reduce(0, +)
                #expect(abs(Double(target[vector * (rows + 1) + row]) - terms.reduce(0, +)) <= allowed * size)
            }
        }
    }

    /// Blocks of any bytes, NaN and infinite scales among them; the reference is numpy's arithmetic on the same bytes.
    @Test(
        "Values are those of the Python package gguf to the bit",
        .enabled(if: PythonTools.isAvailable, "\(PythonTools.reason)"), arguments: QuantizedTypes.all.map(\.name))
    func python(name: String) throws {
        let type = try #require(QuantizedTypes.all.first { $0.name == name })
        var random = TestRandom(seed: UInt64(type.code))
        var bytes: [UInt8] = []
        for block in 0..<600 {
            let fill: UInt8? = [0: 0, 1: 0xFF, 2: 0x7F, 3: 0x80][block]
            for _ in 0..<type.blockBytes { bytes.append(fill ?? UInt8.random(in: 0...255, using: &random)) }
        }
        let scratch = try Scratch()
        let values = decoded(bytes, as: type).flatMap { GGUFBytes.number($0.bitPattern) }
        try scratch.write(bytes, to: "blocks")
        try scratch.write(values, to: "values")
        let report = try PythonTools.run(
            "Python/dequantized.py", [name, scratch.file("blocks"), scratch.file("values")])
        #expect(report == "same \(600 * type.blockSize)\n")
    }
}
