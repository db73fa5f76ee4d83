/// SentencePiece's BPE: characters merge to the piece with the best score first; what is no piece falls back to bytes
/// (Kudo and Richardson 2018, "SentencePiece").
final class SentencePieceEncoder: TextEncoder {
    let addsSpacePrefix: Bool
    private let vocabulary: Vocabulary
    private let byteTokens: [Int]
    private let merges: PairTable
    /// Symbols of characters that are no tokens, though tokens contain them: numbers past the last token.
    private let loneCharacters: [UInt32: Int32]
    /// For the last byte of one character and the first of the next, whether a token contains them so. Where none does,
    /// nothing can merge, and the text is cut.
    private let joins: [Bool]

    /// Stands for a character that no token contains.
    private static let outside: Int32 = -1

    init(_ file: GGUFFile, vocabulary: Vocabulary, unknown: Token?) throws(LanguageError) {
        self.vocabulary = vocabulary
        addsSpacePrefix = try file.bool("tokenizer.ggml.add_space_prefix", default: true)
        var bytes = [Int](repeating: unknown ?? -1, count: 256)
        for token in 0..<vocabulary.count where vocabulary.kinds[token] == .byte {
            if let byte = vocabulary.bytes(of: token).first { bytes[Int(byte)] = token }
        }
        guard !bytes.contains(-1) else {
            throw file.mismatch("tokenizer.ggml.unknown_token_id", expected: "a token, where some byte has none")
        }
        byteTokens = bytes
        var builder = MergeBuilder(vocabulary)
        for token in 0..<vocabulary.count { builder.add(token) }
        merges = builder.merges
        loneCharacters = builder.loneCharacters
        joins = builder.joins
    }

    /// `text` with a space for each U+2581, SentencePiece's sign for one.
    static func spaced(_ text: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(range.count + 1)
        var place = range.lowerBound
        while place < range.upperBound {
            if text[place] == 0xE2, place + 2 < range.upperBound, text[place + 1] == 0x96, text[place + 2] == 0x81 {
                result.append(0x20)
                place += 3
            } else {
                result.append(text[place])
                place += 1
            }
        }
        return result
    }

    func encode(
        _ text: Span<UInt8>, _ range: Range<Int>, _ workspace: inout EncodingWorkspace, into tokens: inout [Token]
    ) {
        var bytes = Self.spaced(text, range)
        if addsSpacePrefix { bytes.insert(0x20, at: 0) }
        let text = bytes.span
        var start = 0
        while start < text.count {
            var end = start + 1
            while end < text.count, text[end] & 0xC0 == 0x80 || joins[Int(text[end - 1]) << 8 | Int(text[end])] {
                end += 1
            }
            let piece = start..<end
            start = end
            let key = PieceCache.Key(text, piece)
            if let key, workspace.cache.find(key, into: &tokens) { continue }
            let before = tokens.count
            encodePiece(text, piece, &workspace.merger, into: &tokens)
            if let key { workspace.cache.insert(key, tokens[before...]) }
        }
    }

    private func encodePiece(
        _ text: Span<UInt8>, _ piece: Range<Int>, _ merger: inout SymbolMerger, into tokens: inout [Token]
    ) {
        merger.removeAll()
        var place = piece.lowerBound
        while place < piece.upperBound {
            let end = min(piece.upperBound, place + UTF8Text.width(text[place]))
            if let token = vocabulary.token(of: text, place..<end) {
                merger.append(Int32(token))
            } else {
                merger.append(loneCharacters[UTF8Text.value(text, place)] ?? Self.outside)
            }
            place = end
        }
        let symbols = merger.symbols
        merger.mergeAll(merges) { merges.merge(symbols[$0], symbols[$0 + 1]) }
        // What did not become a token is one character each.
        place = piece.lowerBound
        merger.forEach { _, _, symbol in
            if symbol >= 0, Int(symbol) < vocabulary.count {
                tokens.append(Int(symbol))
                place += vocabulary.bytes(of: Int(symbol)).count
            } else {
                let end = place + UTF8Text.width(text[place])
                for byte in place..<end { tokens.append(byteTokens[Int(text[byte])]) }
                place = end
            }
        }
    }
}

/// Finds, for each token, the pairs of symbols that join to it.
private struct MergeBuilder {
    private(set) var merges: PairTable
    private(set) var loneCharacters: [UInt32: Int32] = [:]
    private(set) var joins = [Bool](repeating: false, count: 1 << 16)
    private let vocabulary: Vocabulary
    /// Places of the scores of tokens in their descending order: 0 for the best, equal ones the same.
    private let orders: [UInt32]

    init(_ vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
        merges = PairTable(capacity: vocabulary.count * 4)
        let scores = vocabulary.scores
        var orders = [UInt32](repeating: 0, count: scores.count)
        var order: UInt32 = 0
        var last: Float?
        for token in scores.indices.sorted(by: { scores[$0] > scores[$1] }) {
            if let last, last != scores[token] { order += 1 }
            orders[token] = order
            last = scores[token]
        }
        self.orders = orders
    }

    /// The symbol of a part of a token: a token, or a character that is none.
    private mutating func symbol(_ text: Span<UInt8>, _ range: Range<Int>, _ hash: TextHash) -> Int32? {
        if let token = vocabulary.token(of: text, range, hash: hash) { return Int32(token) }
        guard UTF8Text.width(text[range.lowerBound]) == range.count else { return nil }
        let value = UTF8Text.value(text, range.lowerBound)
        if let symbol = loneCharacters[value] { return symbol }
        let symbol = Int32(vocabulary.count + loneCharacters.count)
        loneCharacters[value] = symbol
        return symbol
    }

    mutating func add(_ token: Token) {
        let bytes = Array(vocabulary.bytes(of: token))
        // Text of a template's tokens, and what is hidden by an earlier token with the same text, cannot come of merging.
        guard bytes.count > 1, vocabulary.token(of: bytes) == token, String(validating: bytes, as: UTF8.self) != nil
        else { return }
        let text = bytes.span
        var middle = 0
        var hash = TextHash()
        while true {
            let end = middle + UTF8Text.width(text[middle])
            for place in middle..<end { hash.add(text[place]) }
            middle = end
            guard middle < text.count else { return }
            joins[Int(text[middle - 1]) << 8 | Int(text[middle])] = true
            guard let left = symbol(text, 0..<middle, hash) else { continue }
            let rest = middle..<text.count
            guard let right = symbol(text, rest, TextHash(text, rest)) else { continue }
            merges.insert(left, right, .init(order: orders[token], merged: Int32(token)))
        }
    }
}
