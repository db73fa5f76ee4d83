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
            var slot = TextHash(text.span, 0..<text.count).folded & (capacity - 1)
            // Distinct texts of a file may stand for the same bytes; then the first one counts.
            while table[slot] >= 0, texts[Int(table[slot])] != text { slot = (slot + 1) & (capacity - 1) }
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

    /// The bytes a token stands for.
    func bytes(of token: Token) -> ArraySlice<UInt8> { bytes[Int(starts[token])..<Int(starts[token + 1])] }

    /// The token whose bytes these are, or nil.
    func token(of text: Span<UInt8>, _ range: Range<Int>) -> Token? {
        guard range.count <= longest, !range.isEmpty else { return nil }
        return token(of: text, range, hash: TextHash(text, range))
    }

    /// The token whose bytes these are, or nil; `hash` is theirs.
    func token(of text: Span<UInt8>, _ range: Range<Int>, hash: TextHash) -> Token? {
        let all = bytes.span
        var slot = hash.folded & (table.count - 1)
        while table[slot] >= 0 {
            let token = Int(table[slot])
            let start = Int(starts[token])
            if Int(starts[token + 1]) - start == range.count {
                var offset = 0
                while offset < range.count, all[start + offset] == text[range.lowerBound + offset] { offset += 1 }
                if offset == range.count { return token }
            }
            slot = (slot + 1) & (table.count - 1)
        }
        return nil
    }

    /// The token whose bytes these are, or nil.
    func token(of text: [UInt8]) -> Token? { token(of: text.span, 0..<text.count) }

    /// The beginning of a text of a file, for messages.
    static func summary(of text: Span<UInt8>, _ range: Range<Int>) -> String {
        String(decoding: range.prefix(60).map { text[$0] }, as: UTF8.self)
    }
}

/// FNV-1a of bytes that come one after the other.
struct TextHash {
    private var value: UInt64 = 0xcbf2_9ce4_8422_2325

    init() {}

    @inline(__always)
    init(_ text: Span<UInt8>, _ range: Range<Int>) { for place in range { add(text[place]) } }

    @inline(__always)
    mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }

    /// 31 bits that depend on all.
    @inline(__always)
    var folded: Int { Int(truncatingIfNeeded: (value ^ (value >> 29)) & 0x7fff_ffff) }
}
