import Language
import TestSupport
import Testing

@Suite("Byte-level BPE")
struct BytePairTests {
    private static let merges = [
        ("a", "b"), ("Ġ", "t"), ("h", "e"), ("Ġt", "he"), ("ab", "ab"), ("b", "a"), ("1", "2"), ("12", "3"), ("l", "l"),
        ("a", "a"), ("aa", "aa"), ("Ã", "¤"),
    ]

    /// Merges as the definition says: the pair of lowest rank, the leftmost of them, until there is none.
    private func naive(_ text: String, _ vocabulary: TinyVocabulary) -> [String] {
        var symbols = text.utf8.map(TinyVocabulary.character(of:))
        while true {
            let ranks = zip(symbols, symbols.dropFirst()).map {
                vocabulary.merges.firstIndex(of: "\($0) \($1)") ?? .max
            }
            guard let best = ranks.min(), best != .max, let place = ranks.firstIndex(of: best) else { return symbols }
            symbols.replaceSubrange(place...place + 1, with: [symbols[place] + symbols[place + 1]])
        }
    }

    @Test("Random texts merge as the definition says", arguments: 0..<4)
    func matchesDefinition(seed: UInt64) throws {
        let vocabulary = TinyVocabulary(merges: Self.merges)
        let tokenizer = try vocabulary.tokenizer()
        let splitter = try #require(PreTokenizer(name: "gpt-2"))
        var random = TestRandom(seed: seed)
        for _ in 0..<200 {
            let text = String(
                (0..<Int.random(in: 0...40, using: &random)).map { _ in
                    "aabbb the123ll ä".randomElement(using: &random) ?? "a"
                })
            let expected = splitter.pieces(of: text).flatMap { naive($0, vocabulary) }
            #expect(tokenizer.encode(text).map { vocabulary.texts[$0] } == expected, "\(text)")
            #expect(tokenizer.decode(tokenizer.encode(text)) == text)
        }
    }

    @Test("A megabyte of one letter takes n log n steps, not n squared")
    func longRun() throws {
        let tokenizer = try TinyVocabulary(merges: Self.merges).tokenizer()
        let tokens = tokenizer.encode(String(repeating: "a", count: 1_000_000))
        #expect(tokens.count == 250_000)
    }

