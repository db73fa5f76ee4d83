import Language
import Tensors
import TestSupport
import Testing

@Suite("Generating")
struct GeneratorTests {
    private static let shape = TinyModel(merges: [("a", "b"), ("Ġ", "a")], seed: 31)

    private func run<Automaton: TokenAutomaton>(
        _ generator: Generator<Automaton>
    ) throws -> (tokens: [Token], text: String) {
        var tokens: [Token] = []
        var text = ""
        while let piece = try generator.next() {
            tokens.append(piece.token)
            text += piece.text
        }
        return (tokens, text)
    }

    @Test("Greedy answers are the best token each time, with and without a cached prompt")
    func greedy() throws {
        let model = try Self.shape.model()
        let prompt = LLaMATests.tokens(12)
        let generator = try Generator(
            model.makeSequence(), prompt: prompt, automaton: Unconstrained(),
            options: .init(sampling: .greedy, maximumTokens: 20))
        let (tokens, _) = try run(generator)
        let sequence = model.makeSequence()
        var expected: [Token] = []
        var logits = try sequence.append(prompt).array
        while expected.count < 20 {
            let best = try #require(logits.indices.max { (logits[$0], -$0) < (logits[$1], -$1) })
            if model.tokenizer.endOfGeneration.contains(best) { break }
            expected.append(best)
            logits = try sequence.append([best]).array
        }
        #expect(tokens == expected)
        #expect(generator.usage.promptTokens == 12 && generator.usage.cachedTokens == 0)
        #expect(generator.usage.generatedTokens == tokens.count)
        // On the same sequence all but the prompt's last token is known.
        let again = try Generator(
            sequence, prompt: prompt, automaton: Unconstrained(), options: .init(sampling: .greedy, maximumTokens: 20))
        #expect(again.usage.cachedTokens == 11)
        #expect(try run(again).tokens == expected)
        #expect(try again.next() == nil)
    }

    @Test("The same seed writes the same at any number of threads, another seed another text")
    func seeds() throws {
        func tokens(_ seed: UInt64, threads: Int) throws -> [Token] {
            let model = try Self.shape.model(threads: threads)
            let options = GenerationOptions(
                sampling: .init(temperature: 1, topK: 0, topP: 1, minP: 0, seed: seed), maximumTokens: 30)
            return try run(
                Generator(model.makeSequence(), prompt: [1, 2], automaton: Unconstrained(), options: options)
            ).tokens
        }
        let first = try tokens(7, threads: 1)
        #expect(try tokens(7, threads: 2) == first)
        #expect(try tokens(7, threads: 4) == first)
        #expect(try tokens(8, threads: 1) != first)
    }

    @Test("A trie's entries come whole, in as few evaluations as there are choices", arguments: 0..<6)
    func trie(seed: UInt64) throws {
        let model = try Self.shape.model()
        let tokenizer = model.tokenizer
        let lines = ["<c> a cup<say> Nice cup.", "<c> a cap<say> Nice cap.", "<c> b<say> Hm.", "<c> ä<say> Äh."]
        let entries = lines.enumerated().map {
            TokenTrie.Entry(tokens: tokenizer.encode($1, parseSpecial: true), payload: $0)
        }
        let trie = TokenTrie(entries, minimum: 2, maximum: 3)
        let options = GenerationOptions(
            sampling: .init(temperature: 2, topK: 0, topP: 1, minP: 0, seed: seed, prior: 0.5), maximumTokens: 200)
        let generator = try Generator(model.makeSequence(), prompt: [1, 2, 3], automaton: trie, options: options)
        let (tokens, text) = try run(generator)
        let chosen = trie.payloads(in: generator.state)
        #expect((2...3).contains(chosen.count) && Set(chosen).count == chosen.count)
        #expect(tokens == chosen.flatMap { entries[$0].tokens })
        #expect(text == tokenizer.decode(tokens))
        #expect(generator.finish == (chosen.count == 3 ? .automaton : .endToken))
        #expect(generator.usage.evaluatedTokens <= 3 + tokens.count)
        #expect(generator.usage.generatedTokens == tokens.count)
    }

    @Test("An answer without any choice asks the model nothing")
    func forced() throws {
        let model = try Self.shape.model()
        let sequence = model.makeSequence()
        let generator = try Generator(
            sequence, prompt: [1], automaton: TokenTrie([.init(tokens: [5, 6, 7], payload: 4)]),
            options: .init(sampling: .greedy))
        #expect(try run(generator).tokens == [5, 6, 7])
        #expect(generator.usage.evaluatedTokens == 0 && sequence.tokens.isEmpty)
        #expect(generator.finish == .automaton)
    }

    @Test("Under a grammar every text is one of its texts", arguments: 0..<10)
    func grammar(seed: UInt64) throws {
        let model = try Self.shape.model()
        let grammar = Grammar.sequence([
            .literal(" a"),
            .repetition(.choice([.literal("b"), .literal("ä"), .literal(" ab")]), atLeast: 1, atMost: 4), .literal("."),
        ])
        let automaton = try GrammarAutomaton(grammar, tokenizer: model.tokenizer)
        let options = GenerationOptions(sampling: .init(temperature: 1.5, topK: 0, topP: 1, minP: 0, seed: seed))
        let generator = try Generator(model.makeSequence(), prompt: [9, 9], automaton: automaton, options: options)
        let text = try run(generator).text
        #expect(text.hasPrefix(" a") && text.hasSuffix("."))
        var middle = text.dropFirst(2).dropLast()
        var parts = 0
        while !middle.isEmpty {
            guard let part = ["b", "ä", " ab"].first(where: { middle.hasPrefix($0) }) else { break }
            middle = middle.dropFirst(part.count)
            parts += 1
        }
        #expect(middle.isEmpty && (1...4).contains(parts))
        #expect(generator.finish == .automaton)
    }

