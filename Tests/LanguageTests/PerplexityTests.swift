import Foundation
import Language
import Tensors
import TestSupport
import Testing

@Suite("Perplexity")
struct PerplexityTests {
    private static let text = "The quick brown fox jumps over the lazy dog, and the dog does not mind. Ünïcode as well!"

    /// Surprises by the definition: one token at a time, each window afresh.
    private func naive(_ model: LanguageModel, context: Int, bos: Token?) throws -> [Double] {
        let tokens = model.tokenizer.encode(Self.text, addBOS: bos != nil)
        var surprises: [Double] = []
        for window in 0..<tokens.count / context {
            var part = Array(tokens[window * context..<(window + 1) * context])
            if let bos { part[0] = bos }
            let sequence = model.makeSequence(cache: .float32)
            for index in 0..<context - 1 {
                let scores = try sequence.append([part[index]]).array.map(Double.init)
                guard index >= context / 2 else { continue }
                let sum = scores.reduce(0) { $0 + exp($1) }
                surprises.append(-log(exp(scores[part[index + 1]]) / sum))
            }
        }
        return surprises
    }

    @Test("Windows are scored by their definition", arguments: [4, 5, 16, 40], [false, true])
    func definition(context: Int, begins: Bool) throws {
        var file = TinyModel().file()
        file.add("tokenizer.ggml.add_bos_token", begins)
        let model = try LanguageModel(file.file(), pool: WorkerPool(threads: 2))
        let bos = begins ? model.tokenizer.bos : nil
        let surprises = try naive(model, context: context, bos: bos)
        let perplexity = try Perplexity(model, text: Self.text, context: context, cache: .float32)
        var windows: [Int] = []
        let estimate = try perplexity.run(onWindow: { done, _ in windows.append(done) })
        #expect(windows == Array(1...perplexity.windows))
        #expect(perplexity.windows == perplexity.tokens.count / context)
        #expect(
            estimate.tokens == surprises.count && estimate.tokens == perplexity.windows * (context - context / 2 - 1))
        let mean = surprises.reduce(0, +) / Double(surprises.count)
        let variance = surprises.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(surprises.count)
        let error = exp(mean) * (variance / Double(surprises.count - 1)).squareRoot()
        #expect(abs(estimate.perplexity / exp(mean) - 1) < 1e-4)
        #expect(abs((estimate.standardError ?? 0) / error - 1) < 1e-3)
    }

    @Test("A model without an opinion is as perplexed as it has tokens")
    func uniform() throws {
        var file = TinyModel().file()
        let index = try #require(file.tensors.firstIndex { $0.name == "output.weight" })
        file.tensors[index].data = [UInt8](repeating: 0, count: file.tensors[index].data.count)
        let model = try LanguageModel(file.file(), pool: WorkerPool(threads: 1))
        let estimate = try Perplexity(model, text: Self.text, context: 20, windows: 2).run()
        #expect(estimate.tokens == 18)
        #expect(abs(estimate.perplexity - Double(TinyModel().vocabulary.count)) < 1e-6)
        #expect((estimate.standardError ?? 1) < 1e-5)
    }

    @Test("What cannot be scored is an error with its counts")
    func errors() throws {
        let model = try TinyModel().model()
        let count = model.tokenizer.encode(Self.text).count
        #expect(
            throws: LanguageError.option(name: "text", expected: "a window of at least 100 tokens", got: "\(count)")
        ) { try Perplexity(model, text: Self.text, context: 100) }
        for context in [3, 513] {
            #expect(throws: LanguageError.option(name: "context", expected: "4 to 512 tokens", got: "\(context)")) {
                try Perplexity(model, text: Self.text, context: context)
            }
        }
        #expect(throws: LanguageError.self) { try Perplexity(model, text: Self.text, context: 10, windows: 0) }
        #expect(throws: LanguageError.cancelled) {
            try Perplexity(model, text: Self.text, context: 10).run(isCancelled: { true })
        }
        var file = TinyModel().file()
        let index = try #require(file.tensors.firstIndex { $0.name == "output_norm.weight" })
        file.tensors[index].data = encoded([Float](repeating: .nan, count: 32), as: F32()) ?? []
        let broken = try LanguageModel(file.file(), pool: WorkerPool(threads: 1))
        #expect(throws: LanguageError.noFiniteScore(afterTokens: 9)) {
            try Perplexity(broken, text: Self.text, context: 10).run()
        }
    }

    @Test("A benchmark measures what it was asked to, and counts what a token reads")
    func benchmark() throws {
        let untied = try TinyModel().model()
        let benchmark = LanguageBenchmark(untied)
        let result = try benchmark.run(promptTokens: 40, decodedTokens: 3, runs: 2)
        #expect(result.promptTokens == 40 && result.decodedTokens == 3)
        #expect(result.prefill.minimum > 0 && result.prefill.minimum <= result.prefill.median)
        #expect(result.decode.median <= result.decode.maximum)
        let (vocabulary, keysAndValues) = (untied.tokenizer.count, 2 * 16 * 32)
        let layer = 32 * 32 + keysAndValues + 32 * 32 + 3 * 32 * 64
        #expect(benchmark.weightBytesPerToken == untied.weightBytes - (vocabulary - 1) * 32 * 4)
        #expect(benchmark.operationsPerToken(scored: false) == 2 * (layer + keysAndValues))
        #expect(benchmark.operationsPerToken(scored: true) == 2 * (2 * layer + vocabulary * 32))
        let tied = try LanguageBenchmark(TinyModel(tied: true).model())
        #expect(tied.weightBytesPerToken == tied.model.weightBytes)
        #expect(tied.operationsPerToken(scored: true) == benchmark.operationsPerToken(scored: true))
        #expect(throws: LanguageError.contextExceeded(needed: 513, limit: 512)) {
            try benchmark.run(promptTokens: 500, decodedTokens: 13, runs: 1)
        }
        #expect(throws: LanguageError.self) { try benchmark.run(promptTokens: 0, decodedTokens: 1, runs: 1) }
    }
}
