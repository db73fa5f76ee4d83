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

    private struct Candidate {
        let token: Token
        /// Score, then probability.
        var value: Double
    }

    /// Among equals the lower token comes first, so that results do not depend on how a sort works.
    private static func isBetter(_ a: Candidate, _ b: Candidate) -> Bool {
        a.value > b.value || (a.value == b.value && a.token < b.token)
    }

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
        var candidates = candidates(logits, allowed)
        guard !candidates.isEmpty else { return nil }
        if penalties.isNeeded { penalise(&candidates) }
        let mixes = options.prior > 0 && weights?.isEmpty == false
        if options.temperature == 0 && !mixes {
            return candidates.min(by: Self.isBetter)?.token
        }
        // Temperature keeps the order, so that without weights the best are known before any exponential.
        if !mixes && options.topK > 0 { candidates = Self.best(options.topK, of: candidates) }
        Self.exponentiate(&candidates, temperature: options.temperature == 0 ? 1 : Double(options.temperature))
        if mixes, let weights { mix(weights, into: &candidates) }
        if options.temperature == 0 { return candidates.min(by: Self.isBetter)?.token }
        candidates = filtered(candidates)
        return draw(candidates)
    }

    /// What the model thought of a token, with as many others as ``SamplingOptions/logprobs`` asks for; nil where it asks for
    /// none.
    package func scores(of token: Token, _ logits: Buffer<Float>) -> TokenScores? {
        guard let count = options.logprobs else { return nil }
        let all = candidates(logits, .all)
        let largest = all.reduce(-Double.infinity) { max($0, $1.value) }
        let total = log(all.reduce(0) { $0 + exp($1.value - largest) }) + largest
        let best = count == 0 ? [] : Self.best(count, of: all)
        return TokenScores(
            logprob: Float(Double(logits[token]) - total),
            top: best.map { .init(token: $0.token, logprob: Float($0.value - total)) })
    }

    /// Biases and penalties; candidates are in the order of their tokens.
    private func penalise(_ candidates: inout [Candidate]) {
        let changes = penalties.changes()
        for index in candidates.indices {
            guard let change = changes[candidates[index].token] else { continue }
            candidates[index].value = penalties.apply(change, to: candidates[index].value)
        }
    }

    private func candidates(_ logits: Buffer<Float>, _ allowed: TokenSet) -> [Candidate] {
        logits.withSpan { scores in
            var list: [Candidate] = []
            if allowed.count == nil {
                list.reserveCapacity(scores.count)
                for token in scores.indices where scores[token].isFinite {
                    list.append(.init(token: token, value: Double(scores[token])))
                }
            } else {
                for token in allowed.tokens(below: scores.count) where scores[token].isFinite {
                    list.append(.init(token: token, value: Double(scores[token])))
                }
            }
            return list
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
        guard count < candidates.count else { return candidates.sorted(by: isBetter) }
        // A heap of the best so far, the worst of them on top.
        var heap = Array(candidates[..<count])
        func sink(_ from: Int) {
            var parent = from
            while true {
                var child = 2 * parent + 1
                guard child < count else { return }
                if child + 1 < count, isBetter(heap[child], heap[child + 1]) { child += 1 }
                guard isBetter(heap[parent], heap[child]) else { return }
                heap.swapAt(parent, child)
                parent = child
            }
        }
        for index in stride(from: count / 2, through: 0, by: -1) { sink(index) }
        for candidate in candidates[count...] where isBetter(candidate, heap[0]) {
            heap[0] = candidate
            sink(0)
        }
        return heap.sorted(by: isBetter)
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
        return kept.sorted(by: isBetter)
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
