import Language
import TestSupport
import Testing

/// Random grammars against a matcher that tries everything.
@Suite("Random grammars")
struct GrammarPropertyTests {
    /// A part of a rule, as text and as a matcher.
    private indirect enum Part {
        case text(String)
        case letters(String)
        case rule(Int)
        case sequence([Part])
        case choice([Part])
        case repetition(Part, Int, Int?)

        var gbnf: String {
            switch self {
            case .text(let text): "\"\(text)\""
            case .letters(let letters): "[\(letters)]"
            case .rule(let index): "r\(index)"
            case .sequence(let parts): "(\(parts.map(\.gbnf).joined(separator: " ")))"
            case .choice(let parts): "(\(parts.map(\.gbnf).joined(separator: " | ")))"
            case .repetition(let part, let least, let most):
                "\(part.gbnf){\(least),\(most.map(String.init) ?? "")}"
            }
        }

        static func random(_ random: inout TestRandom, depth: Int) -> Part {
            func parts(_ range: ClosedRange<Int>) -> [Part] {
                (0..<Int.random(in: range, using: &random)).map { _ in .random(&random, depth: depth - 1) }
            }
            switch Int.random(in: 0..<(depth > 0 ? 9 : 5), using: &random) {
            case 0, 1: return .text(["a", "b", "ab", "é", "", "ba"].randomElement(using: &random) ?? "")
            case 2: return .letters(["a", "ab", "é-ú", "aé"].randomElement(using: &random) ?? "a")
            case 3, 4: return .rule(Int.random(in: 0..<4, using: &random))
            case 5, 6: return .sequence(parts(1...3))
            case 7: return .choice(parts(1...3))
            default:
                let least = Int.random(in: 0...2, using: &random)
                let most = [nil, least, least + 2].randomElement(using: &random) ?? nil
                return .repetition(.random(&random, depth: depth - 1), least, most)
            }
        }
    }

    private struct Matcher {
        let rules: [Part]
        let text: [Character]
        private var known: [Int: Set<Int>] = [:]

        init(rules: [Part], text: String) {
            self.rules = rules
            self.text = Array(text)
        }

        mutating func matches() -> Bool { ends(rules[0], 0).contains(text.count) }

        /// Where a part that begins at a place may end.
        private mutating func ends(_ part: Part, _ start: Int) -> Set<Int> {
            switch part {
            case .text(let word):
                return text[start...].starts(with: word) ? [start + word.count] : []
            case .letters(let letters):
                guard start < text.count else { return [] }
                let isIn = letters == "é-ú" ? ("é"..."ú").contains(text[start]) : letters.contains(text[start])
                return isIn ? [start + 1] : []
            case .rule(let index):
                let key = index * 100 + start
                if let ends = known[key] { return ends }
                let found = ends(rules[index], start)
                known[key] = found
                return found
            case .sequence(let parts):
                return parts.reduce([start]) { starts, part in Set(starts.flatMap { ends(part, $0) }) }
            case .choice(let parts): return Set(parts.flatMap { ends($0, start) })
            case .repetition(let part, let least, let most):
                var all: Set<Int> = least == 0 ? [start] : []
                var last: Set<Int> = [start]
                for count in (0..<(most ?? least + text.count + 1)).map({ $0 + 1 }) {
                    last = Set(last.flatMap { ends(part, $0) })
                    if count >= least { all.formUnion(last) }
                }
                return all
            }
        }
    }

    private static let texts: [String] = {
        var texts = [""]
        var longest = texts
        for _ in 0..<5 {
            longest = longest.flatMap { text in ["a", "b", "é"].map { text + $0 } }
            texts += longest
        }
        return texts
    }()

    @Test("They take the texts that a naive matcher takes", arguments: 0..<60)
    func matching(seed: UInt64) throws {
        let tokenizer = try GBNFTests.vocabulary.tokenizer()
        var random = TestRandom(seed: seed)
        // Of random rules many cannot be used; the next ones are tried.
        for _ in 0..<200 {
            let rules = (0..<4).map { _ in Part.random(&random, depth: 3) }
            let text = "root ::= r0\n" + rules.enumerated().map { "r\($0) ::= \($1.gbnf)" }.joined(separator: "\n")
            guard let grammar = try? ContextFreeGrammar(gbnf: text) else { continue }
            let automaton = try GrammarAutomaton(grammar, tokenizer: tokenizer)
            for one in Self.texts {
                var matcher = Matcher(rules: rules, text: one)
                let matches = matcher.matches()
                #expect(automaton.accepts(tokenizer.encode(one)) == matches, "\(one) under \(text)")
            }
            for _ in 0..<5 {
                guard let tokens = automaton.randomTokens(&random, patience: 6, limit: 24) else { continue }
                let written = tokenizer.decode(tokens)
                var matcher = Matcher(rules: rules, text: written)
                let matches = matcher.matches()
                #expect(matches, "\(written) under \(text)")
            }
            return
        }
    }
}
