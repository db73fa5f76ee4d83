import Language
import Tensors
import TestSupport
import Testing

@Suite("Prompt lookup")
struct LookupTests {
    private static func run(
        _ model: LanguageModel, _ prompt: [Token], _ options: GenerationOptions, capacity: Int = 512
    ) throws -> (pieces: [Piece], usage: Usage, finish: Finish?, tokens: [Token]) {
        let sequence = model.makeSequence(capacity: capacity)
        let generator = try Generator(sequence, prompt: prompt, automaton: Unconstrained(), options: options)
        var pieces: [Piece] = []
        while let piece = try generator.next() { pieces.append(piece) }
        return (pieces, generator.usage, generator.finish, sequence.tokens)
    }

    @Test("Answers are those without it, drawn or greedy", arguments: [Float(0), 0.3, 1], [1, 4, 16])
    func same(temperature: Float, limit: Int) throws {
        for seed: UInt64 in 0..<3 { try same(temperature, limit, seed) }
    }

    private func same(_ temperature: Float, _ limit: Int, _ seed: UInt64) throws {
        let model = try TinyModel(seed: 80 + seed).model(threads: 2)
        // Repetitive, so that there is something to find.
        let prompt = Array((0..<6).map { _ in [1, 2, 3, 4, 1, 2, 5] }.joined())
        var options = GenerationOptions(
            sampling: .init(temperature: temperature, topK: 0, topP: 1, minP: 0, seed: seed), maximumTokens: 40)
        options.sampling.logprobs = 2
        let plain = try Self.run(model, prompt, options)
        options.lookup = limit
        let guessed = try Self.run(model, prompt, options)
        #expect(guessed.pieces == plain.pieces && guessed.finish == plain.finish)
        #expect(guessed.tokens == plain.tokens)
        #expect(guessed.usage.evaluatedTokens == plain.usage.evaluatedTokens)
        let (small, large) = (try Self.run(model, prompt, options, capacity: 50), plain.pieces.prefix(9))
        #expect(small.pieces == Array(large) && small.tokens.count <= 50)
    }

    @Test("A text that repeats itself needs fewer evaluations")
    func fewer() throws {
        // A model that says after each token the next of a cycle: only the embedding and the output matrix speak.
        let shape = TinyModel(layers: 1, embedding: 260, feedForward: 1, heads: 1, keyValueHeads: 1, headSize: 2)
        var file = shape.head
        for tensor in shape.tensors {
            var values = [Float](repeating: 0, count: tensor.values.count)
            for row in 0..<260 where tensor.name == "token_embd.weight" { values[row * 260 + row] = 1 }
            for row in 0..<260 where tensor.name == "output.weight" {
                values[row * 260 + (row + 4) % 5] = row < 5 ? 1 : 0
            }
            if tensor.shape.count == 1 { values = [Float](repeating: 1, count: values.count) }
            file.add(tensor: tensor.name, tensor.shape, 0, encoded(values, as: F32()) ?? [])
        }
        let model = try LanguageModel(file.file(), pool: WorkerPool(threads: 1))
        var asked = 0
        func evaluations(_ limit: Int) throws -> (count: Int, tokens: [Token]) {
            var options = GenerationOptions(sampling: .greedy, maximumTokens: 60)
            options.lookup = limit
            asked = 0
            // Asked once before each token and once in the only layer of each evaluation.
            let generator = try Generator(
                model.makeSequence(), prompt: [0, 1, 2, 3, 4, 0, 1], automaton: Unconstrained(), options: options
            ) {
                asked += 1
                return false
            }
            var tokens: [Token] = []
            while let piece = try generator.next() { tokens.append(piece.token) }
            return (asked - 61, tokens)
        }
        let (plain, guessed) = (try evaluations(0), try evaluations(8))
        #expect(plain.tokens == (0..<60).map { ($0 + 2) % 5 } && guessed.tokens == plain.tokens)
        #expect(plain.count == 60 && guessed.count <= 16)
    }
}
