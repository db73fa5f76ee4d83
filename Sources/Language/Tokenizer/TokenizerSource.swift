import Tensors

/// The vocabulary as a GGUF file writes it, before one kind of tokenizer has read its texts.
struct TokenizerSource {
    private let file: GGUFFile
    private let texts: [[UInt8]]
    private let kinds: [TokenKind]
    /// Stands for what the vocabulary lacks.
    let unknown: Token?

    init(_ file: GGUFFile) throws(LanguageError) {
        self.file = file
        let key = "tokenizer.ggml.tokens"
        guard let array = try file.array(key, of: .string), let ranges = array.stringRanges, !ranges.isEmpty,
            ranges.count <= Vocabulary.largest
        else { throw file.mismatch(key, expected: "1 to \(Vocabulary.largest) strings") }
        let bytes = array.bytes
        let (longest, total) = (1 << 16, 1 << 30)
        guard ranges.allSatisfy({ $0.count <= longest }), ranges.reduce(0, { $0 + $1.count }) <= total else {
            throw file.mismatch(key, expected: "strings of at most \(longest) bytes, \(total) together")
        }
        texts = bytes.withSpan { span in ranges.map { range in range.map { span[$0] } } }
        kinds = try Self.kinds(file, count: ranges.count)
        unknown = try Self.token("unknown", file, count: ranges.count)
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
        return try codes.map { code throws(LanguageError) in
            if code == 0 { return .normal }
            guard let kind = UInt8(exactly: code).flatMap(TokenKind.init(rawValue:)) else {
                throw .metadata(path: file.path, key: key, expected: "token types 1 to 6", got: "\(code)")
            }
            return kind
        }
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

    /// Texts of a byte-level vocabulary: ordinary ones are written in ``ByteCharacters``, special ones as they are.
    func byteLevelVocabulary() -> Vocabulary {
        let bytes = zip(texts, kinds).map { text, kind in
            kind == .normal || kind == .unused ? ByteCharacters.bytes(of: text) ?? text : text
        }
        return Vocabulary(texts: bytes, kinds: kinds, scores: [])
    }

    /// Texts of a SentencePiece vocabulary: U+2581 stands for a space, `<0x0A>` for a byte.
    func sentencePieceVocabulary() throws(LanguageError) -> Vocabulary {
        let key = "tokenizer.ggml.scores"
        guard let scores = try file.array(key, of: .float32)?.floats, scores.count == texts.count else {
            throw file.mismatch(key, expected: "\(texts.count) scores")
        }
        var bytes: [[UInt8]] = []
        bytes.reserveCapacity(texts.count)
        for (text, kind) in zip(texts, kinds) {
            switch kind {
            case .normal, .userDefined, .unused: bytes.append(SentencePieceEncoder.spaced(text[...]))
            case .byte:
                guard let byte = Self.byte(text) else {
                    throw .metadata(
                        path: file.path, key: "tokenizer.ggml.tokens", expected: "<0x00> to <0xFF> for a byte token",
                        got: String(decoding: text, as: UTF8.self))
                }
                bytes.append([byte])
            case .control, .unknown: bytes.append(text)
            }
        }
        return Vocabulary(texts: bytes, kinds: kinds, scores: scores)
    }

    /// The byte that `<0x0A>` names.
    private static func byte(_ text: [UInt8]) -> UInt8? {
        guard text.count == 6, text.starts(with: "<0x".utf8), text[5] == UInt8(ascii: ">") else { return nil }
        return UInt8(String(decoding: text[3...4], as: UTF8.self), radix: 16)
    }
}
