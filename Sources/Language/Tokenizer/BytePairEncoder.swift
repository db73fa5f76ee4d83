import Tensors

/// Byte-level BPE: a text is cut into pieces by a ``PreTokenizer``; each piece's bytes merge by the vocabulary's list, the
/// earliest merge first (Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units"; over bytes as
/// in GPT-2).
struct BytePairEncoder: TextEncoder {
    let preTokenizer: PreTokenizer
    private let vocabulary: Vocabulary
    private let merges: PairTable
    /// The token of each byte; -1 for those that UTF-8 never has and the vocabulary lacks.
    private let byteTokens: [Int]

    var addsSpacePrefix: Bool { false }

    init(_ file: GGUFFile, vocabulary: Vocabulary, unknown: Token?) throws(LanguageError) {
        let name = try file.string("tokenizer.ggml.pre", default: "default")
        guard let preTokenizer = PreTokenizer(name: name) else {
            throw .unsupported(path: file.path, what: "pre-tokenizer", name: name, known: PreTokenizer.known)
        }
        self.preTokenizer = preTokenizer
        self.vocabulary = vocabulary
        byteTokens = try (0...255).map { byte throws(LanguageError) in
            if let token = vocabulary.token(of: [UInt8(byte)]) ?? unknown { return token }
            guard byte == 0xC0 || byte == 0xC1 || byte >= 0xF5 else {
                throw .metadata(
                    path: file.path, key: "tokenizer.ggml.tokens", expected: "a token for every byte",
                    got: "none for byte \(byte)")
            }
            return -1
        }
        merges = try Self.merges(file, vocabulary)
    }

    private static func merges(_ file: GGUFFile, _ vocabulary: Vocabulary) throws(LanguageError) -> PairTable {
        let key = "tokenizer.ggml.merges"
        guard let array = try file.array(key, of: .string), let ranges = array.stringRanges,
            ranges.count <= Vocabulary.largest
        else { throw file.mismatch(key, expected: "up to \(Vocabulary.largest) strings") }
        var table = PairTable(capacity: ranges.count)
        let bytes = array.bytes
        for (rank, range) in ranges.enumerated() {
            let text = bytes.withSpan { span in range.map { span[$0] } }
            guard let space = text.dropFirst().firstIndex(of: 0x20),
                let left = ByteCharacters.bytes(of: text[..<space]),
                let right = ByteCharacters.bytes(of: text[(space + 1)...]),
                let first = vocabulary.token(of: left[...]), let second = vocabulary.token(of: right[...]),
                let merged = vocabulary.token(of: (left + right)[...])
            else {
                throw .metadata(
                    path: file.path, key: "\(key)[\(rank)]", expected: "two tokens whose join is one",
                    got: String(decoding: text.prefix(60), as: UTF8.self))
            }
            table.insert(first, second, rank: rank, merged: merged)
        }
        return table
    }

    func encode(_ text: ArraySlice<UInt8>, into tokens: inout [Token]) {
        let scalars = ScalarText(String(decoding: text, as: UTF8.self))
        var merger = PairMerger()
        var start = text.startIndex
        for end in preTokenizer.pieceEnds(of: scalars) {
            let stop = text.startIndex + Int(scalars.offsets[end])
            encodePiece(text[start..<stop], &merger, into: &tokens)
            start = stop
        }
    }

    private func encodePiece(_ piece: ArraySlice<UInt8>, _ merger: inout PairMerger, into tokens: inout [Token]) {
        if piece.count == 1 || preTokenizer.keepsWholeWords, let token = vocabulary.token(of: piece) {
            tokens.append(token)
            return
        }
        merger.removeAll()
        for place in piece.indices {
            merger.append(
                start: place - piece.startIndex, end: place + 1 - piece.startIndex, token: byteTokens[Int(piece[place])]
            )
        }
        merger.mergeAll { left, right in merges.merge(left.token, right.token) }
        merger.forEach { symbol in if symbol.token >= 0 { tokens.append(Int(symbol.token)) } }
    }
}

/// Pairs of tokens with their rank and what they merge to: open addressing.
struct PairTable: Sendable {
    private var keys: [UInt64]
    private var merges: [PairMerger.Merge]

    init(capacity: Int) {
        var slots = 16
        while slots < capacity * 2 { slots *= 2 }
        keys = [UInt64](repeating: .max, count: slots)
        merges = [PairMerger.Merge](repeating: .init(priority: 0, token: 0), count: slots)
    }

    private func slot(of key: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & (keys.count - 1)
        while keys[slot] != key, keys[slot] != .max { slot = (slot + 1) & (keys.count - 1) }
        return slot
    }

    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    /// Adds a pair; of two with the same tokens the first one counts.
    mutating func insert(_ left: Token, _ right: Token, rank: Int, merged: Token) {
        let key = Self.key(Int32(left), Int32(right))
        let slot = slot(of: key)
        guard keys[slot] == .max else { return }
        keys[slot] = key
        merges[slot] = .init(priority: UInt32(rank), token: Int32(merged))
    }

    /// What two tokens merge to, or nil.
    func merge(_ left: Int32, _ right: Int32) -> PairMerger.Merge? {
        let slot = slot(of: Self.key(left, right))
        return keys[slot] == .max ? nil : merges[slot]
    }
}
