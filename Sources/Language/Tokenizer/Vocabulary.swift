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

    /// All tokens' bytes, one after the other: what each stands for in the text.
    private let bytes: [UInt8]
    /// Where each token's bytes begin, and one past the last token's.
    private let starts: [Int32]
    let kinds: [TokenKind]
    /// Scores of a SentencePiece vocabulary; empty for others.
    let scores: [Float]
    /// Open addressing over the tokens that text may turn into; -1 is free.
    private let table: [Int32]
    /// Longest entry of the table, in bytes.
    private let longest: Int

    var count: Int { kinds.count }

    /// - Parameters:
    ///   - texts: each token's bytes.
    ///   - kinds: as many.
    ///   - scores: as many, or none.
    init(texts: [[UInt8]], kinds: [TokenKind], scores: [Float]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(texts.reduce(0) { $0 + $1.count })
        var starts: [Int32] = [0]
        starts.reserveCapacity(texts.count + 1)
        for text in texts {
            bytes += text
            starts.append(Int32(bytes.count))
        }
        var capacity = 16
        while capacity < texts.count * 2 { capacity *= 2 }
        var table = [Int32](repeating: -1, count: capacity)
        var longest = 0
        for token in texts.indices where Self.isText(kinds[token]) {
            let text = texts[token]
            guard !text.isEmpty else { continue }
            longest = max(longest, text.count)
            var slot = Self.hash(text[...]) & (capacity - 1)
            while table[slot] >= 0, texts[Int(table[slot])] != text { slot = (slot + 1) & (capacity - 1) }
            // Of two tokens with the same text the first one counts.
            if table[slot] < 0 { table[slot] = Int32(token) }
        }
        self.bytes = bytes
        self.starts = starts
        self.kinds = kinds
        self.scores = scores
        self.table = table
        self.longest = longest
    }

    /// Whether text may turn into a token of this kind by merging. Control tokens come from a template alone, so that nobody
    /// can type one.
    private static func isText(_ kind: TokenKind) -> Bool { kind == .normal || kind == .userDefined || kind == .unused }

    /// FNV-1a, folded.
    private static func hash(_ text: ArraySlice<UInt8>) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return Int(truncatingIfNeeded: (hash ^ (hash >> 29)) & 0x7fff_ffff)
    }

    /// The bytes a token stands for.
    func bytes(of token: Token) -> ArraySlice<UInt8> { bytes[Int(starts[token])..<Int(starts[token + 1])] }

    /// The token whose bytes these are, or nil.
    func token(of text: ArraySlice<UInt8>) -> Token? {
        guard text.count <= longest, !text.isEmpty else { return nil }
        var slot = Self.hash(text) & (table.count - 1)
        while table[slot] >= 0 {
            let token = Int(table[slot])
            if bytes(of: token).elementsEqual(text) { return token }
            slot = (slot + 1) & (table.count - 1)
        }
        return nil
    }
}

/// Finds tokens that are written out in text, `<|end|>`: at each place the longest.
struct LiteralMatcher: Sendable {
    /// Tokens by first byte, longest first.
    private var byFirst: [UInt8: [(text: [UInt8], token: Token)]] = [:]

    init(_ literals: [(text: [UInt8], token: Token)]) {
        for literal in literals where !literal.text.isEmpty { byFirst[literal.text[0], default: []].append(literal) }
        for first in Array(byFirst.keys) { byFirst[first]?.sort { $0.text.count > $1.text.count } }
    }

    /// The next literal at or after `start`: where it lies and which token it is.
    func next(in text: [UInt8], from start: Int) -> (range: Range<Int>, token: Token)? {
        guard !byFirst.isEmpty else { return nil }
        for place in start..<text.count {
            guard let candidates = byFirst[text[place]] else { continue }
            for candidate in candidates where text[place...].starts(with: candidate.text) {
                return (place..<place + candidate.text.count, candidate.token)
            }
        }
        return nil
    }
}
