/// The tokens that stand for text, as a tree of their bytes in flat arrays: depth first, so that a walk reads them in order and
/// leaves out a branch by a jump.
struct VocabularyTree: Sendable {
    /// Longest token that grammars use, in bytes; longer ones stay out.
    static let longest = 512

    static var root: Int { 0 }

    /// The byte that leads to each node; the root's means nothing.
    let labels: [UInt8]
    /// How many bytes lead to each node.
    let depths: [UInt16]
    /// How many bytes lead to the deepest node of each node's branch.
    let deepest: [UInt16]
    /// The node behind each node's branch.
    let ends: [Int32]
    /// Where the tokens that end at each node begin in ``tokens``; one more than there are nodes.
    let firstTokens: [Int32]
    let tokens: [Int32]
    private let isText: [Bool]

    init(_ tokenizer: Tokenizer) {
        let isText = (0..<tokenizer.count).map { token in
            !tokenizer.isControl(token) && (1...Self.longest).contains(tokenizer.vocabulary.bytes(of: token).count)
        }
        self.isText = isText
        let texts = isText.indices.filter { isText[$0] }.map { (bytes: tokenizer.bytes(of: $0), token: Int32($0)) }
            .sorted { first, second in
                if first.bytes.lexicographicallyPrecedes(second.bytes) { return true }
                return first.bytes == second.bytes && first.token < second.token
            }
        var labels: [UInt8] = [0]
        var depths: [UInt16] = [0]
        var deepest: [UInt16] = [0]
        var ends: [Int32] = [0]
        var firstTokens: [Int32] = [0]
        /// The nodes that lead to the last one, itself included.
        var path = [0]
        var last: [UInt8] = []
        for (index, text) in texts.enumerated() {
            let shared = zip(last, text.bytes).prefix { $0 == $1 }.count
            for node in path[(shared + 1)...] { ends[node] = Int32(labels.count) }
            path.removeSubrange((shared + 1)...)
            for byte in text.bytes[shared...] {
                depths.append(UInt16(path.count))
                deepest.append(0)
                path.append(labels.count)
                labels.append(byte)
                ends.append(0)
                firstTokens.append(Int32(index))
            }
            for node in path { deepest[node] = max(deepest[node], UInt16(path.count - 1)) }
            last = text.bytes
        }
        for node in path { ends[node] = Int32(labels.count) }
        firstTokens.append(Int32(texts.count))
        self.labels = labels
        self.depths = depths
        self.deepest = deepest
        self.ends = ends
        self.firstTokens = firstTokens
        tokens = texts.map(\.token)
    }

    /// Whether a token is in the tree.
    func spells(_ token: Token) -> Bool { isText[token] }
}
