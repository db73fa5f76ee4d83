/// Index of a piece of text in a model's vocabulary.
package typealias Token = Int

/// What a token is for: `tokenizer.ggml.token_type`.
enum TokenKind: UInt8, Sendable {
    case normal = 1, unknown, control, userDefined, unused, byte
}

/// The tokens of a model: their bytes, kinds and scores, and a table from bytes to token.
struct Vocabulary: Sendable {
    /// Most tokens a file may have: vocabularies of today end near 300,000.
    static let largest = 1 << 22

    /// All tokens' bytes: what each stands for in the text.
    private let texts: TextList
    let kinds: [TokenKind]
    /// Scores of a SentencePiece vocabulary; empty for others.
    let scores: [Float]
    /// The tokens that text may turn into.
    private let table: TextTable
    /// Whether two of them have the same bytes.
    private let hasDoubles: Bool
    /// Longest entry of the table, in bytes.
    private let longest: Int

    var count: Int { kinds.count }

    /// - Parameters:
    ///   - texts: each token's bytes.
    ///   - kinds: as many.
    ///   - scores: as many, or none.
    init(texts: TextList, kinds: [TokenKind], scores: [Float]) {
        var table = TextTable(capacity: texts.count)
        var (longest, hasDoubles) = (0, false)
        for token in 0..<texts.count where Self.isText(kinds[token]) {
            let length = texts.range(of: token).count
            guard length > 0 else { continue }
            longest = max(longest, length)
            // Distinct texts of a file may stand for the same bytes; then the first one counts.
            if table.insert(token, of: texts) != nil { hasDoubles = true }
        }
        self.texts = texts
        self.kinds = kinds
        self.scores = scores
        self.table = table
        self.hasDoubles = hasDoubles
        self.longest = longest
    }

    /// Whether text may turn into a token of this kind by merging. Control tokens come from a template alone, so that nobody
    /// can type one.
    private static func isText(_ kind: TokenKind) -> Bool { kind == .normal || kind == .userDefined || kind == .unused }

    /// The bytes a token stands for.
    func bytes(of token: Token) -> ArraySlice<UInt8> { texts[token] }

    /// The token whose bytes these are, or nil.
    func token(of text: Span<UInt8>, _ range: Range<Int>) -> Token? {
        guard range.count <= longest, !range.isEmpty else { return nil }
        return token(of: text, range, hash: TextHash(text, range))
    }

    /// The token whose bytes these are, or nil; one that is likely to be it is tried first.
    func token(of text: Span<UInt8>, _ range: Range<Int>, guess: Token) -> Token? {
        if !hasDoubles, !range.isEmpty, guess < count, Self.isText(kinds[guess]), texts.matches(guess, text, range) {
            return guess
        }
        return token(of: text, range)
    }

    /// The token whose bytes these are, or nil; `hash` is theirs.
    func token(of text: Span<UInt8>, _ range: Range<Int>, hash: TextHash) -> Token? {
        table.find(text, range, hash, in: texts)
    }

    /// The token whose bytes these are, or nil.
    func token(of text: [UInt8]) -> Token? { token(of: text.span, 0..<text.count) }

    /// The beginning of a text of a file, for messages.
    static func summary(of text: Span<UInt8>, _ range: Range<Int>) -> String {
        String(decoding: range.prefix(60).map { text[$0] }, as: UTF8.self)
    }
}
