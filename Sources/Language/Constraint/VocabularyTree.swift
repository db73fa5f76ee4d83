/// The tokens that stand for text, by their bytes.
struct VocabularyTree: Sendable {
    /// Longest token that grammars use, in bytes; longer ones stay out.
    private static let longest = 512

    static var root: Int { PrefixTree<UInt8>.root }

    let tree: PrefixTree<UInt8>
    private let tokens: [Token]
    private let isText: [Bool]

    init(_ tokenizer: Tokenizer) {
        let isText = (0..<tokenizer.count).map { token in
            !tokenizer.isControl(token) && (1...Self.longest).contains(tokenizer.vocabulary.bytes(of: token).count)
        }
        self.isText = isText
        tokens = isText.indices.filter { isText[$0] }
        tree = PrefixTree(tokens.map(tokenizer.bytes(of:)))
    }

    /// The token at a position of the tree's order.
    func token(at position: Int) -> Token { tokens[tree.order[position]] }

    /// Whether a token is in the tree.
    func spells(_ token: Token) -> Bool { isText[token] }
}