    /// A stack as state: as many `b` as there were `a`, which no finite automaton can count.
    private struct Balanced: TokenAutomaton {
        struct State: Hashable, Sendable {
            var open = 0
            var closing = false
        }
        var start: State { State() }
        func allowed(in state: State) -> TokenSet {
            if state.closing { return TokenSet(state.open > 0 ? [98] : []) }
            return TokenSet(state.open == 0 ? [97] : [97, 98])
        }
        func advance(_ state: State, by token: Token) -> State? {
            guard allowed(in: state).contains(token) else { return nil }
            return token == 97
                ? State(open: state.open + 1, closing: false) : State(open: state.open - 1, closing: true)
        }
        func isAccepting(_ state: State) -> Bool { state.closing && state.open == 0 }
    }

    @Test("Automata need not be finite", arguments: 0..<8)
    func stack(seed: UInt64) throws {
        let options = GenerationOptions(
            sampling: .init(temperature: 3, topK: 0, topP: 1, minP: 0, seed: seed), maximumTokens: 400)
        let generator = try Generator(
            Self.shape.model().makeSequence(), prompt: [1], automaton: Balanced(), options: options)
        let tokens = try run(generator).tokens
        #expect(tokens.count { $0 == 97 } == tokens.count { $0 == 98 } && !tokens.isEmpty)
        #expect(generator.finish == .automaton)
    }

    @Test("Limits end an answer with their name")
    func limits() throws {
        let model = try Self.shape.model()
        let loop = try GrammarAutomaton(
            .repetition(.choice([.literal("a"), .literal("b")]), atLeast: 1000, atMost: nil), tokenizer: model.tokenizer
        )
        let short = try Generator(
            model.makeSequence(), prompt: [1], automaton: loop, options: .init(sampling: .greedy, maximumTokens: 5))
        #expect(try run(short).tokens.count == 5)
        #expect(short.finish == .maximumTokens)
        let full = try Generator(
            model.makeSequence(capacity: 10), prompt: [1, 2, 3], automaton: loop, options: .init(sampling: .greedy))
        #expect(try run(full).tokens.count == 8)
        #expect(full.finish == .context)
    }

    @Test("Prompts that do not fit, empty ones, and bad options are errors")
    func badRequests() throws {
        let model = try Self.shape.model()
        func make(_ prompt: [Token], _ options: GenerationOptions = .init(), capacity: Int = 10) throws {
            _ = try Generator(
                model.makeSequence(capacity: capacity), prompt: prompt, automaton: Unconstrained(), options: options)
        }
        #expect(throws: LanguageError.contextExceeded(needed: 11, limit: 10)) {
            try make([Token](repeating: 1, count: 10))
        }
        #expect(throws: Never.self) { try make([Token](repeating: 1, count: 9)) }
        #expect(throws: LanguageError.self) { try make([]) }
        #expect(throws: LanguageError.self) { try make([1], .init(maximumTokens: 0)) }
        #expect(throws: LanguageError.self) { try make([1], .init(sampling: .init(topP: 2))) }
        #expect(throws: LanguageError.noSuchToken(400, vocabulary: Self.shape.vocabulary.count)) {
            _ = try Generator(model.makeSequence(), prompt: [400], automaton: Unconstrained()).next()
        }
    }

    @Test("Cancellation stops before a token and within the prompt, and the answer can go on")
    func cancellation() throws {
        let model = try Self.shape.model()
        let prompt = LLaMATests.tokens(SequenceState.chunk + 6)
        var left = 3
        let sequence = model.makeSequence()
        let generator = try Generator(
            sequence, prompt: prompt, automaton: Unconstrained(), options: .init(sampling: .greedy, maximumTokens: 3)
        ) {
            left -= 1
            return left < 0
        }
        #expect(throws: LanguageError.cancelled) { try generator.next() }
        #expect(sequence.tokens == Array(prompt[..<SequenceState.chunk]))
        left = .max
        let (tokens, _) = try run(generator)
        let plain = try Generator(
            model.makeSequence(), prompt: prompt, automaton: Unconstrained(),
            options: .init(sampling: .greedy, maximumTokens: 3))
        #expect(tokens == (try run(plain).tokens))
    }

    /// One token, then nothing, and never accepting.
    private struct Trap: TokenAutomaton {
        var start: Bool { false }
        func allowed(in state: Bool) -> TokenSet { TokenSet(state ? [] : [97]) }
        func advance(_ state: Bool, by token: Token) -> Bool? { state || token != 97 ? nil : true }
        func isAccepting(_ state: Bool) -> Bool { false }
    }

    @Test("A constraint that allows nothing is an error")
    func deadEnd() throws {
        let generator = try Generator(Self.shape.model().makeSequence(), prompt: [1], automaton: Trap())
        #expect(try generator.next()?.text == "a")
        #expect(throws: LanguageError.deadEnd(afterTokens: 1)) { try generator.next() }
    }

    @Test("Broken weights are an error, not an endless or random answer")
    func brokenWeights() throws {
        var file = Self.shape.file()
        let index = try #require(file.tensors.firstIndex { $0.name == "output_norm.weight" })
        file.tensors[index].data = encoded([Float](repeating: .nan, count: 32), as: F32()) ?? []
        let model = try LanguageModel(file.file(), pool: WorkerPool(threads: 1))
        let generator = try Generator(model.makeSequence(), prompt: [1], automaton: Unconstrained())
        #expect(throws: LanguageError.noFiniteScore(afterTokens: 1)) { try generator.next() }
    }
}
