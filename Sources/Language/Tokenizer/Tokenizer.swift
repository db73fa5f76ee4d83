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
    let special: LiteralMatcher
    private let controlByText: [String: Token]
    private let endTokens: Set<Token>
    private let sharedTree = Mutex<VocabularyTree?>(nil)

    /// Begins a text.
    package let bos: Token?
    /// Ends a text.
    package let eos: Token?
    /// Whether the model was trained on texts that begin with ``bos``.
    package let addsBOS: Bool

    /// Whether the model was trained on texts that end with ``eos``.
    package let addsEOS: Bool
    /// Tokens of a template behind which white space is left out.
    private let trimming: Set<Token>
    /// What encoding left behind for the next text; nil while one is encoded.
    private let workspace = Mutex<EncodingWorkspace?>(nil)

    /// Reads the tokenizer of a file.
    ///
    /// - Throws: ``LanguageError`` `.metadata` for a missing or unsound value, `.unsupported` for an unknown model or
    ///   pre-tokenizer.
    package init(_ file: GGUFFile) throws(LanguageError) {
        let source = try TokenizerSource(file)
        let vocabulary: Vocabulary
        let model = try file.string("tokenizer.ggml.model")
        let addsBOS: Bool
        switch model {
        case "gpt2":
            vocabulary = source.byteLevelVocabulary()
            let encoder = try BytePairEncoder(file, vocabulary: vocabulary, unknown: source.unknown)
            self.encoder = encoder
            addsBOS = encoder.preTokenizer.addsBOS
        case "llama":
            vocabulary = try source.sentencePieceVocabulary()
            encoder = try SentencePieceEncoder(file, vocabulary: vocabulary, unknown: source.unknown)
            addsBOS = true
        default:
            throw .unsupported(path: file.path, what: "tokenizer", name: model, known: ["gpt2", "llama"])
        }
        self.vocabulary = vocabulary
        bos = try source.token("bos")
        eos = try source.token("eos")
        self.addsBOS = try Self.flag(file, "bos", token: bos, default: addsBOS)
        addsEOS = try Self.flag(file, "eos", token: eos, default: false)
        var literals: [(text: [UInt8], token: Token)] = []
        var control: [(text: [UInt8], token: Token)] = []
        var controlByText: [String: Token] = [:]
        for token in 0..<vocabulary.count {
            switch vocabulary.kinds[token] {
            case .userDefined: literals.append((source.text(of: token), token))
            case .control, .unknown:
                let text = source.text(of: token)
                control.append((text, token))
                controlByText[String(decoding: text, as: UTF8.self)] = token
            default: break
            }
        }
        userDefined = LiteralMatcher(literals)
        special = LiteralMatcher(literals + control)
        self.controlByText = controlByText
        trimming = try Self.trimming(file, model, literals + control)
        var ends: Set<Token> = []
        for key in ["eos", "eot", "eom"] { if let token = try source.token(key) { ends.insert(token) } }
        for text in Self.endTexts { if let token = controlByText[text] { ends.insert(token) } }
        endTokens = ends
    }

    /// `tokenizer.ggml.add_NAME_token`, which needs the token if it is written out.
    private static func flag(
        _ file: GGUFFile, _ name: String, token: Token?, default fallback: Bool
    ) throws(LanguageError) -> Bool {
        let adds = try file.bool("tokenizer.ggml.add_\(name)_token", default: fallback && token != nil)
        guard !adds || token != nil else {
            throw file.mismatch("tokenizer.ggml.\(name)_token_id", expected: "a token, since it is to be added")
        }
        return adds
    }

    /// Phi-3's special tokens take the white space behind them, but for those that begin or end a text. No metadata says so;
    /// the published tokenizer does (`rstrip`).
    private static func trimming(
        _ file: GGUFFile, _ model: String, _ literals: [(text: [UInt8], token: Token)]
    ) throws(LanguageError) -> Set<Token> {
        guard model == "llama", try file.string("general.architecture", default: "") == "phi3" else { return [] }
        let others: Set<String> = ["<unk>", "<s>", "<|endoftext|>"]
        return Set(literals.filter { !others.contains(String(decoding: $0.text, as: UTF8.self)) }.map(\.token))
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
    ///   - addEOS: whether ``eos`` comes last.
    package func encode(
        _ text: String, parseSpecial: Bool = false, addBOS: Bool = false, addEOS: Bool = false
    ) -> [Token] {
        var tokens: [Token] = []
        if addBOS, let bos { tokens.append(bos) }
        let bytes = Array(text.utf8)
        let literals = parseSpecial ? special : userDefined
        encode(bytes.span, into: &tokens) { literals.next(in: $0, from: $1) }
        if addEOS, let eos { tokens.append(eos) }
        return tokens
    }

    /// - Parameter nextLiteral: finds the next token that is written out in the text at or after a place.
    func encode(
        _ text: Span<UInt8>, into tokens: inout [Token],
        nextLiteral: (Span<UInt8>, Int) -> (range: Range<Int>, token: Token)?
    ) {
        var workspace = self.workspace.withLock { $0.take() } ?? EncodingWorkspace()
        var start = 0
        while start < text.count {
            let literal = nextLiteral(text, start)
            let end = literal?.range.lowerBound ?? text.count
            if start < end { encoder.encode(text, start..<end, &workspace, into: &tokens) }
            guard let literal else { break }
            tokens.append(literal.token)
            start = literal.range.upperBound
            guard trimming.contains(literal.token) else { continue }
            while start < text.count, text[start] == 0x20 || (0x09...0x0D).contains(text[start]) { start += 1 }
        }
        // A very long text's memory is not kept.
        if workspace.merger.isLarge { workspace.merger = SymbolMerger() }
        self.workspace.withLock { [workspace] in $0 = workspace }
    }

    /// The text of tokens from the beginning of a text; bytes that are not UTF-8 become U+FFFD.
    ///
    /// - Parameter renderControl: whether control tokens are written out.
    package func decode(_ tokens: some Sequence<Token>, renderControl: Bool = false) -> String {
        var decoder = makeTextDecoder(renderControl: renderControl)
        var text = ""
        for token in tokens { text += decoder.add(token) }
        text += decoder.finish()
        // By scalars: a space and a combining mark are one `Character`.
        return encoder.addsSpacePrefix && text.unicodeScalars.first == " "
            ? String(text.unicodeScalars.dropFirst()) : text
    }

    /// A decoder for tokens as they come, in the middle of a text.
    package func makeTextDecoder(renderControl: Bool = false) -> TextDecoder {
        TextDecoder(tokenizer: self, renderControl: renderControl)
    }
}

/// What one kind of tokenizer does with text in which no special token is left.
protocol TextEncoder: AnyObject, Sendable {
    /// Whether a space is put before the text.
    var addsSpacePrefix: Bool { get }
    /// Appends the tokens of a part of UTF-8 text, which is shorter than 2 GiB and not cut inside a character.
    func encode(
        _ text: Span<UInt8>, _ range: Range<Int>, _ workspace: inout EncodingWorkspace, into tokens: inout [Token])
}
