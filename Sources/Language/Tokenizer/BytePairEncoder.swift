import Tensors

/// Byte-level BPE: a text is cut into pieces by a ``PreTokenizer``; each piece's bytes merge by the vocabulary's list, the
/// earliest merge first (Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units"; over bytes as
/// in GPT-2).
final class BytePairEncoder: TextEncoder {
    let preTokenizer: PreTokenizer
    private let vocabulary: Vocabulary
    private let merges: PairTable
    /// The token of each byte; -1 for those that UTF-8 never has and the vocabulary lacks.
    private let byteTokens: [Int32]
    /// What each two bytes merge to, the first one in the high half of the index.
    private let byteMerges: [PairTable.Merge]

    var addsSpacePrefix: Bool { false }

    init(_ file: GGUFFile, vocabulary: Vocabulary, unknown: Token?) throws(LanguageError) {
        let name = try file.string("tokenizer.ggml.pre", default: "default")
        guard let preTokenizer = PreTokenizer(name: name) else {
            throw .unsupported(path: file.path, what: "pre-tokenizer", name: name, known: PreTokenizer.known)
        }
        self.preTokenizer = preTokenizer
        self.vocabulary = vocabulary
        let byteTokens = try (0...255).map { byte throws(LanguageError) -> Int32 in
            if let token = vocabulary.token(of: [UInt8(byte)]) ?? unknown { return Int32(token) }
            guard byte == 0xC0 || byte == 0xC1 || byte >= 0xF5 else {
                throw .metadata(
                    path: file.path, key: "tokenizer.ggml.tokens", expected: "a token for every byte",
                    got: "none for byte \(byte)")
            }
            return -1
        }
        let merges = try Self.merges(file, vocabulary)
        self.byteTokens = byteTokens
        self.merges = merges
        byteMerges = byteTokens.flatMap { left in byteTokens.map { right in merges.merge(left, right) } }
    }

    private static func merges(_ file: GGUFFile, _ vocabulary: Vocabulary) throws(LanguageError) -> PairTable {
        let key = "tokenizer.ggml.merges"
        guard let array = try file.array(key, of: .string), let ranges = array.stringRanges,
            ranges.count <= Vocabulary.largest
        else { throw file.mismatch(key, expected: "up to \(Vocabulary.largest) strings") }
        return try array.bytes.withSpan { text throws(LanguageError) in
            var table = PairTable(capacity: ranges.count)
            var joined: [UInt8] = []
            // Vocabularies list what merges give in the order of the merges.
            var guess = 0
            for (rank, range) in ranges.enumerated() {
                guard let merge = merge(text, range, vocabulary, guess: guess, &joined) else {
                    throw .metadata(
                        path: file.path, key: "\(key)[\(rank)]",
                        expected: "two tokens with a space between, whose join is a token",
                        got: "\"\(Vocabulary.summary(of: text, range))\"")
                }
                guess = Int(merge.merged) + 1
                table.insert(merge.left, merge.right, .init(order: UInt32(rank), merged: merge.merged))
            }
            return table
        }
    }

    /// The tokens that one line of the list names, or nil if one of the three is none.
    ///
    /// - Parameter guess: the token that they probably merge to.
    private static func merge(
        _ text: Span<UInt8>, _ range: Range<Int>, _ vocabulary: Vocabulary, guess: Token, _ joined: inout [UInt8]
    ) -> (left: Int32, right: Int32, merged: Int32)? {
        guard range.count >= 3 else { return nil }
        var space = range.lowerBound + 1
        while space < range.upperBound, text[space] != 0x20 { space += 1 }
        guard space < range.upperBound - 1 else { return nil }
        joined.removeAll(keepingCapacity: true)
        guard ByteCharacters.append(text, range.lowerBound..<space, to: &joined) else { return nil }
        let middle = joined.count
        guard ByteCharacters.append(text, space + 1..<range.upperBound, to: &joined) else { return nil }
        let bytes = joined.span
        guard let left = vocabulary.token(of: bytes, 0..<middle),
            let right = vocabulary.token(of: bytes, middle..<bytes.count),
            let merged = vocabulary.token(of: bytes, 0..<bytes.count, guess: guess)
        else { return nil }
        return (Int32(left), Int32(right), Int32(merged))
    }

    func encode(
        _ text: Span<UInt8>, _ range: Range<Int>, _ workspace: inout EncodingWorkspace, into tokens: inout [Token]
    ) {
        preTokenizer.forEachPiece(of: text, range) { piece in
            let key = PieceCache.Key(text, piece)
            if let key, workspace.cache.find(key, into: &tokens) { return }
            let before = tokens.count
            encodePiece(text, piece, &workspace.merger, into: &tokens)
            if let key { workspace.cache.insert(key, tokens[before...]) }
        }
    }

    private func encodePiece(
        _ text: Span<UInt8>, _ piece: Range<Int>, _ merger: inout SymbolMerger, into tokens: inout [Token]
    ) {
        if piece.count == 1 || preTokenizer.keepsWholeWords, let token = vocabulary.token(of: text, piece) {
            tokens.append(token)
            return
        }
        merger.removeAll()
        for place in piece { merger.append(byteTokens[Int(text[place])]) }
        merger.mergeAll(merges) { place in
            let first = piece.lowerBound + place
            return byteMerges[Int(text[first]) << 8 | Int(text[first + 1])]
        }
        merger.forEach { _, _, symbol in if symbol >= 0 { tokens.append(Int(symbol)) } }
    }
}
