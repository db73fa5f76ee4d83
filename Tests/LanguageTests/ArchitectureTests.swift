import Foundation
import Language
import Tensors
import TestSupport
import Testing

/// Every family against an independent forward pass in float64, `Tests/Python/language_reference.py`, which also writes the model.
@Suite("Architectures", .enabled(if: PythonTools.isAvailable, "\(PythonTools.reason)"))
struct ArchitectureTests {
    static let families = ["llama", "mistral", "qwen2", "qwen3", "phi3", "phi3long", "gemma", "gemma2", "gemma3"]

    private struct Reference: Decodable {
        struct Prompt: Decodable {
            let tokens: [Int]
            let logits: [Float]
            /// Of each step of a greedy continuation: the token, and how far it is ahead of the next best.
            let greedy: [[Double]]
        }
        let prompts: [Prompt]
    }

    /// A model's file and what it should compute.
    private static func write(_ family: String, _ weights: String) throws -> (file: [UInt8], reference: Reference) {
        let scratch = try Scratch()
        let (path, result) = (scratch.file("model.gguf"), scratch.file("result.json"))
        _ = try PythonTools.run("Python/language_reference.py", [family, path, result, weights])
        return (try fileBytes(path), try JSONDecoder().decode(Reference.self, from: Data(fileBytes(result))))
    }

    private static func load(_ file: [UInt8], threads: Int = 2) throws -> LanguageModel {
        try LanguageModel(read(file), pool: WorkerPool(threads: threads))
    }

    /// Divergences in nats. Float32 arithmetic and a float32 cache leave 1e-12; a cache in half precision rounds keys and values
    /// to 11 bits, one in Q8_0 to 8. llama.cpp's own default is at 1e-6 to 1e-5 on such models.
    @Test(
        "Scores are those of the forward pass in float64, and greedy answers the same", arguments: families,
        [
            ("F32", [CacheType.float32: 1e-11]), ("F16", [.float32: 1e-11, .float16: 4e-6, .q8_0: 5e-3]),
        ])
    func matchesReference(family: String, kind: (weights: String, bounds: [CacheType: Double])) throws {
        let (file, reference) = try Self.write(family, kind.weights)
        let model = try Self.load(file)
        #expect(reference.prompts.map(\.tokens.count) == [1, 7, 33, 100])
        for (type, bound) in kind.bounds {
            for prompt in reference.prompts {
                let sequence = model.makeSequence(cache: type)
                var logits = try sequence.append(prompt.tokens).array
                let off = divergence(prompt.logits, logits)
                #expect(abs(off) < bound, "\(type), \(prompt.tokens.count) tokens: \(off)")
                for step in prompt.greedy {
                    // A token is certain where the rounding of the cache cannot have turned the order.
                    if step[1] < (type == .q8_0 ? 0.3 : 0.02) { break }
                    #expect(logits.firstIndex(of: logits.max() ?? 0) == Int(step[0]))
                    logits = try sequence.append([Int(step[0])]).array
                }
            }
        }
    }

    @Test("Scores are the same to the bit at any number of threads", arguments: ["phi3long", "gemma2", "gemma3"])
    func sameAtAnyThreadCount(family: String) throws {
        let (file, reference) = try Self.write(family, "Q8_0")
        let all = try [1, 2, 5].map { threads in
            try Self.load(file, threads: threads).makeSequence().append(reference.prompts[3].tokens).array
        }
        #expect(all[0] == all[1] && all[0] == all[2])
    }

    @Test("Phi 3 turns by the short factors where the sequence cannot become long")
    func shortFactors() throws {
        let (file, reference) = try Self.write("phi3long", "F32")
        let model = try Self.load(file)
        let prompt = reference.prompts[2]
        let long = try model.makeSequence(capacity: 65, cache: .float32).append(prompt.tokens).array
        let short = try model.makeSequence(capacity: 64, cache: .float32).append(prompt.tokens).array
        #expect(abs(divergence(prompt.logits, long)) < 1e-11)
        #expect(divergence(prompt.logits, short) > 1e-4)
    }

    @Test(
        "Metadata out of its range is an error that names the key",
        arguments: [
            ("gemma2", "gemma2.attn_logit_softcapping"), ("gemma2", "gemma2.attention.sliding_window"),
            ("gemma3", "gemma3.rope.scaling.factor"), ("phi3long", "phi3.rope.scaling.original_context_length"),
            ("phi3long", "phi3.rope.scaling.attn_factor"), ("mistral", "llama.attention.sliding_window"),
            ("qwen3", "qwen3.attention.key_length"), ("gemma3", "gemma3.rope.freq_base"),
        ])
    func unsound(family: String, key: String) throws {
        var bytes = try Self.write(family, "F16").file
        // The key, four bytes of type, then the value: all bits set are no number and no size.
        let name = Array(key.utf8)
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: name) }) + name.count + 4
        for index in place..<place + 4 { bytes[index] = 0xFF }
        #expect {
            try Self.load(bytes)
        } throws: { error in
            guard case LanguageError.metadata(_, key, _, _)? = error as? LanguageError else { return false }
            return true
        }
    }
}
