#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What changes scores before probabilities are made of them: biases, and penalties for what was written before.
struct Penalties: Sendable {
    private let options: SamplingOptions
    /// Prompt and answer so far, as far as any penalty looks back.
    private(set) var history: [Token] = []
    /// Tokens that are enough; history is cut to these when it is twice as long. Nil for all.
    private let enough: Int?

    init(_ options: SamplingOptions) {
        self.options = options
        let windows = [options.penaltyWindow] + (options.dry.map { [$0.window] } ?? [])
        enough = windows.contains(0) ? nil : windows.max()
    }

    /// Takes note of a token of prompt or answer.
    mutating func add(_ token: Token) {
        guard options.looksBack else { return }
        history.append(token)
        if let enough, history.count >= max(1024, 2 * enough) { history.removeFirst(history.count - enough) }
    }

    /// Whether scores change at all.
    var isNeeded: Bool { !options.logitBias.isEmpty || (options.looksBack && !history.isEmpty) }

    /// What becomes of single scores, by token; others stay. To be applied with ``apply(_:to:)``.
    func changes() -> [Token: Change] {
        var changes: [Token: Change] = [:]
        for (token, bias) in options.logitBias { changes[token, default: Change()].bias = Double(bias) }
        guard options.looksBack else { return changes }
        if options.repetitionPenalty != 1 || options.presencePenalty != 0 || options.frequencyPenalty != 0 {
            for token in last(options.penaltyWindow) { changes[token, default: Change()].count += 1 }
        }
        if let dry = options.dry, dry.multiplier > 0 {
            for (token, length) in Self.repeated(Array(last(dry.window)), breakers: dry.breakers)
            where length >= dry.allowedLength {
                let penalty = Double(dry.multiplier) * pow(Double(dry.base), Double(length - dry.allowedLength))
                changes[token, default: Change()].dry = min(penalty, 1e30)
            }
        }
        return changes
    }

    /// What happens to one token's score.
    struct Change {
        var bias = 0.0
        var count = 0
        var dry = 0.0
    }

    func apply(_ change: Change, to score: Double) -> Double {
        var score = score + change.bias
        if change.count > 0 {
            let penalty = Double(options.repetitionPenalty)
            score = score > 0 ? score / penalty : score * penalty
            score -= Double(options.presencePenalty) + Double(change.count) * Double(options.frequencyPenalty)
        }
        return score - change.dry
    }

    private func last(_ window: Int) -> ArraySlice<Token> { window == 0 ? history[...] : history.suffix(window) }

    /// For each token that followed a passage which the text also ends with: the length of the longest such passage.
    ///
    /// The passage before place i, read backwards, is what the reversed text has in common with itself from there on: Z values,
    /// all of them in time linear in the text (Gusfield 1997, "Algorithms on Strings, Trees and Sequences").
    static func repeated(_ text: [Token], breakers: Set<Token>) -> [Token: Int] {
        let reversed = Array(text.reversed())
        // A passage at the end reaches back no further than the last breaker.
        let reach = reversed.firstIndex(where: breakers.contains) ?? reversed.count
        guard reach > 0 else { return [:] }
        var common = [Int](repeating: 0, count: reversed.count)
        var (left, right) = (0, 0)
        var lengths: [Token: Int] = [:]
        for place in 1..<max(1, reversed.count) {
            var length = place < right ? min(right - place, common[place - left]) : 0
            while place + length < reversed.count, reversed[length] == reversed[place + length] { length += 1 }
            if place + length > right { (left, right) = (place, place + length) }
            common[place] = length
            let usable = min(length, reach)
            // The token that came after the passage is the one before it in the reversed text.
            if usable > 0 { lengths[reversed[place - 1]] = max(lengths[reversed[place - 1]] ?? 0, usable) }
        }
        return lengths
    }
}
