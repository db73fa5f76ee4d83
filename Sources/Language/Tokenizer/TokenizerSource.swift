import Tensors

/// The vocabulary as a GGUF file writes it, before one kind of tokenizer has read its texts.
struct TokenizerSource {
    private let file: GGUFFile
    private let texts: TextList
    private let kinds: [TokenKind]
    /// Stands for what the vocabulary lacks.
    let unknown: Token?

    init(_ file: GGUFFile) throws(LanguageError) {
        self.file = file
        let key = "tokenizer.ggml.tokens"
        guard let array = try file.array(key, of: .string), let ranges = array.stringRanges, !ranges.isEmpty,
            ranges.count <= Vocabulary.largest
        else { throw file.mismatch(key, expected: "1 to \(Vocabulary.largest) strings") }
        texts = try array.bytes.withSpan { bytes throws(LanguageError) in
            try Self.texts(bytes, ranges, key, path: file.path)
        }
        kinds = try Self.kinds(file, count: ranges.count)
        unknown = try Self.token("unknown", file, count: ranges.count)
    }

    /// Most bytes of one token, and of all.
    private static let (longest, total) = (1 << 10, 1 << 26)

    /// All texts, copied. Two of the same would leave open which one a text becomes.
    private static func texts(
        _ bytes: Span<UInt8>, _ ranges: [Range<Int>], _ key: String, path: String
    ) throws(LanguageError) -> TextList {
        func error(_ index: Int, _ expected: String, got: String) -> LanguageError {
            .metadata(path: path, key: "\(key)[\(index)]", expected: expected, got: got)
        }
        var sum = 0
        for (index, range) in ranges.enumerated() {
            guard range.count <= longest else {
                throw error(index, "at most \(longest) bytes", got: "\(range.count)")
            }
            sum += range.count
            guard sum <= total else { throw error(index, "at most \(total) bytes in all tokens", got: "more") }
        }
        var texts = TextList(count: ranges.count, size: sum)
        var table = TextTable(capacity: ranges.count)
        for (index, range) in ranges.enumerated() {
            texts.append(bytes, range)
            if !range.isEmpty, let before = table.insert(index, of: texts) {
                let shown = Vocabulary.summary(of: bytes, range)
                throw error(index, "a text that no other token has", got: "\"\(shown)\", as token \(before)")
            }
        }
        return texts
    }

    private static func kinds(_ file: GGUFFile, count: Int) throws(LanguageError) -> [TokenKind] {
        let key = "tokenizer.ggml.token_type"
        guard case .array(let array)? = file[key] else {
            if file[key] == nil { return [TokenKind](repeating: .normal, count: count) }
            throw file.mismatch(key, expected: "\(count) integers")
        }
        guard let codes = array.integers, codes.count == count else {
            throw file.mismatch(key, expected: "\(count) integers")
        }
        var kinds: [TokenKind] = []
        kinds.reserveCapacity(count)
        for (index, code) in codes.enumerated() {
            // 0 is "undefined": converters write it for ordinary tokens.
            guard let kind = code == 0 ? .normal : UInt8(exactly: code).flatMap(TokenKind.init(rawValue:)) else {
                throw .metadata(
                    path: file.path, key: "\(key)[\(index)]", expected: "a token type, 0 to 6", got: "\(code)")
            }
            kinds.append(kind)
        }
        return kinds
    }

    /// The token that `tokenizer.ggml.NAME_token_id` gives, or nil. The largest 32-bit numbers say "none" in old files.
    private static func token(_ name: String, _ file: GGUFFile, count: Int) throws(LanguageError) -> Token? {
        let key = "tokenizer.ggml.\(name)_token_id"
        guard let value = file[key] else { return nil }
        if value.integer == Int(UInt32.max) || value.integer == -1 { return nil }
        guard let token = value.integer, (0..<count).contains(token) else {
            throw file.mismatch(key, expected: "a token below \(count)")
        }
        return token
    }

    func token(_ name: String) throws(LanguageError) -> Token? { try Self.token(name, file, count: texts.count) }

    /// A token's text as the file writes it.
    func text(of token: Token) -> [UInt8] { Array(texts[token]) }

    /// Texts of a byte-level vocabulary: ordinary ones are written in ``ByteCharacters``, special ones as they are.
    func byteLevelVocabulary() -> Vocabulary {
        let all = texts.bytes.span
        var result = TextList(count: texts.count, size: all.count)
        for (token, kind) in kinds.enumerated() {
            let range = texts.range(of: token)
            let isWritten = kind == .normal || kind == .unused
            if isWritten, result.append({ ByteCharacters.append(all, range, to: &$0) }) { continue }
            result.append(all, range)
        }
        return Vocabulary(texts: result, kinds: kinds, scores: [])
    }

    /// Texts of a SentencePiece vocabulary: U+2581 stands for a space, `<0x0A>` for a byte.
    func sentencePieceVocabulary() throws(LanguageError) -> Vocabulary {
        let key = "tokenizer.ggml.scores"
        guard let scores = try file.array(key, of: .float32)?.floats, scores.count == texts.count else {
            throw file.mismatch(key, expected: "\(texts.count) scores")
        }
        if let index = scores.firstIndex(where: \.isNaN) {
            throw .metadata(path: file.path, key: "\(key)[\(index)]", expected: "a number", got: "NaN")
        }
        let all = texts.bytes.span
        var result = TextList(count: texts.count, size: all.count)
        for (index, kind) in kinds.enumerated() {
            let range = texts.range(of: index)
            switch kind {
            case .normal, .userDefined, .unused:
                let text = SentencePieceEncoder.spaced(all, range)
                result.append(text.span, 0..<text.count)
            case .byte:
                guard let byte = Self.byte(text(of: index)) else {
                    throw .metadata(
                        path: file.path, key: "tokenizer.ggml.tokens[\(index)]",
                        expected: "<0x00> to <0xFF> for a byte token",
                        got: "\"\(Vocabulary.summary(of: all, range))\"")
                }
                result.append([byte].span, 0..<1)
            case .control, .unknown: result.append(all, range)
            }
        }
        return Vocabulary(texts: result, kinds: kinds, scores: scores)
    }

    /// The byte that `<0x0A>` names.
    private static func byte(_ text: [UInt8]) -> UInt8? {
        guard text.count == 6, text.starts(with: "<0x".utf8), text[5] == UInt8(ascii: ">") else { return nil }
        return UInt8(String(decoding: text[3...4], as: UTF8.self), radix: 16)
    }
}
