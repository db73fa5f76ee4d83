package import Tensors

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// How probable the model itself found a token and those it found best, whatever was drawn by: natural logarithms of the softmax
/// of its scores.
package struct TokenScores: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        package let token: Token
        package let logprob: Float
    }

    /// Of the token that was taken.
    package let logprob: Float
    /// The best, best first.
    package let top: [Entry]
}

/// Draws tokens from scores; see ``SamplingOptions`` for the rules.
package struct Sampler: Sendable {
    private let options: SamplingOptions
    private var random: Xoshiro256
    private var penalties: Penalties

    package init(_ options: SamplingOptions) {
        self.options = options
        random = Xoshiro256(seed: options.seed)
        penalties = Penalties(options)
    }

    /// Takes note of a token of the prompt or of the answer, for penalties.
    package mutating func accept(_ token: Token) { penalties.add(token) }

    /// Draws one of the allowed tokens.
    ///
    /// - Parameters:
    ///   - logits: [vocabulary]
    ///   - weights: the automaton's, for ``SamplingOptions/prior``.
    /// - Returns: nil where no allowed token has a finite score.
    package mutating func sample(
        _ logits: Buffer<Float>, allowed: TokenSet = .all, weights: [TokenWeight]? = nil
    ) -> Token? {
        let mixes = options.prior > 0 && weights?.isEmpty == false
        let isGreedy = options.temperature == 0
        // Temperature keeps the order, so that without weights the best are known before any exponential.
        let enough = mixes ? nil : isGreedy ? 1 : options.topK > 0 ? options.topK : nil
        let changes = penalties.isNeeded ? penalties.changes() : [:]
        var candidates = candidates(logits, allowed, changes: changes, best: enough)
        if candidates.isEmpty || (isGreedy && !mixes) { return candidates.first?.token }
        Self.exponentiate(&candidates, temperature: isGreedy ? 1 : Double(options.temperature))
        if mixes, let weights { mix(weights, into: &candidates) }
        if isGreedy { return candidates.min { $0.isBetter(than: $1) }?.token }
        candidates = filtered(candidates)
        return draw(candidates)
    }

    /// What the model thought of a token, with as many others as ``SamplingOptions/logprobs`` asks for; nil where it asks for
    /// none.
    package func scores(of token: Token, _ logits: Buffer<Float>) -> TokenScores? {
        guard let count = options.logprobs else { return nil }
        let all = candidates(logits, .all, changes: [:], best: nil)
        let largest = all.reduce(-Double.infinity) { max($0, $1.value) }
        let total = log(all.reduce(0) { $0 + exp($1.value - largest) }) + largest
        let best = count == 0 ? [] : Self.best(count, of: all)
        return TokenScores(
            logprob: Float(Double(logits[token]) - total),
            top: best.map { .init(token: $0.token, logprob: Float($0.value - total)) })
    }

    /// The allowed tokens of finite scores, with biases and penalties.
    ///
    /// - Parameter best: how many are enough, which then come best first; nil for all, in the order of their tokens.
    private func candidates(
        _ logits: Buffer<Float>, _ allowed: TokenSet, changes: [Token: Penalties.Change], best count: Int?
    ) -> [Candidate] {
        let changes = changes.sorted { $0.key < $1.key }
        return logits.withSpan { scores in
            var best = BestCandidates(limit: count ?? .max, expected: allowed.count ?? scores.count)
            var next = 0
            for token in allowed.members(below: scores.count) {
                let score = scores[token]
                var value = Double(score)
                if next < changes.count, changes[next].key <= token {
                    while next < changes.count, changes[next].key < token { next += 1 }
                    if next < changes.count, changes[next].key == token {
                        value = penalties.apply(changes[next].value, to: value)
                    }
                }
                // Few pass the first test; NaN does not.
                guard value > best.floor, score.isFinite else { continue }
                best.offer(.init(token: token, value: value))
            }
            return count == nil ? best.unsorted : best.sorted
        }
    }

    /// Scores to probabilities.
    private static func exponentiate(_ candidates: inout [Candidate], temperature: Double) {
        let largest = candidates.reduce(-Double.infinity) { max($0, $1.value) }
        for index in candidates.indices {
            candidates[index].value = exp((candidates[index].value - largest) / temperature)
        }
        normalise(&candidates)
    }

    private static func normalise(_ candidates: inout [Candidate]) {
        let sum = candidates.reduce(0) { $0 + $1.value }
        for index in candidates.indices { candidates[index].value /= sum }
    }

    /// Moves the probabilities of weighted tokens towards the weights, without changing their sum.
    private func mix(_ weights: [TokenWeight], into candidates: inout [Candidate]) {
        let weightOf = Dictionary(weights.map { ($0.token, $0.weight) }) { first, _ in first }
        let weighted = candidates.indices.filter { (weightOf[candidates[$0].token] ?? 0) > 0 }
        let mass = weighted.reduce(0) { $0 + candidates[$1].value }
        let prior = Double(options.prior)
        // Logarithms, and the largest taken off: powers of very small probabilities would vanish.
        let smallest = Double.leastNormalMagnitude
        let scores = weighted.map { index in
            (1 - prior) * log(max(candidates[index].value, smallest))
                + prior * log(weightOf[candidates[index].token] ?? smallest)
        }
        guard let largest = scores.max() else { return }
        let powers = scores.map { exp($0 - largest) }
        let sum = powers.reduce(0, +)
        for (index, power) in zip(weighted, powers) { candidates[index].value = power / sum * mass }
    }

    /// The `count` best candidates, best first.
    private static func best(_ count: Int, of candidates: [Candidate]) -> [Candidate] {
        var best = BestCandidates(limit: count, expected: candidates.count)
        for candidate in candidates { best.offer(candidate) }
        return best.sorted
    }

    /// What top-k, typical-p, top-p and min-p leave, summing to 1. Only as much as they ask for is sorted.
    private func filtered(_ candidates: [Candidate]) -> [Candidate] {
        var list = options.topK > 0 ? Self.best(options.topK, of: candidates) : candidates
        Self.normalise(&list)
        if options.typicalP < 1 {
            list = Self.typical(Double(options.typicalP), of: list)
            Self.normalise(&list)
        }
        if options.topP < 1 {
            list = Self.nucleus(Double(options.topP), of: list)
            Self.normalise(&list)
        }
        if options.minP > 0, let best = list.map(\.value).max() {
            list.removeAll { $0.value < best * Double(options.minP) }
            Self.normalise(&list)
        }
        return list
    }

    /// The fewest candidates that together have a probability, best first; at least one.
    private static func nucleus(_ probability: Double, of candidates: [Candidate]) -> [Candidate] {
        var tried = 64
        while true {
            let sorted = best(tried, of: candidates)
            var sum = 0.0
            for (index, candidate) in sorted.enumerated() {
                sum += candidate.value
                if sum >= probability { return Array(sorted[...index]) }
            }
            guard tried < candidates.count else { return sorted }
            tried *= 16
        }
    }

    /// The candidates whose surprise, -log p, is nearest to the distribution's entropy and that together have a probability, best
    /// first; at least one.
    private static func typical(_ probability: Double, of candidates: [Candidate]) -> [Candidate] {
        let entropy = candidates.reduce(0) { $1.value > 0 ? $0 - $1.value * log($1.value) : $0 }
        let sorted = candidates.map { (candidate: $0, distance: abs(-log($0.value) - entropy)) }
            .sorted { ($0.distance, $0.candidate.token) < ($1.distance, $1.candidate.token) }
        var sum = 0.0
        var kept: [Candidate] = []
        for (candidate, _) in sorted {
            kept.append(candidate)
            sum += candidate.value
            if sum >= probability { break }
        }
        return kept.sorted { $0.isBetter(than: $1) }
    }

    private mutating func draw(_ candidates: [Candidate]) -> Token? {
        var left = random.unit()
        for candidate in candidates {
            left -= candidate.value
            if left < 0 { return candidate.token }
        }
        return candidates.last?.token
    }
}
