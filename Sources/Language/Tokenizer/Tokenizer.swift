import Synchronization

/// Text to tokens and back, by the vocabulary and rules that a GGUF file carries.
///
/// Byte-level BPE (`tokenizer.ggml.model` = `gpt2`) and SentencePiece's BPE (`llama`) are read.
package final class Tokenizer: Sendable {
    let vocabulary: Vocabulary
    private let encoder: any TextEncoder
    /// Written out in any text: user-defined tokens.
    private let userDefined: LiteralMatcher
    /// Written out in templates: user-defined and control tokens.
    private let special: LiteralMatcher
    private let controlByText: [String: Token]
    private let endTokens: Set<Token>
    private let sharedTree = Mutex<VocabularyTree?>(nil)

    /// Begins a text.
    package let bos: Token?
    /// Ends a text.
    package let eos: Token?
    /// Whether the model was trained on texts that begin with ``bos``.
    package let addsBOS: Bool

    /// Reads the tokenizer of a file.
    ///
    /// - Throws: ``LanguageError`` `.metadata` for a missing or unsound value, `.unsupported` for an unknown model or
    ///   pre-tokenizer.
    package init(_ file: GGUFFile) throws(LanguageError) {
        let source = try TokenizerSource(file)
        let vocabulary: Vocabulary
        let model = try file.string("tokenizer.ggml.model")
        switch model {
        case "gpt2":
            vocabulary = source.byteLevelVocabulary()
            let encoder = try BytePairEncoder(file, vocabulary: vocabulary, unknown: source.unknown)
            self.encoder = encoder
            addsBOS = try file.bool("tokenizer.ggml.add_bos_token", default: encoder.preTokenizer.addsBOS)
        case "llama":
            vocabulary = try source.sentencePieceVocabulary()
            encoder = try SentencePieceEncoder(file, vocabulary: vocabulary, unknown: source.unknown)
            addsBOS = try file.bool("tokenizer.ggml.add_bos_token", default: true)
        default:
            throw .unsupported(path: file.path, what: "tokenizer", name: model, known: ["gpt2", "llama"])
        }
        self.vocabulary = vocabulary
        bos = try source.token("bos")
        eos = try source.token("eos")
        var literals: [(text: [UInt8], token: Token)] = []
        var control: [(text: [UInt8], token: Token)] = []
        var controlByText: [String: Token] = [:]
        for token in 0..<vocabulary.count {
            let text = Array(vocabulary.bytes(of: token))
            switch vocabulary.kinds[token] {
            case .userDefined: literals.append((text, token))
            case .control, .unknown:
                control.append((text, token))
                controlByText[String(decoding: text, as: UTF8.self)] = token
            default: break
            }
        }
        userDefined = LiteralMatcher(literals)
        special = LiteralMatcher(literals + control)
        self.controlByText = controlByText
        var ends: Set<Token> = []
        for key in ["eos", "eot", "eom"] { if let token = try source.token(key) { ends.insert(token) } }
        for text in Self.endTexts { if let token = controlByText[text] { ends.insert(token) } }
        endTokens = ends
    }

    /// Control tokens that end a turn in the models of today, whatever the metadata says.
    private static let endTexts = [
        "<|eot_id|>", "<|eom_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|endoftext|>", "<|end_of_text|>",
        "<eos>",
    ]

    /// The vocabulary by bytes, made when it is first asked for.
    var tree: VocabularyTree {
        sharedTree.withLock { tree in
            if let tree { return tree }
            let new = VocabularyTree(self)
            tree = new
            return new
        }
    }

    /// Number of tokens.
    package var count: Int { vocabulary.count }

    /// Tokens that end an answer.
    package var endOfGeneration: Set<Token> { endTokens }

    /// The control token written so, `<say>`, or nil.
    package func token(named text: String) -> Token? { controlByText[text] }

    /// Whether a token stands for structure rather than text.
    package func isControl(_ token: Token) -> Bool {
        let kind = vocabulary.kinds[token]
        return kind == .control || kind == .unknown
    }

    /// The bytes that a token stands for; a control token's are its name.
    package func bytes(of token: Token) -> [UInt8] { Array(vocabulary.bytes(of: token)) }

    /// The tokens of a text.
    ///
    /// - Parameters:
    ///   - parseSpecial: whether control tokens written out in the text, `<say>`, become tokens. Only for text of ours:
    ///     what a user wrote is never parsed.
    ///   - addBOS: whether ``bos`` comes first.
    package func encode(_ text: String, parseSpecial: Bool = false, addBOS: Bool = false) -> [Token] {
        var tokens: [Token] = []
        if addBOS, let bos { tokens.append(bos) }
        let bytes = Array(text.utf8)
        let literals = parseSpecial ? special : userDefined
        var start = 0
        while start < bytes.count {
            guard let literal = literals.next(in: bytes, from: start) else { break }
            if start < literal.range.lowerBound {
                encoder.encode(bytes[start..<literal.range.lowerBound], into: &tokens)
            }
            tokens.append(literal.token)
            start = literal.range.upperBound
        }
        if start < bytes.count { encoder.encode(bytes[start...], into: &tokens) }
        return tokens
    }

    /// The text of tokens from the beginning of a text; bytes that are not UTF-8 become U+FFFD.
    ///
    /// - Parameter renderControl: whether control tokens are written out.
    package func decode(_ tokens: some Sequence<Token>, renderControl: Bool = false) -> String {
        var decoder = makeTextDecoder(renderControl: renderControl)
        var text = ""
        for token in tokens { text += decoder.add(token) }
        text += decoder.finish()
        return encoder.addsSpacePrefix && text.hasPrefix(" ") ? String(text.dropFirst()) : text
    }

    /// A decoder for tokens as they come, in the middle of a text.
    package func makeTextDecoder(renderControl: Bool = false) -> TextDecoder {
        TextDecoder(tokenizer: self, renderControl: renderControl)
    }
}

/// What one kind of tokenizer does with text in which no special token is left.
protocol TextEncoder: Sendable {
    /// Whether a space is put before the text.
    var addsSpacePrefix: Bool { get }
    /// Appends the tokens of UTF-8 text, which is shorter than 2 GiB.
    func encode(_ text: ArraySlice<UInt8>, into tokens: inout [Token])
}
