/// SentencePiece's BPE: characters merge to the piece with the best score first; what is no piece falls back to bytes
/// (Kudo and Richardson 2018, "SentencePiece").
struct SentencePieceEncoder: TextEncoder {
    let addsSpacePrefix: Bool
    private let vocabulary: Vocabulary
    private let byteTokens: [Int]

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
    }

    /// `text` with a space for each U+2581, SentencePiece's sign for one.
    static func spaced(_ text: ArraySlice<UInt8>) -> [UInt8] {
        guard text.contains(0xE2) else { return Array(text) }
        var result: [UInt8] = []
        var place = text.startIndex
        while place < text.endIndex {
            if text[place] == 0xE2, text[place...].starts(with: [0xE2, 0x96, 0x81]) {
                result.append(0x20)
                place += 3
            } else {
                result.append(text[place])
                place += 1
            }
        }
        return result
    }

    func encode(_ text: ArraySlice<UInt8>, into tokens: inout [Token]) {
        let bytes = (addsSpacePrefix ? [0x20] : []) + Self.spaced(text)
        var merger = PairMerger()
        var start = 0
        while start < bytes.count {
            // The text is UTF-8: a character goes on for as long as continuation bytes follow.
            var end = start + 1
            while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
            merger.append(start: start, end: end, token: vocabulary.token(of: bytes[start..<end]))
            start = end
        }
        merger.mergeAll { left, right in
            guard let token = vocabulary.token(of: bytes[Int(left.start)..<Int(right.end)]) else { return nil }
            return .init(priority: Self.priority(of: vocabulary.scores[token]), token: Int32(token))
        }
        merger.forEach { symbol in
            if symbol.token >= 0 {
                tokens.append(Int(symbol.token))
            } else {
                for place in symbol.start..<symbol.end { tokens.append(byteTokens[Int(bytes[Int(place)])]) }
            }
        }
    }

    /// A number that is lower the higher the score.
    private static func priority(of score: Float) -> UInt32 {
        let bits = score.bitPattern
        return bits >> 31 == 1 ? bits : ~(bits | 0x8000_0000)
    }
}
