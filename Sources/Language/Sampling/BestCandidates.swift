/// A token that may be drawn.
struct Candidate: Sendable, Equatable {
    let token: Token
    /// Score, then probability.
    var value: Double

    /// Among equals the lower token comes first, so that results do not depend on how a sort works.
    func isBetter(than other: Candidate) -> Bool {
        value > other.value || (value == other.value && token < other.token)
    }
}

/// The best of the candidates that are offered to it one after the other.
struct BestCandidates {
    /// How many are kept, at least 1.
    let limit: Int
    /// What a candidate must be above to be kept, where it comes after all lower tokens.
    private(set) var floor = -Double.infinity
    /// As they came; a heap, the worst of them on top, as soon as there are ``limit``.
    private var kept: [Candidate] = []

    /// - Parameter expected: about how many will be kept.
    init(limit: Int, expected: Int) {
        precondition(limit > 0, "none to keep")
        self.limit = limit
        kept.reserveCapacity(min(limit, expected))
    }

    mutating func offer(_ candidate: Candidate) {
        if kept.count < limit {
            kept.append(candidate)
            guard kept.count == limit else { return }
            for index in stride(from: limit / 2, through: 0, by: -1) { sink(index) }
        } else {
            guard candidate.isBetter(than: kept[0]) else { return }
            kept[0] = candidate
            sink(0)
        }
        floor = kept[0].value
    }

    private mutating func sink(_ from: Int) {
        var parent = from
        while true {
            var child = 2 * parent + 1
            guard child < kept.count else { return }
            if child + 1 < kept.count, kept[child].isBetter(than: kept[child + 1]) { child += 1 }
            guard kept[parent].isBetter(than: kept[child]) else { return }
            kept.swapAt(parent, child)
            parent = child
        }
    }

    /// Best first.
    var sorted: [Candidate] { kept.sorted { $0.isBetter(than: $1) } }

    /// In the order of their tokens, where they came in it and were no more than the limit.
    var unsorted: [Candidate] { kept }
}
