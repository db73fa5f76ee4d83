import Language
import TestSupport
import Testing

@Suite("Tokenizer metadata")
struct TokenizerMetadataTests {
    /// The error of a byte-level file, after changes to its arrays.
    private func byteLevel(
        texts: (inout [String]) -> Void = { _ in }, merges: [String] = ["a b"],
        types: (inout [Int32]) -> Void = { _ in },
        add: (inout GGUFBytes) -> Void = { _ in }
    ) -> LanguageError? {
        var tokens = (0...255).map { TinyVocabulary.character(of: UInt8($0)) } + ["ab", "<s>"]
        texts(&tokens)
        var kinds = [Int32](repeating: 1, count: tokens.count)
        if let last = kinds.indices.last { kinds[last] = 3 }
        types(&kinds)
        var file = GGUFBytes()
        file.add("tokenizer.ggml.model", "gpt2")
        file.add("tokenizer.ggml.tokens", strings: tokens)
        file.add("tokenizer.ggml.merges", strings: merges)
        file.add("tokenizer.ggml.token_type", integers: kinds)
        add(&file)
        return error(file)
    }

    private func sentencePiece(
        texts: [String] = ["<unk>", "<s>", "a", "<0x0A>"], scores: [Float] = [0, 0, -1, 0],
        types: [Int32] = [2, 3, 1, 6],
        add: (inout GGUFBytes) -> Void = { $0.add("tokenizer.ggml.unknown_token_id", UInt32(0)) }
    ) -> LanguageError? {
        var file = GGUFBytes()
        file.add("tokenizer.ggml.model", "llama")
        file.add("tokenizer.ggml.tokens", strings: texts)
        file.add("tokenizer.ggml.scores", floats: scores)
        file.add("tokenizer.ggml.token_type", integers: types)
        add(&file)
        return error(file)
    }

    private func error(_ file: GGUFBytes) -> LanguageError? {
        do {
            _ = try Tokenizer(file.file())
            return nil
        } catch {
            return error
        }
    }

    /// Whether an error is about this key.
    private func names(_ error: LanguageError?, _ key: String) -> Bool {
        if case .metadata(_, key, _, _)? = error { true } else { false }
    }

    @Test("Sound files are read")
    func sound() {
        #expect(byteLevel() == nil)
        #expect(sentencePiece() == nil)
    }

    @Test(
        "Merges have to name two tokens whose join is one",
        arguments: ["a", "a ", " b", "", "a c", "a ab", "x€ b", "a b c", "\u{0} b"])
    func merges(line: String) {
        #expect(names(byteLevel(merges: ["a b", line]), "tokenizer.ggml.merges[1]"), "\(line)")
    }

    /// Tokens that lie as their merges do are found without a search; these lie otherwise.
    @Test("Merges give their tokens wherever these lie, and of two that stand for the same bytes the first")
    func mergedTokens() throws {
        let bytes = (0...255).map { TinyVocabulary.character(of: UInt8($0)) }
        var file = GGUFBytes()
        file.add("tokenizer.ggml.model", "gpt2")
        file.add("tokenizer.ggml.pre", "gpt-2")
        let tokens = bytes + ["Ġa", "ab", " a", "cd", "bc", "<s>"]
        file.add("tokenizer.ggml.tokens", strings: tokens)
        file.add("tokenizer.ggml.merges", strings: ["a b", "Ġ a", "b c", "c d"])
        file.add("tokenizer.ggml.token_type", integers: tokens.indices.map { $0 < tokens.count - 1 ? 1 : 3 })
        let tokenizer = try Tokenizer(file.file())
        #expect(tokenizer.encode("ab ab bcd a") == [257, 32, 257, 32, 260, 100, 256])
    }

    @Test("No two tokens have the same text")
    func duplicates() {
        #expect(names(byteLevel(texts: { $0.insert("ab", at: 10) }), "tokenizer.ggml.tokens[257]"))
        #expect(names(sentencePiece(texts: ["<unk>", "a", "a", "<0x0A>"]), "tokenizer.ggml.tokens[2]"))
    }