    @Test("Short and long pieces, met again or not, merge alike", arguments: [1, 15, 16, 17, 255, 256, 257, 300])
    func lengths(count: Int) throws {
        let vocabulary = TinyVocabulary(merges: Self.merges)
        let tokenizer = try vocabulary.tokenizer()
        let text = String(String(repeating: "aabababbaaab", count: count / 12 + 1).prefix(count))
        let expected = naive(text, vocabulary)
        for _ in 0..<3 { #expect(tokenizer.encode(text).map { vocabulary.texts[$0] } == expected) }
    }

    @Test("Every byte survives, alone and in any order")
    func everyByte() throws {
        let tokenizer = try TinyVocabulary(merges: Self.merges).tokenizer()
        for byte in 0..<256 { #expect(tokenizer.bytes(of: byte) == [UInt8(byte)]) }
        let text = "\u{0}\u{7F}ä€🙂\u{10FFFF}\r\n\t"
        #expect(tokenizer.decode(tokenizer.encode(text)) == text)
    }

    @Test("Control tokens are parsed only where that is asked for")
    func control() throws {
        let vocabulary = TinyVocabulary(merges: Self.merges)
        let tokenizer = try vocabulary.tokenizer()
        let say = try #require(tokenizer.token(named: "<say>"))
        #expect(say == vocabulary.firstControl + 3)
        #expect(tokenizer.isControl(say) && !tokenizer.isControl(97))
        #expect(tokenizer.encode("<say> ab<c>", parseSpecial: true) == [say] + tokenizer.encode(" ab") + [say - 1])
        let typed = tokenizer.encode("<say> ab<c>")
        #expect(!typed.contains(where: tokenizer.isControl))
        #expect(tokenizer.decode(typed) == "<say> ab<c>")
        #expect(tokenizer.decode([say, 97]) == "a")
        #expect(tokenizer.decode([say, 97], renderControl: true) == "<say>a")
        #expect(tokenizer.encode("a", addBOS: true) == [vocabulary.firstControl, 97])
        #expect(tokenizer.bos == vocabulary.firstControl && tokenizer.eos == vocabulary.firstControl + 1)
        #expect(tokenizer.endOfGeneration == [vocabulary.firstControl + 1])
        #expect(!tokenizer.addsBOS)
        #expect(tokenizer.token(named: "ab") == nil)
    }

    @Test("Decoding token by token gives whole characters only")
    func streaming() throws {
        let tokenizer = try TinyVocabulary().tokenizer()
        let text = "aä€🙂z"
        var decoder = tokenizer.makeTextDecoder()
        let pieces = tokenizer.encode(text).map { decoder.add($0) }
        #expect(pieces == ["a", "", "ä", "", "", "€", "", "", "", "🙂", "z"])
        #expect(decoder.finish() == "")
        // Broken sequences become U+FFFD as soon as they cannot be finished any more, the rest is kept.
        #expect([0xF0, 0x9F].map { decoder.add($0) } == ["", ""])
        #expect(decoder.add(0x41) == "\u{FFFD}A")
        #expect(decoder.add(0xC0) == "\u{FFFD}")
        #expect(decoder.add(0x80) == "\u{FFFD}")
        #expect(decoder.add(0xE2) == "")
        #expect(decoder.finish() == "\u{FFFD}")
    }

    @Test("Decoding in pieces gives the text that decoding at once gives", arguments: 0..<20)
    func streamingRandomBytes(seed: UInt64) throws {
        let tokenizer = try TinyVocabulary().tokenizer()
        var random = TestRandom(seed: seed)
        let likely: [Token] = [0xC3, 0xA4, 0xE2, 0x82, 0xAC, 0xF0, 0x9F, 0x99, 0x82, 0x41, 0xED, 0xA0, 0xF4, 0x90]
        let tokens = (0..<60).map { _ in likely.randomElement(using: &random) ?? 0 }
        var decoder = tokenizer.makeTextDecoder()
        var text = ""
        for token in tokens { text += decoder.add(token) }
        text += decoder.finish()
        #expect(text == String(decoding: tokens.map { UInt8($0) }, as: UTF8.self))
    }
}

@Suite("Pre-tokenizers")
struct PreTokenizerTests {
    /// Worked out by hand from the published regular expressions.
    static let cases: [(String, String, [String])] = [
        ("gpt-2", "Hello world", ["Hello", " world"]),
        ("gpt-2", "I'll, we've 'S", ["I", "'ll", ",", " we", "'ve", " '", "S"]),
        ("gpt-2", "a  b   \n c", ["a", " ", " b", "   \n", " c"]),
        ("gpt-2", "x123 456!?", ["x", "123", " 456", "!?"]),
        ("gpt-2", "end  ", ["end", "  "]),
        ("gpt-2", "\tTab", ["\t", "Tab"]),
        ("gpt-2", "größe日本", ["größe日本"]),
        ("llama-bpe", "I'LL, we've", ["I", "'LL", ",", " we", "'ve"]),
        ("llama-bpe", "12345 6", ["123", "45", " ", "6"]),
        ("llama-bpe", "(word)\n\nnext", ["(word", ")\n\n", "next"]),
        ("llama-bpe", "a \n \n  b", ["a", " \n \n", " ", " b"]),
        ("llama-bpe", "\n=", ["\n", "="]),
        ("llama-bpe", "a   ", ["a", "   "]),
        ("qwen2", "12345", ["1", "2", "3", "4", "5"]),
        ("smollm", "a 123", ["a", " ", "1", "2", "3"]),
        ("starcoder", "x12", ["x", "1", "2"]),
        ("default", "a+b=1234.", ["a", "+", "b", "=", "123", "4", "."]),
        // A space joins the digits that follow, then three of them at a time are cut off.
        ("falcon", "`x` 12345", ["`", "x", "`", " ", "123", "45"]),
        ("deepseek-coder", "def f():\n  x12", ["def", " f", "():", "\n", " ", " x", "1", "2"]),
    ]

    @Test("Texts are cut as the regular expressions say", arguments: cases.indices)
    func pieces(index: Int) throws {
        let (name, text, expected) = Self.cases[index]
        let splitter = try #require(PreTokenizer(name: name))
        #expect(splitter.pieces(of: text) == expected)
    }

    @Test("Pieces are never empty and join to the text", arguments: PreTokenizer.known)
    func joins(name: String) throws {
        let splitter = try #require(PreTokenizer(name: name))
        var random = TestRandom(seed: 77)
        let alphabet = Array("aZ09 \t\n\r'’sS.,!$+<`ä日\u{3000}½🙂e\u{301}")
        for _ in 0..<300 {
            let text = String(
                (0..<Int.random(in: 0...30, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "a" })
            let pieces = splitter.pieces(of: text)
            #expect(Array(pieces.joined().utf8) == Array(text.utf8))
            #expect(!pieces.contains(""))
        }
    }

    /// `Tests/Python/pretokenizer_pieces.py` cut the texts with PyPI `regex`; the file has the pieces' lengths in scalars.
    @Test("Random texts are cut as by the published expressions")
    func expressions() throws {
        let path = Repository.file("Tests/Fixtures/pretokenizer-pieces.json")
        guard case .dictionary(let file) = try TemplateValue(json: fileBytes(path)),
            case .list(let texts)? = file[.string("texts")]
        else {
            Issue.record("the fixture is not what it should be")
            return
        }
        #expect(file.pairs.count == 16 && texts.elements.count == 160)
        for pair in file.pairs.dropFirst() {
            guard case .string(let name) = pair.key, case .list(let rows) = pair.value else { continue }
            let splitter = try #require(PreTokenizer(name: name))
            for (text, row) in zip(texts.elements, rows.elements) {
                guard case .string(let text) = text, case .list(let lengths) = row else { continue }
                let expected = lengths.elements.map { if case .integer(let length) = $0 { length } else { 0 } }
                #expect(
                    splitter.pieces(of: text).map(\.unicodeScalars.count) == expected,
                    "\(name): \(text.debugDescription)")
            }
        }
    }

    @Test("An unknown name is none")
    func unknown() {
        #expect(PreTokenizer(name: "nothing") == nil)
        #expect(PreTokenizer.known.contains("gpt-2"))
    }
}

@Suite("SentencePiece BPE")
struct SentencePieceTests {
    /// Byte tokens, some pieces with scores, and control tokens.
    private static func tokenizer(prefix: Bool = true, bytes: Bool = true) throws(LanguageError) -> (
        Tokenizer, [String]
    ) {
        let hex = (0..<256).map { "<0x" + ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) + ">" }
        let pieces: [(String, Float)] = [
            ("▁", -1), ("a", -2), ("b", -3), ("ä", -4), ("ab", -5), ("▁a", -6), ("▁ab", -6.5), ("aba", -4.5),
            ("ba", -4.7), ("▁▁", -8),
        ]
        let texts = ["<unk>", "<s>", "</s>"] + (bytes ? hex : []) + pieces.map(\.0)
        let types = [2, 3, 3] + (bytes ? hex : []).map { _ in 6 } + pieces.map { _ in 1 }
        var file = GGUFBytes()
        file.add("tokenizer.ggml.model", "llama")
        file.add("tokenizer.ggml.tokens", strings: texts)
        file.add("tokenizer.ggml.token_type", integers: types.map(Int32.init))
        file.add("tokenizer.ggml.scores", floats: [0, 0, 0] + (bytes ? hex : []).map { _ in 0 } + pieces.map(\.1))
        file.add("tokenizer.ggml.bos_token_id", UInt32(1))
        file.add("tokenizer.ggml.eos_token_id", UInt32(2))
        if !bytes { file.add("tokenizer.ggml.unknown_token_id", UInt32(0)) }
        if !prefix { file.add("tokenizer.ggml.add_space_prefix", false) }
        return (try Tokenizer(file.file()), texts)
    }

    @Test(
        "The best-scored pair merges first",
        arguments: [
            ("ab", ["▁ab"]), ("aba", ["▁", "aba"]), ("abab", ["▁", "aba", "b"]), ("b", ["▁", "b"]), ("", []),
            ("a a", ["▁a", "▁a"]), ("  b", ["▁▁", "▁", "b"]), ("ä€", ["▁", "ä", "<0xE2>", "<0x82>", "<0xAC>"]),
            ("\n", ["▁", "<0x0A>"]),
            ("▁a", ["▁", "▁a"]),
        ])
    func merging(text: String, expected: [String]) throws {
        let (tokenizer, texts) = try Self.tokenizer()
        #expect(tokenizer.encode(text).map { texts[$0] } == expected)
        #expect(tokenizer.decode(tokenizer.encode(text)) == text.replacingUnderscores)
    }

    @Test("A space comes first unless the file says otherwise; the model begins with BOS")
    func prefix() throws {
        let (tokenizer, texts) = try Self.tokenizer(prefix: false)
        #expect(tokenizer.encode("ab").map { texts[$0] } == ["ab"])
        #expect(tokenizer.decode(tokenizer.encode(" ab")) == " ab")
        #expect(tokenizer.addsBOS)
        #expect(tokenizer.encode("</s>", parseSpecial: true) == [2])
        #expect(!tokenizer.encode("</s>").contains(2))
    }

    @Test("Without byte tokens the unknown token stands in")
    func unknown() throws {
        let (tokenizer, texts) = try Self.tokenizer(bytes: false)
        #expect(tokenizer.encode("a€").map { texts[$0] } == ["▁a", "<unk>", "<unk>", "<unk>"])
    }

    @Test("A megabyte of one letter takes n log n steps")
    func longRun() throws {
        let (tokenizer, _) = try Self.tokenizer()
        #expect(tokenizer.encode(String(repeating: "ab", count: 500_000)).count > 300_000)
    }
}

extension String {
    /// SentencePiece does not tell its sign for a space from a space.
    fileprivate var replacingUnderscores: String { String(map { $0 == "▁" ? " " : $0 }) }
}
