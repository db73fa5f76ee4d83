import KernelCases
import Kernels
import Tensors
import TestSupport
import Testing

/// One kernel at one level.
struct KernelCase: Sendable, CustomTestStringConvertible {
    let level: Int
    let levelName: String
    let index: Int32
    let kernel: String

    var testDescription: String { "\(kernel) at \(levelName)" }

    /// Every kernel at every level that this processor runs.
    static let all: [KernelCase] = {
        var count: Int32 = 0
        let tables = unsafe kernels_levels(&count)
        return (0..<Int(count)).flatMap { level in
            let levelName = unsafe String(cString: tables[level].level)
            return (0..<kernel_case_count()).map { index in
                KernelCase(
                    level: level, levelName: levelName, index: index,
                    kernel: unsafe String(cString: kernel_case_name(index)))
            }
        }
    }()
}

@Suite("Kernels at every level of this processor")
struct LevelTests {
    @Test("agrees with its naive reference", arguments: KernelCase.all)
    func agrees(_ kernelCase: KernelCase) {
        var count: Int32 = 0
        let tables = unsafe kernels_levels(&count)
        var result = unsafe kernel_case_run(kernelCase.index, tables + kernelCase.level)
        let message = unsafe withUnsafeBytes(of: &result.message) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        #expect(message.isEmpty, "\(message)")
        #expect(result.comparisons > 0)
    }

    @Test func levelsBeginWithThePortableOne() {
        var count: Int32 = 0
        let tables = unsafe kernels_levels(&count)
        let names = (0..<Int(count)).map { unsafe String(cString: tables[$0].level) }
        #expect(names.first == "portable")
        #expect(Set(names).count == names.count)
        #expect(Set(names).isSubset(of: ["portable", "avx2", "avx512vnni", "dotprod", "i8mm"]))
    }

    @Test func blocksHaveTheSizesOfTheirFormat() {
        #expect(MemoryLayout<kernels_q8_0>.size == BlockFormat.q8_0.byteCount)
        #expect(MemoryLayout<kernels_q4_0>.size == BlockFormat.q4_0.byteCount)
        #expect(MemoryLayout<kernels_q4_1>.size == BlockFormat.q4_1.byteCount)
        #expect(MemoryLayout<kernels_q5_0>.size == BlockFormat.q5_0.byteCount)
        #expect(MemoryLayout<kernels_q5_1>.size == BlockFormat.q5_1.byteCount)
        #expect(MemoryLayout<kernels_iq4_nl>.size == BlockFormat.iq4_nl.byteCount)
        #expect(MemoryLayout<kernels_q2_k>.size == BlockFormat.q2_k.byteCount)
        #expect(MemoryLayout<kernels_q3_k>.size == BlockFormat.q3_k.byteCount)
        #expect(MemoryLayout<kernels_q4_k>.size == BlockFormat.q4_k.byteCount)
        #expect(MemoryLayout<kernels_q5_k>.size == BlockFormat.q5_k.byteCount)
        #expect(MemoryLayout<kernels_q6_k>.size == BlockFormat.q6_k.byteCount)
        #expect(MemoryLayout<kernels_q8x4>.size == VectorFormat.q8x4.bytes(for: 128))
        #expect(MemoryLayout<kernels_q8x8>.size == VectorFormat.q8x8.bytes(for: 256))
    }
}
