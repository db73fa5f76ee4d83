import Language
import Tensors
import TestSupport
import Testing

@Suite("Batches")
struct BatchTests {
    private static let shape = TinyModel(
        embedding: 64, feedForward: 128, heads: 4, keyValueHeads: 2, headSize: 16, seed: 51)

    private func best(_ logits: [Float]) -> Token { logits.firstIndex(of: logits.max() ?? 0) ?? -1 }

    /// A prompt's greedy continuation by itself, with the scores on the way.
    private func alone(_ model: LanguageModel, _ prompt: [Token], _ count: Int) throws -> [(
        token: Token, logits: [Float]
    )] {
        let sequence = model.makeSequence()
        var logits = try sequence.append(prompt).array
        var steps: [(token: Token, logits: [Float])] = []
        while steps.count < count {
            steps.append((best(logits), logits))
            logits = try sequence.append([best(logits)]).array
        }
        return steps
    }

    @Test(
        "Sequences that join and leave at any step are decoded as each would be alone",
        arguments: [F32() as any QuantizedType, Q8_0(), Q4_0()], [4, 32])
    func joinAndLeave(type: any QuantizedType, chunk: Int) throws {
        let model = try Self.shape.model(type, threads: 2)
        // Prompt length, the step at which it joins, tokens it writes.
        let plans = [(40, 0, 12), (1, 0, 30), (7, 2, 3), (90, 3, 5), (2, 3, 9), (33, 11, 6), (3, 14, 1)]
        let prompts = plans.enumerated().map { LLaMATests.tokens($1.0, seed: UInt64($0)) }
        let expected = try zip(plans, prompts).map { try alone(model, $1, $0.2) }
        let batch = Batch(model, chunk: chunk)
        var places: [Batch.Member: Int] = [:]
        var written = plans.map { _ in 0 }
        var step = 0
        while step < 200, written.indices.contains(where: { written[$0] < plans[$0].2 }) {
            for (index, plan) in plans.enumerated() where plan.1 == step {
                places[try batch.join(model.makeSequence(), prompts[index])] = index
            }
            for scores in try batch.step() {
                let index = try #require(places[scores.member])
                let logits = scores.logits.array
                let wanted = expected[index][written[index]]
                #expect(Tolerance.absolute(1e-3).mismatch(logits, wanted.logits) == nil)
                #expect(best(logits) == wanted.token)
                written[index] += 1
                if written[index] == plans[index].2 {
                    batch.leave(scores.member)
                } else {
                    try batch.append([best(logits)], to: scores.member)
                }
            }
            step += 1
        }
        #expect(written == plans.map(\.2))
        #expect(batch.count == 0 && batch.isIdle)
        #expect(try batch.step().isEmpty)
    }

    @Test("With more sequences than a step holds, each gets its turn")
    func turns() throws {
        let model = try Self.shape.model()
        let batch = Batch(model, chunk: 3)
        var served: [Batch.Member: Int] = [:]
        for index in 0..<8 { served[try batch.join(model.makeSequence(), [index])] = 0 }
        for _ in 0..<16 {
            for scores in try batch.step() {
                served[scores.member, default: 0] += 1
                try batch.append([1], to: scores.member)
            }
        }
        #expect(served.values.reduce(0, +) == 48)
        #expect(served.values.allSatisfy { $0 >= 3 })
    }

    @Test("A cancelled step is as if it had not begun")
    func cancellation() throws {
        let model = try Self.shape.model()
        let prompts = [LLaMATests.tokens(50), LLaMATests.tokens(3, seed: 2)]
        let batch = Batch(model)
        let sequences = prompts.map { _ in model.makeSequence() }
        let members = try zip(sequences, prompts).map { try batch.join($0, $1) }
        _ = try batch.step()
        let before = sequences.map(\.tokens)
        var asked = 0
        #expect(throws: LanguageError.cancelled) {
            try batch.step {
                asked += 1
                return asked == 2
            }
        }
        #expect(sequences.map(\.tokens) == before)
        var got: [Batch.Member: [Float]] = [:]
        while !batch.isIdle { for scores in try batch.step() { got[scores.member] = scores.logits.array } }
        let whole = try model.makeSequence().append(prompts[0]).array
        #expect(Tolerance.absolute(1e-3).mismatch(got[members[0]] ?? [], whole) == nil)
    }

    @Test("What does not fit is refused with both counts")
    func limits() throws {
        let model = try Self.shape.model()
        let batch = Batch(model)
        #expect(throws: LanguageError.contextExceeded(needed: 11, limit: 10)) {
            try batch.join(model.makeSequence(capacity: 10), LLaMATests.tokens(11))
        }
        #expect(throws: LanguageError.noSuchToken(260, vocabulary: 260)) { try batch.join(model.makeSequence(), [260]) }
        let member = try batch.join(model.makeSequence(capacity: 10), LLaMATests.tokens(8))
        #expect(throws: LanguageError.contextExceeded(needed: 11, limit: 10)) {
            try batch.append([1, 2, 3], to: member)
        }
        try batch.append([1, 2], to: member)
        #expect(throws: LanguageError.option(name: "cache", expected: "F16", got: "Q8_0")) {
            try batch.join(model.makeSequence(cache: .q8_0), [1])
        }
        #expect(try batch.step().count == 1)
        #expect(batch.count == 1)
    }

    @Test("Several answers to one prompt share its evaluation and are those of their seeds")
    func choices() throws {
        let model = try Self.shape.model(threads: 2)
        let prompt = LLaMATests.tokens(75)
        func options(_ seed: UInt64) -> GenerationOptions {
            GenerationOptions(
                sampling: .init(temperature: 1, topK: 0, topP: 1, minP: 0, seed: seed), maximumTokens: 12)
        }
        let expected = try (UInt64(0)..<3).map { seed in
            let generator = try Generator(
                model.makeSequence(), prompt: prompt, automaton: Unconstrained(), options: options(seed))
            var tokens: [Token] = []
            while let piece = try generator.next() { tokens.append(piece.token) }
            return tokens
        }
        let shared = model.makeSequence()
        _ = try shared.append(prompt.dropLast())
        let generators = try (UInt64(0)..<3).map {
            try Generator(shared.fork(), prompt: prompt, automaton: Unconstrained(), options: options($0))
        }
        let batch = Batch(model)
        var answers: [[Token]] = [[], [], []]
        var waiting: [Batch.Member: Int] = [:]
        var members: [Int: Batch.Member] = [:]
        /// Lets a generator run until it asks for scores or ends.
        func go(_ index: Int) throws {
            while true {
                switch try generators[index].advance() {
                case .piece(let piece): answers[index].append(piece.token)
                case .end:
                    if let member = members[index] { batch.leave(member) }
                    return
                case .evaluate(let tokens):
                    if let member = members[index] {
                        try batch.append(tokens, to: member)
                    } else {
                        members[index] = try batch.join(generators[index].sequence, tokens)
                    }
                    waiting[members[index]!] = index
                    return
                }
            }
        }
        for index in generators.indices { try go(index) }
        while !batch.isIdle {
            for scores in try batch.step() {
                let index = try #require(waiting[scores.member])
                if let piece = try generators[index].take(scores.logits) { answers[index].append(piece.token) }
                try go(index)
            }
        }
        #expect(answers == expected)
        #expect(Set(answers).count == 3)
        #expect(generators.allSatisfy { $0.usage.cachedTokens == 74 && $0.usage.promptTokens == 75 })
        #expect(generators.allSatisfy { $0.usage.evaluatedTokens <= $0.usage.generatedTokens + 1 })
    }
}
