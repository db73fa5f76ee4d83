import Language
import TestSupport
import Testing

@Suite("Token sets")
struct TokenSetTests {
    @Test("A set holds what it was made of, short or long", arguments: [0, 1, 5, 256, 257, 3000])
    func members(count: Int) {
        var random = TestRandom(seed: UInt64(count))
        let tokens = (0..<count).map { _ in Int.random(in: 0..<10_000, using: &random) }
        let set = TokenSet(tokens)
        let sorted = Set(tokens).sorted()
        #expect(set.count == sorted.count)
        #expect(set.isEmpty == tokens.isEmpty)
        #expect(set.tokens(below: .max) == sorted)
        #expect(set.tokens(below: 500) == sorted.filter { $0 < 500 })
        for token in [-1, 0, 1, 63, 64, 9_999, 10_000, .max] { #expect(set.contains(token) == sorted.contains(token)) }
        for token in tokens { #expect(set.contains(token)) }
        let more = set.union([3, 20_000, 3])
        #expect(more.tokens(below: .max) == Set(tokens + [3, 20_000]).sorted())
        #expect(more.count == Set(tokens + [3, 20_000]).count)
    }

    @Test("All is all")
    func all() {
        #expect(TokenSet.all.contains(77) && !TokenSet.all.isEmpty && TokenSet.all.count == nil)
        #expect(TokenSet.all.tokens(below: 3) == [0, 1, 2])
        #expect(TokenSet.all.union([5]) == .all)
    }
}

@Suite("Tries of entries")
struct TokenTrieTests {
    private static func entries(_ sequences: [[Token]], groups: [Int]? = nil) -> [TokenTrie.Entry] {
        sequences.indices.map { .init(tokens: sequences[$0], payload: $0, group: groups?[$0]) }
    }

    /// Walks every path of a trie and returns token sequences with the payloads at their end.
    private func answers(_ trie: TokenTrie, limit: Int = 12) -> [[Token]: [Int]] {
        var found: [[Token]: [Int]] = [:]
        func walk(_ state: TokenTrie.State, _ written: [Token]) {
            if trie.isAccepting(state) { found[written] = trie.payloads(in: state) }
            guard written.count < limit else { return }
            for token in trie.allowed(in: state).tokens(below: .max) {
                if let next = trie.advance(state, by: token) { walk(next, written + [token]) }
            }
        }
        walk(trie.start, [])
        return found
    }

    @Test("One entry: exactly those listed can be written")
    func single() {
        let sequences: [[Token]] = [[1, 2, 3], [1, 2, 4], [5], [1, 2], [5, 6, 7]]
        let answers = answers(TokenTrie(Self.entries(sequences)))
        #expect(Set(answers.keys) == Set(sequences))
        for (index, sequence) in sequences.enumerated() { #expect(answers[sequence] == [index]) }
    }

    @Test(
        "Several entries: every order of distinct groups, from minimum to maximum",
        arguments: [(0, 2), (1, 2), (2, 2), (1, 3), (3, 3)])
    func several(minimum: Int, maximum: Int) {
        // All begin with 9, as cites do, and none is the beginning of another.
        let sequences: [[Token]] = [[9, 1, 1], [9, 1, 2], [9, 2], [9, 3]]
        let groups = [0, 0, 1, 2]
        let answers = answers(
            TokenTrie(Self.entries(sequences, groups: groups), minimum: minimum, maximum: maximum), limit: 9)
        var expected: Set<[Int]> = []
        func add(_ chosen: [Int]) {
            if chosen.count >= minimum { expected.insert(chosen) }
            guard chosen.count < maximum else { return }
            for next in sequences.indices where !chosen.contains(where: { groups[$0] == groups[next] }) {
                add(chosen + [next])
            }
        }
        add([])
        #expect(Set(answers.values) == expected)
        for (written, chosen) in answers { #expect(written == chosen.flatMap { sequences[$0] }) }
    }

    @Test("When all groups are used the answer may end, whatever the minimum")
    func usedUp() throws {
        let trie = TokenTrie(Self.entries([[1], [2]], groups: [7, 7]), minimum: 3, maximum: 3)
        let state = try #require(trie.advance(trie.start, by: 2))
        #expect(trie.isAccepting(state))
        #expect(trie.allowed(in: state).isEmpty)
        #expect(trie.payloads(in: state) == [1])
        #expect(!trie.isAccepting(trie.start))
        let none = TokenTrie([])
        #expect(none.isAccepting(none.start) && none.allowed(in: none.start).isEmpty)
    }

    @Test("Weights count the entries that are left below each token")
    func weights() throws {
        let trie = TokenTrie(
            Self.entries([[9, 1, 5], [9, 1, 6], [9, 2], [8], [9, 1, 5]], groups: [0, 1, 1, 2, 3]), minimum: 1,
            maximum: 3)
        func weights(_ state: TokenTrie.State) -> [Token: Double] {
            Dictionary((trie.weights(in: state) ?? []).map { ($0.token, $0.weight) }) { first, _ in first }
        }
        #expect(weights(trie.start) == [9: 4, 8: 1])
        let nine = try #require(trie.advance(trie.start, by: 9))
        #expect(weights(nine) == [1: 3, 2: 1])
        // Entry 2 takes its group with it: of the others 0, 3 and 4 are left.
        let two = try #require(trie.advance(nine, by: 2))
        #expect(weights(two) == [9: 2, 8: 1])
        let again = try #require(trie.advance(two, by: 9))
        #expect(weights(again) == [1: 2])
        #expect(trie.advance(again, by: 2) == nil)
        for state in [trie.start, nine, two, again] {
            #expect(Set(weights(state).keys) == Set(trie.allowed(in: state).tokens(below: .max)))
        }
    }

    @Test("Equal entries count one after the other")
    func duplicates() throws {
        let trie = TokenTrie(Self.entries([[1], [1]]), minimum: 2, maximum: 2)
        let first = try #require(trie.advance(trie.start, by: 1))
        let second = try #require(trie.advance(first, by: 1))
        #expect(trie.payloads(in: second) == [0, 1])
        #expect(trie.advance(second, by: 1) == nil)
    }

    @Test("Where an entry may end or go on, both ways stay open")
    func prefixes() throws {
        let trie = TokenTrie(Self.entries([[1], [1, 2], [2, 3]]), minimum: 1, maximum: 2)
        let one = try #require(trie.advance(trie.start, by: 1))
        #expect(trie.isAccepting(one))
        #expect(trie.payloads(in: one) == [0])
        // 2 goes on rather than beginning the third entry.
        let two = try #require(trie.advance(one, by: 2))
        #expect(trie.payloads(in: two) == [1])
        #expect(trie.advance(one, by: 1) != nil)
        #expect(trie.advance(one, by: 3) == nil)
    }

    @Test("Nothing that is not allowed can be taken", arguments: 0..<5)
    func allowedIsAdvance(seed: UInt64) {
        var random = TestRandom(seed: seed)
        let sequences = (0..<20).map { _ in
            (0..<Int.random(in: 1...4, using: &random)).map { _ in Int.random(in: 0..<4, using: &random) }
        }
        let trie = TokenTrie(Self.entries(sequences, groups: sequences.indices.map { $0 % 7 }), minimum: 1, maximum: 3)
        var state = trie.start
        for _ in 0..<12 {
            let allowed = trie.allowed(in: state)
            for token in 0..<6 { #expect(allowed.contains(token) == (trie.advance(state, by: token) != nil)) }
            guard let token = allowed.tokens(below: .max).randomElement(using: &random),
                let next = trie.advance(state, by: token)
            else { break }
            state = next
        }
    }
}

@Suite("Grammars")
struct GrammarTests {
    private static let vocabulary = TinyVocabulary(merges: [
        ("a", "b"), ("ab", "c"), ("b", "c"), ("Ġ", "a"), ("Ã", "¤"), ("a", "a"),
    ])

    private static let word = Grammar.repetition(
        .bytes(ByteSet(UInt8(ascii: "a")...UInt8(ascii: "c"))), atLeast: 1, atMost: 3)

    /// A grammar, and texts that it does and does not describe.
    static let cases: [(Grammar, [String], [String])] = [
        (.literal("abc"), ["abc"], ["", "ab", "abcd", "bc"]),
        (.literal(""), [""], ["a"]),
        (.sequence([]), [""], ["a"]),
        (.choice([.literal("a"), .sequence([.literal("ab"), .choice([])])]), ["a"], ["", "ab"]),
        (.choice([.literal("ab"), .literal("abc"), .literal("ä")]), ["ab", "abc", "ä"], ["", "a", "c"]),
        (
            .sequence([.literal("a"), .optional(.literal(" a")), .literal("b")]), ["ab", "a ab"],
            ["a a", "b", "a a ab"]
        ),
        (.repetition(.literal("ab"), atLeast: 0, atMost: nil), ["", "ab", "abab", "ababab"], ["a", "aba"]),
        (.repetition(.literal("ab"), atLeast: 2, atMost: nil), ["abab", "ababab"], ["", "ab", "ababa"]),
        (.repetition(.literal("a"), atLeast: 1, atMost: 3), ["a", "aa", "aaa"], ["", "aaaa"]),
        (word, ["a", "bc", "cab"], ["", "d", "abca"]),
        (.repetition(.optional(.literal("a")), atLeast: 0, atMost: nil), ["", "a", "aaaa"], ["b"]),
        (
            .sequence([word, .repetition(.sequence([.literal(" "), word]), atLeast: 0, atMost: 2)]),
            ["a", "abc b", "a a a"], ["a a a a", " a", "a  b"]
        ),
        (
            .repetition(
                .choice([.literal("a"), .repetition(.literal("bc"), atLeast: 1, atMost: nil)]), atLeast: 1, atMost: nil),
            ["a", "bcbca"], ["", "ab", "cb"]
        ),
    ]

    /// Whether a text, as its tokens or byte for byte, is accepted.
    private func accepts(_ automaton: GrammarAutomaton, _ tokens: [Token]) -> Bool {
        var state = automaton.start
        for token in tokens {
            guard automaton.allowed(in: state).contains(token), let next = automaton.advance(state, by: token) else {
                return false
            }
            state = next
        }
        return automaton.isAccepting(state)
    }

    @Test("A grammar takes its texts in any tokens, and no others", arguments: cases.indices)
    func texts(index: Int) throws {
        let tokenizer = try Self.vocabulary.tokenizer()
        let (grammar, good, bad) = Self.cases[index]
        let automaton = try GrammarAutomaton(grammar, tokenizer: tokenizer)
        for text in good {
            #expect(accepts(automaton, tokenizer.encode(text)), "\(text)")
            #expect(accepts(automaton, text.utf8.map { Int($0) }), "\(text)")
        }
        for text in bad {
            #expect(!accepts(automaton, tokenizer.encode(text)), "\(text)")
            #expect(!accepts(automaton, text.utf8.map { Int($0) }), "\(text)")
        }
    }

    @Test("The mask is exactly the tokens that can be taken, in every state met", arguments: cases.indices)
    func masks(index: Int) throws {
        let tokenizer = try Self.vocabulary.tokenizer()
        let automaton = try GrammarAutomaton(Self.cases[index].0, tokenizer: tokenizer)
        automaton.expectExactMasks(tokens: tokenizer.count, walks: 5, steps: 8, seed: UInt64(index))
    }

    /// Doublings of a letter up to 32, pairs with others, and ends of strings.
    private static let longTokens = TinyVocabulary(merges: [
        ("a", "a"), ("aa", "aa"), ("aaaa", "aaaa"), ("aaaaaaaa", "aaaaaaaa"), ("aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa"),
        ("aaaaaaaa", "b"), ("aaaaaaaab", "aaaa"), ("Ã", "¤"), ("aaaaaaaaaaaaaaaa", "Ã¤"), ("\"", ","),
        ("aaaaaaaa", "\","), ("aaaaaaaaaaaaaaaa", "\""),
    ])

    @Test("Counts far from their end share masks, and tokens that reach it are told apart", arguments: [0, 1, 2])
    func counts(index: Int) throws {
        let tokenizer = try Self.longTokens.tokenizer()
        let scalar = Grammar.choice([.literal("a"), .literal("b"), .literal("ä")])
        let counted = Grammar.repetition(scalar, atLeast: 10, atMost: 70)
        let string = Grammar.sequence([.literal("\""), counted, .literal("\"")])
        let list = Grammar.sequence([
            .rule("string"), .repetition(.sequence([.literal(","), .rule("string")]), atLeast: 0, atMost: nil),
        ])
        let automaton =
            switch index {
            case 0: try GrammarAutomaton(string, tokenizer: tokenizer)
            case 1: try GrammarAutomaton(ContextFreeGrammar(list, rules: [("string", string)]), tokenizer: tokenizer)
            // So little memory that most of what was worked out is forgotten.
            default:
                try GrammarAutomaton(
                    ContextFreeGrammar(list, rules: [("string", string)]), tokenizer: tokenizer, cacheBytes: 1 << 12)
            }
        automaton.expectExactMasks(tokens: tokenizer.count, walks: 8, steps: 40, seed: UInt64(index))
        // One letter at a time to the end: every count is met.
        var state = automaton.start
        for (place, byte) in ("\"" + String(repeating: "a", count: 70) + "\"").utf8.enumerated() {
            let mask = automaton.allowed(in: state)
            for token in 0..<tokenizer.count {
                #expect(mask.contains(token) == (automaton.advance(state, by: token) != nil), "\(token) at \(place)")
            }
            state = try #require(automaton.advance(state, by: Int(byte)))
        }
        #expect(automaton.isAccepting(state))
    }

    @Test("Control tokens match only where the grammar names them")
    func control() throws {
        let tokenizer = try Self.vocabulary.tokenizer()
        let say = try #require(tokenizer.token(named: "<say>"))
        let automaton = try GrammarAutomaton(
            .sequence([.token(say), .choice([.literal("ab"), .token(97)]), .optional(.token(say))]),
            tokenizer: tokenizer)
        #expect(automaton.allowed(in: automaton.start) == TokenSet([say]))
        #expect(accepts(automaton, [say] + tokenizer.encode("ab")))
        #expect(accepts(automaton, [say, 97, 98, say]))
        #expect(accepts(automaton, [say, 97]))
        #expect(!accepts(automaton, tokenizer.encode("<say>ab")))
        #expect(!accepts(automaton, [say, say]))
        let spelled = try GrammarAutomaton(.literal("<say>"), tokenizer: tokenizer)
        #expect(!spelled.allowed(in: spelled.start).contains(say))
    }

    @Test("Grammars that are too large, too deep or unsound are errors")
    func unsound() throws {
        let tokenizer = try Self.vocabulary.tokenizer()
        var deep = Grammar.literal("a")
        for _ in 0..<300 { deep = .optional(deep) }
        let many = Grammar.repetition(
            .repetition(.literal("abcdefgh"), atLeast: 0, atMost: 1000), atLeast: 0, atMost: 1000)
        for grammar in [
            deep, many, .choice([]), .sequence([.literal("a"), .choice([])]), .token(-1), .token(tokenizer.count),
            .repetition(.literal("a"), atLeast: 2, atMost: 1),
            .repetition(.literal("a"), atLeast: -1, atMost: nil),
        ] {
            #expect(throws: LanguageError.self) { try GrammarAutomaton(grammar, tokenizer: tokenizer) }
        }
    }

    @Test("States are shared by threads that ask at once")
    func concurrent() async throws {
        let tokenizer = try Self.vocabulary.tokenizer()
        let automaton = try GrammarAutomaton(.repetition(Self.word, atLeast: 1, atMost: nil), tokenizer: tokenizer)
        let ends = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 { group.addTask { accepts(automaton, tokenizer.encode("abcaabccba")) } }
            return await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(ends.allSatisfy { $0 } && ends.count == 16)
    }
}
