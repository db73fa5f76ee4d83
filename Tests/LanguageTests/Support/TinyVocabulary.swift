import Language

/// A byte-level vocabulary small enough for tests: every byte, some merges, some control tokens.
struct TinyVocabulary {
    /// Control tokens, after the bytes and merges.
    static let control = ["<s>", "</s>", "<c>", "<say>"]

    let texts: [String]
    let merges: [String]
    let firstControl: Int

    /// - Parameter merges: pairs of texts, each a byte's character or made by an earlier pair.
    init(merges: [(String, String)] = []) {
        let bytes = (0...255).map { Self.character(of: UInt8($0)) }
        self.merges = merges.map { "\($0.0) \($0.1)" }
        texts = bytes + merges.map { $0.0 + $0.1 } + Self.control
        firstControl = 256 + merges.count
    }

    var count: Int { texts.count }

    /// The character that stands for a byte in byte-level vocabularies.
    static func character(of byte: UInt8) -> String {
        let printable: (Int) -> Bool = {
            (0x21...0x7E).contains($0) || (0xA1...0xAC).contains($0) || (0xAE...0xFF).contains($0)
        }
        let value = printable(Int(byte)) ? Int(byte) : 0x100 + (0..<Int(byte)).count { !printable($0) }
        return Unicode.Scalar(UInt32(value)).map { String(Character($0)) } ?? ""
    }

    /// Adds the vocabulary's metadata to a file.
    func add(to file: inout GGUFBytes, pre: String = "gpt-2") {
        file.add("tokenizer.ggml.model", "gpt2")
        file.add("tokenizer.ggml.pre", pre)
        file.add("tokenizer.ggml.tokens", strings: texts)
        file.add("tokenizer.ggml.merges", strings: merges)
        file.add("tokenizer.ggml.token_type", integers: texts.indices.map { $0 < firstControl ? 1 : 3 })
        file.add("tokenizer.ggml.bos_token_id", UInt32(firstControl))
        file.add("tokenizer.ggml.eos_token_id", UInt32(firstControl + 1))
    }

    /// The tokenizer alone.
    func tokenizer(pre: String = "gpt-2") throws -> Tokenizer {
        var file = GGUFBytes()
        add(to: &file, pre: pre)
        return try Tokenizer(file.file())
    }
}
