// How far two places are the same.
extension GrammarPlaces {
    /// Most pairs of places that are met in one comparison, and most work for it.
    private static let mostCompared = 4096
    private static let mostAgreementWork = mostWork / 16

    /// The number of bytes, at most `limit`, up to which any text that can follow one place can follow the other as well, and
    /// escapes from it alike.
    ///
    /// Counts of a repetition are places of their own, yet far from their end they differ in nothing that a token could reach.
    /// - Returns: nil where that takes too long to find out.
    mutating func agreement(_ first: Int32, _ second: Int32, limit: Int) -> Int? {
        // What can be asked for afterwards must not depend on whether this was.
        let before = work
        defer { work = before }
        var seen: Set<UInt64> = []
        var level: [(Int32, Int32)] = [(first, second)]
        for depth in 0..<limit {
            var next: [(Int32, Int32)] = []
            for (a, b) in level {
                guard seen.count <= Self.mostCompared, work - before < Self.mostAgreementWork else { return nil }
                for byteClass in 0..<network.byteClasses.count {
                    let (left, right) = (step(a, byteClass), step(b, byteClass))
                    guard (left < 0) == (right < 0) else { return depth }
                    guard left != right, left >= 0 else { continue }
                    guard escapes[Int(left)] == escapes[Int(right)] else { return depth }
                    // Most bytes lead to the same pair as the one before.
                    if let last = next.last, last == (left, right) { continue }
                    guard seen.insert(UInt64(UInt32(left)) << 32 | UInt64(UInt32(right))).inserted else { continue }
                    next.append((left, right))
                }
            }
            if next.isEmpty { return limit }
            level = next
        }
        return limit
    }
}
