/// Finds tokens that are written out in text, `<|end|>`: at each place the longest.
struct LiteralMatcher: Sendable {
    /// In the order of their bytes.
    private let literals: [(text: [UInt8], token: Token)]
    /// Where the literals begin that begin with each byte, and one past the last ones.
    private let starts: [Int]

    init(_ literals: [(text: [UInt8], token: Token)]) {
        let sorted = literals.filter { !$0.text.isEmpty }.sorted { $0.text.lexicographicallyPrecedes($1.text) }
        var starts = [Int](repeating: 0, count: 257)
        for literal in sorted { starts[Int(literal.text[0]) + 1] += 1 }
        for byte in 0..<256 { starts[byte + 1] += starts[byte] }
        self.literals = sorted
        self.starts = starts
    }

    /// The next literal at or after `start`: where it lies and which token it is.
    func next(in text: Span<UInt8>, from start: Int) -> (range: Range<Int>, token: Token)? {
        guard !literals.isEmpty else { return nil }
        for place in start..<text.count {
            let first = Int(text[place])
            guard starts[first] < starts[first + 1], let longest = longest(in: text, at: place, first) else { continue }
            return (place..<place + literals[longest].text.count, literals[longest].token)
        }
        return nil
    }

    /// The longest literal at a place: those that agree with the text so far lie side by side, fewer with each byte.
    private func longest(in text: Span<UInt8>, at place: Int, _ first: Int) -> Int? {
        var (low, high) = (starts[first], starts[first + 1])
        var depth = 1
        var found: Int?
        while low < high {
            // A literal that ends here comes before all that go on.
            if literals[low].text.count == depth {
                found = low
                while low < high, literals[low].text.count == depth { low += 1 }
            }
            guard low < high, place + depth < text.count else { break }
            let byte = text[place + depth]
            low = bound(low, high) { literals[$0].text[depth] < byte }
            high = bound(low, high) { literals[$0].text[depth] == byte }
            depth += 1
        }
        return found
    }

    /// The first index from `low` on, below `high`, for which `isBefore` no longer holds.
    private func bound(_ low: Int, _ high: Int, isBefore: (Int) -> Bool) -> Int {
        var (low, high) = (low, high)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(middle) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
