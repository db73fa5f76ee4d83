/// The facts about one photo, in the one order that prompts, answers and tests share.
///
/// Keys come in `FactKey` order; within a key the surer value first, then the order of the vocabulary. A value is
/// listed once (its surest mention), and a key keeps `FactKey.limit` values, so that the same observations give the
/// same sheet whatever order they arrive in.
package struct FactSheet: Sendable, Hashable {
    package let facts: [Fact]

    /// The sheet of `facts`, sorted, without repetitions and within each key's limit.
    package init(_ facts: [Fact]) {
        let sorted = facts.sorted { left, right in
            if left.key != right.key { return left.key < right.key }
            if left.confidence != right.confidence { return left.confidence > right.confidence }
            if left.value != right.value {
                return Vocabulary.position(left.key, left.value) < Vocabulary.position(right.key, right.value)
            }
            return left.source < right.source
        }
        var kept: [Fact] = []
        var values: Set<String> = []
        var key: FactKey?
        for fact in sorted {
            if fact.key != key {
                key = fact.key
                values = []
            }
            guard values.count < fact.key.limit, values.insert(fact.value).inserted else { continue }
            kept.append(fact)
        }
        self.facts = kept
    }

    /// The fact of this key and value, if it is on the sheet.
    package func fact(_ key: FactKey, _ value: String) -> Fact? {
        facts.first { $0.key == key && $0.value == value }
    }

    /// Whether the sheet states the same as `fact`.
    package func holds(_ fact: Fact) -> Bool { self.fact(fact.key, fact.value) != nil }

    /// The values of one key, in sheet order.
    package func values(of key: FactKey) -> [String] { facts.compactMap { $0.key == key ? $0.value : nil } }
}
