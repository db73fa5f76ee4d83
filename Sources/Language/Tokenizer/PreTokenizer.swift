/// Cuts a text into the pieces that byte-level BPE merges within: `tokenizer.ggml.pre`.
///
/// Each kind is a list of rules; a rule is a pattern, published with the model as a regular expression, here a scanner written
/// by hand. The first rule cuts the text into what it matches and what lies between; the next cuts each of these pieces, and
/// so on.
package struct PreTokenizer: Sendable {
    package let name: String
    private let rules: [Rule]

    /// Whether a piece that is a token of the vocabulary is that token, whatever merges would give.
    let keepsWholeWords: Bool

    /// Whether models with this pre-tokenizer begin a text with a token for it, unless their file says otherwise.
    let addsBOS: Bool

    private struct Rule: Sendable {
        let rule: PreTokenizerRule
        let needs: ByteKinds
        let starts: ByteKinds

        init(_ rule: PreTokenizerRule) {
            self.rule = rule
            needs = rule.needs
            starts = rule.starts
        }
    }

    private struct Kind: Sendable {
        let names: [String]
        let rules: [PreTokenizerRule]
        var keepsWholeWords = false
        var addsBOS = false
    }

    /// All kinds. Names are those of GGUF's converters; files of one kind differ in vocabulary alone.
    private static let kinds: [Kind] = [
        Kind(
            names: ["default"],
            rules: [.symbols(backtick: false), .gpt2, .digits(atMost: .max), .threeASCIIDigits]),
        Kind(
            names: [
                "gpt-2", "gpt2", "phi-2", "mpt", "olmo", "jais", "jina-en", "jina-es", "jina-de", "jina-v2-es",
                "jina-v2-de", "gigachat", "a.x-4.0", "mellum", "exaone4", "trillion", "granite-docling",
            ], rules: [.gpt2]),
        Kind(
            names: [
                "llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2",
            ], rules: [.words(.init(digits: 3))], keepsWholeWords: true, addsBOS: true),
        Kind(names: ["dbrx", "smaug-bpe", "glm4", "chatglm-bpe"], rules: [.words(.init(digits: 3))]),
        Kind(
            names: [
                "qwen2", "deepseek-r1-qwen", "stablelm2", "hunyuan", "megrez", "kormo", "solar-open", "grok-2",
                "bailingmoe", "bailingmoe2", "llada-moe",
            ], rules: [.words(.init(digits: 1))]),
        Kind(names: ["qwen35"], rules: [.words(.init(digits: 1, marksAreLetters: true))]),
        Kind(names: ["seed-coder"], rules: [.words(.init(digits: 1, newlinesFollow: false))]),
        Kind(
            names: [
                "starcoder", "refact", "command-r", "smollm", "codeshell", "exaone", "minerva-7b", "mellum2",
            ], rules: [.digits(atMost: 1), .gpt2]),
        Kind(names: ["falcon"], rules: [.symbols(backtick: true), .gpt2, .threeASCIIDigits]),
        Kind(
            names: ["deepseek-llm"],
            rules: [
                .newline, .spaced(.deepSeekLetters), .spaced(.deepSeekSymbols), .endSpace, .eastAsian,
                .digits(atMost: .max),
            ]),
        Kind(
            names: ["deepseek-coder"],
            rules: [.newline, .spaced(.letters), .spaced(.punctuation), .eastAsian, .digits(atMost: 1)]),
        Kind(
            names: ["deepseek-v3", "hunyuan-dense", "joyai-llm"],
            rules: [.digits(atMost: 3), .hanAndKana, .symbolWords]),
        Kind(
            names: ["tekken"], rules: [.casedWords(digits: 1, contractions: false)], keepsWholeWords: true,
            addsBOS: true),
        Kind(
            names: ["gpt-4o", "llama4", "kanana2", "minimax-m2"], rules: [.casedWords(digits: 3, contractions: true)]),
        Kind(names: ["bloom", "poro-chat", "gpt3-finnish"], rules: [.unpunctuated]),
        Kind(names: ["viking"], rules: [.unpunctuated, .digits(atMost: 1)]),
    ]

    /// The pre-tokenizer of a name, or nil for one not known here.
    package init?(name: String) {
        guard let kind = Self.kinds.first(where: { $0.names.contains(name) }) else { return nil }
        self.name = name
        rules = kind.rules.map(Rule.init)
        keepsWholeWords = kind.keepsWholeWords
        addsBOS = kind.addsBOS
    }

    /// The names known here.
    package static var known: [String] { kinds.flatMap(\.names).sorted() }

    /// The pieces of a text, which joined are the text.
    package func pieces(of text: String) -> [String] {
        let bytes = Array(text.utf8)
        var pieces: [String] = []
        forEachPiece(of: bytes.span, 0..<bytes.count) { pieces.append(String(decoding: bytes[$0], as: UTF8.self)) }
        return pieces
    }

    /// Calls `body` with the pieces of a part of UTF-8 text, in order. None is empty; nothing is left out.
    func forEachPiece(of text: Span<UInt8>, _ range: Range<Int>, _ body: (Range<Int>) -> Void) {
        let scanner = PreTokenizerScanner.shared
        let kinds = scanner.byteKinds
        if !range.isEmpty { Self.cut(text, range, rules.span, kinds.span, scanner, body) }
    }

    /// Cuts by the first of the rules, and what comes of that by the others. Spans are handed down and not the arrays they are of, so
    /// that no references are counted for each part.
    private static func cut(
        _ text: Span<UInt8>, _ range: Range<Int>, _ rules: Span<Rule>, _ kinds: Span<ByteKinds>,
        _ scanner: PreTokenizerScanner, _ body: (Range<Int>) -> Void
    ) {
        // Most parts are a word, in which hardly a rule can find anything.
        let present: ByteKinds = rules.count > 1 ? .of(text, range, kinds) : .all
        var next = 0
        while next < rules.count, rules[next].needs.isDisjoint(with: present) { next += 1 }
        guard next < rules.count else { return body(range) }
        let (rule, starts, rest) = (rules[next].rule, rules[next].starts, rules.extracting((next + 1)...))
        var place = range.lowerBound
        var matched = place
        // A rule sees nothing behind its part of the text.
        let part = text.extracting(..<range.upperBound)
        while place < range.upperBound {
            guard !starts.isDisjoint(with: kinds[Int(text[place])]) else {
                place += 1
                continue
            }
            let found = rule.scan(part, at: place, scanner)
            if found.isMatch {
                if matched < place { cut(text, matched..<place, rest, kinds, scanner, body) }
                cut(text, place..<found.end, rest, kinds, scanner, body)
                matched = found.end
            }
            place = found.end
        }
        if matched < range.upperBound { cut(text, matched..<range.upperBound, rest, kinds, scanner, body) }
    }
}