    @Test("Sizes are bounded")
    func sizes() {
        #expect(
            names(byteLevel(texts: { $0[256] = String(repeating: "a", count: 1025) }), "tokenizer.ggml.tokens[256]"))
        #expect(byteLevel(texts: { $0.insert(String(repeating: "a", count: 1024), at: 257) }) == nil)
        #expect(names(byteLevel(texts: { $0 = [] }), "tokenizer.ggml.tokens"))
        #expect(names(byteLevel(texts: { $0.remove(at: 65) }), "tokenizer.ggml.tokens"))
    }

    @Test("Token types are known ones, one a token", arguments: [-1, 7, 99, .max, .min])
    func types(code: Int32) {
        #expect(names(byteLevel(types: { $0[3] = code }), "tokenizer.ggml.token_type[3]"))
        #expect(names(byteLevel(types: { $0.removeLast() }), "tokenizer.ggml.token_type"))
    }

    @Test("Scores are numbers, one a token")
    func scores() {
        #expect(names(sentencePiece(scores: [0, 0, .nan, 0]), "tokenizer.ggml.scores[2]"))
        #expect(names(sentencePiece(scores: [0, 0]), "tokenizer.ggml.scores"))
        #expect(sentencePiece(scores: [0, .infinity, -.infinity, -0.0]) == nil)
    }

    @Test(
        "Byte tokens name bytes, and there is something for every byte",
        arguments: ["<0x0>", "<0xGG>", "0A", "", "<0x0A>a"])
    func bytes(text: String) {
        #expect(names(sentencePiece(texts: ["<unk>", "<s>", "a", text]), "tokenizer.ggml.tokens[3]"))
        #expect(names(sentencePiece(add: { _ in }), "tokenizer.ggml.unknown_token_id"))
    }

    @Test("Special tokens lie in the vocabulary; none cannot be added")
    func special() {
        #expect(
            names(byteLevel(add: { $0.add("tokenizer.ggml.bos_token_id", UInt32(258)) }), "tokenizer.ggml.bos_token_id")
        )
        #expect(names(byteLevel(add: { $0.add("tokenizer.ggml.add_bos_token", true) }), "tokenizer.ggml.bos_token_id"))
        #expect(names(byteLevel(add: { $0.add("tokenizer.ggml.add_eos_token", true) }), "tokenizer.ggml.eos_token_id"))
        #expect(
            names(byteLevel(add: { $0.add("tokenizer.ggml.add_bos_token", "yes") }), "tokenizer.ggml.add_bos_token"))
    }

    @Test("Unknown kinds are refused by name, with what is known")
    func unknown() throws {
        guard
            case .unsupported(_, "pre-tokenizer", "nothing", let known)? = byteLevel(add: {
                $0.add("tokenizer.ggml.pre", "nothing")
            })
        else {
            Issue.record("an unknown pre-tokenizer was read")
            return
        }
        #expect(known == PreTokenizer.known && known.contains("llama-bpe") && known.contains("qwen2"))
        var file = GGUFBytes()
        file.add("tokenizer.ggml.model", "bert")
        file.add("tokenizer.ggml.tokens", strings: ["a"])
        guard case .unsupported(_, "tokenizer", "bert", ["gpt2", "llama"])? = error(file) else {
            Issue.record("an unknown tokenizer was read")
            return
        }
    }

    @Test("White space behind Phi-3's special tokens is left out, but not behind those that begin a text")
    func trimming() throws {
        func tokens(_ architecture: String) throws -> [Token] {
            var file = GGUFBytes()
            file.add("general.architecture", architecture)
            file.add("tokenizer.ggml.model", "llama")
            file.add("tokenizer.ggml.tokens", strings: ["<unk>", "<s>", "<|end|>", "a", "\u{2581}a"])
            file.add("tokenizer.ggml.scores", floats: [0, 0, 0, -1, -2])
            file.add("tokenizer.ggml.token_type", integers: [2, 3, 3, 1, 1])
            file.add("tokenizer.ggml.unknown_token_id", UInt32(0))
            file.add("tokenizer.ggml.add_space_prefix", false)
            return try Tokenizer(file.file()).encode("<|end|> \na<s> a", parseSpecial: true)
        }
        #expect(try tokens("phi3") == [2, 3, 1, 4])
        #expect(try tokens("llama") == [2, 0, 0, 3, 1, 4])
    }

    @Test("Two merges that share a token's text as spaces and as their sign keep the first")
    func literals() throws {
        var file = GGUFBytes()
        file.add("tokenizer.ggml.model", "llama")
        file.add("tokenizer.ggml.tokens", strings: ["<unk>", "a", "\u{2581}", "  ", "<|b|>", "<|b|>c"])
        file.add("tokenizer.ggml.scores", floats: [0, -1, -1, -1, 0, 0])
        file.add("tokenizer.ggml.token_type", integers: [2, 1, 1, 4, 4, 4])
        file.add("tokenizer.ggml.unknown_token_id", UInt32(0))
        file.add("tokenizer.ggml.add_space_prefix", false)
        let tokenizer = try Tokenizer(file.file())
        // User-defined tokens are found in any text, the longest first.
        #expect(tokenizer.encode("a   <|b|>c<|b|>a") == [1, 3, 2, 5, 4, 1])
        #expect(tokenizer.encode("<|b|", addEOS: true).count == 4)
    }
}
