import Foundation
import Language
import Tensors
import TestSupport
import Testing

/// Seeded damage to sound files: each mutant is refused by a typed error, or read and then sound in every respect.
@Suite("Mutated GGUF files")
struct GGUFMutationTests {
    /// How many mutants; `HECKLE_MUTATIONS` for more.
    static let count = ProcessInfo.processInfo.environment["HECKLE_MUTATIONS"].flatMap(Int.init) ?? 24_000
    static let parts = 8

    /// One of every metadata type, and a tensor of every type.
    static let base: [UInt8] = {
        var file = GGUFTests.sample
        for type in QuantizedTypes.all {
            let bytes = (0..<2 * type.blockBytes).map { UInt8(truncatingIfNeeded: 31 &* $0) }
            file.add(tensor: "t.\(type.name)", [type.blockSize, 2], type.code, bytes)
        }
        file.add("llama.block_count", UInt32(2))
        file.add("llama.context_length", UInt32(64))
        file.add("llama.embedding_length", UInt32(8))
        file.add("llama.attention.head_count", UInt32(2))
        file.add("general.architecture", "llama")
        return file.bytes
    }()

    /// Numbers that lengths, counts, sizes and offsets go wrong at.
    static let edges: [UInt64] = [
        0, 1, 3, 31, 32, 33, 0x7F, 0x80, 0xFF, 0xFFFF, 1 << 20, 0x7FFF_FFFF, 1 << 31, 0xFFFF_FFFF, 1 << 32, 1 << 33,
        1 << 59, 1 << 60, 1 << 61, 1 << 62, (1 << 63) - 32, 1 << 63, .max - 31, .max - 7, .max,
    ]

    static func mutate(_ bytes: inout [UInt8], _ random: inout TestRandom) {
        // Nearly all that can go wrong is in the head.
        let place = Int.random(in: 0..<bytes.count * 3 / 4, using: &random)
        switch Int.random(in: 0..<8, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2, 3, 4:
            let width = [4, 8].randomElement(using: &random) ?? 8
            let edge = edges.randomElement(using: &random) ?? 0
            for index in 0..<min(width, bytes.count - place) {
                bytes[place + index] = UInt8(truncatingIfNeeded: edge >> UInt64(8 * index))
            }
        case 5: bytes.removeLast(Int.random(in: 0..<bytes.count - place, using: &random))
        case 6: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...16, using: &random)))
        default:
            let length = min(bytes.count - place, Int.random(in: 1...64, using: &random))
            let target = Int.random(in: 0...bytes.count, using: &random)
            bytes.insert(contentsOf: Array(bytes[place..<place + length]), at: target)
        }
        if bytes.isEmpty { bytes = [0] }
    }

    /// Uses everything that a file gives.
    static func walk(_ file: GGUFFile, byteCount: Int) {
        for (key, value) in file.metadata {
            #expect(file[key] != nil)
            _ = value.text()
            if case .array(let array) = value {
                #expect(array.prefix(5).count <= min(5, array.count))
                if let ranges = array.stringRanges {
                    #expect(ranges.count == array.count && ranges.allSatisfy { $0.upperBound <= byteCount })
                }
            }
        }
        var end = 0
        for tensor in file.tensors.sorted(by: { $0.offset < $1.offset }) {
            #expect(tensor.offset >= end && tensor.offset % tensor.type.alignment == 0)
            end = tensor.offset + tensor.byteCount
            let data = file.data(of: tensor)
            #expect(end <= byteCount && data.count == tensor.byteCount)
            let values = Buffer<Float>(count: tensor.columns * tensor.rows)
            tensor.type.dequantize(data, into: values)
        }
        let summary = GGUFSummary(file)
        #expect(summary.tensorBytes <= byteCount)
        _ = summary.cacheBytes(tokens: 1 << 30, bytesPerNumber: 4)
    }

    @Test("Every mutant is refused, or sound", arguments: 0..<parts)
    func mutants(part: Int) {
        var (refused, sound) = (0, 0)
        for index in stride(from: part, to: Self.count, by: Self.parts) {
            var random = TestRandom(seed: UInt64(index) &* 0x9E37_79B9)
            var bytes = Self.base
            for _ in 0..<Int.random(in: 1...3, using: &random) { Self.mutate(&bytes, &random) }
            do throws(LanguageError) {
                Self.walk(try read(bytes), byteCount: bytes.count)
                sound += 1
            } catch { refused += 1 }
        }
        // Both happen often, or the mutations test nothing.
        #expect(refused > Self.count / Self.parts / 10)
        #expect(sound > Self.count / Self.parts / 50)
    }
}
