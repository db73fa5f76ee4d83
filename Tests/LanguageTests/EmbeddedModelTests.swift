import Foundation
import Language
import Tensors
import TestSupport
import Testing

/// The language model of `Weights/`.
private enum EmbeddedModel {
    static let path = Repository.file("Weights/heckle-writer.gguf")
    static let isThere = FileManager.default.fileExists(atPath: path)
}

@Suite(
    "The embedded model",
    .enabled(if: EmbeddedModel.isThere, "needs Weights/heckle-writer.gguf, which has not been trained yet"))
struct EmbeddedModelTests {
    /// The texts of the line table: the last field of each line that is not a remark.
    private static func lines() throws -> [String] {
        String(decoding: try fileBytes(Repository.file("Weights/lines.tsv")), as: UTF8.self)
            .split(separator: "\n").filter { !$0.hasPrefix("@") }
            .compactMap { $0.split(separator: "\t").last.map { " \($0)" } }
    }

    @Test("Every line survives its tokens, and none holds a control token")
    func lines() throws {
        let tokenizer = try LanguageModel(path: EmbeddedModel.path, pool: WorkerPool(threads: 1)).tokenizer
        let lines = try Self.lines()
        #expect(lines.count > 1000)
        for line in lines {
            let tokens = tokenizer.encode(line)
            #expect(tokenizer.decode(tokens) == line)
            #expect(!tokens.contains(where: tokenizer.isControl))
        }
    }

    @Test(
        "Lines of a trie come whole and never twice, the same for the same seed at any number of threads",
        arguments: 0..<4)
    func answers(seed: UInt64) throws {
        var random = TestRandom(seed: seed)
        let lines = try Self.lines().shuffled(using: &random).prefix(120)
        let answers = try [1, 2, 4].map { threads in
            let model = try LanguageModel(path: EmbeddedModel.path, pool: WorkerPool(threads: threads))
            let entries = lines.enumerated().map { index, line in
                TokenTrie.Entry(
                    tokens: model.tokenizer.encode("<c><people> one<say>\(line)", parseSpecial: true), payload: index)
            }
            let trie = TokenTrie(entries, minimum: 3, maximum: 3)
            let prompt = model.tokenizer.encode("<s><roast><dry><people> one", parseSpecial: true)
            let sampling = SamplingOptions(temperature: 1, topK: 0, topP: 1, minP: 0, seed: seed, prior: 0.3)
            let generator = try Generator(
                model.makeSequence(), prompt: prompt, automaton: trie,
                options: .init(sampling: sampling, maximumTokens: 500))
            var tokens: [Token] = []
            while let piece = try generator.next() { tokens.append(piece.token) }
            let chosen = trie.payloads(in: generator.state)
            #expect(tokens == chosen.flatMap { entries[$0].tokens })
            #expect(Set(chosen).count == 3)
            return chosen
        }
        #expect(answers[0] == answers[1] && answers[0] == answers[2])
    }

}
