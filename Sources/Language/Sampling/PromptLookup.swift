/// Guesses how a text goes on from where its last tokens stood before (Saxena 2023, "Prompt Lookup Decoding").
struct PromptLookup: Sendable {
    /// Most tokens guessed at a time; 0 for none.
    let limit: Int
    /// Prompt and answer.
    private var text: [Token] = []
    /// The longest passage that is looked for, in tokens; shorter ones where it is not found.
    private static let longest = 3

    init(limit: Int) { self.limit = limit }

    mutating func add(_ token: Token) { if limit > 0 { text.append(token) } }

    /// What followed the latest earlier place where the last three, two or one tokens stood.
    func guess() -> [Token] {
        guard limit > 0 else { return [] }
        for length in stride(from: min(Self.longest, text.count - 1), to: 0, by: -1) {
            let end = text.suffix(length)
            for start in stride(from: text.count - length - 1, through: 0, by: -1)
            where text[start..<start + length].elementsEqual(end) {
                return Array(text[(start + length)...].prefix(limit))
            }
        }
        return []
    }
}
