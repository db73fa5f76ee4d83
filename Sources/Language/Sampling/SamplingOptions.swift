/// How the next token is drawn from the model's scores.
///
/// Filters apply in this order: the constraint's mask, temperature, ``prior``, ``topK``, ``topP``, ``minP``; probabilities are
/// brought to a sum of 1 after each.
package struct SamplingOptions: Sendable, Equatable {
    /// What scores are divided by, 0 to 100; 0 takes the best token always.
    package var temperature: Float
    /// Only so many of the most probable tokens; 0 for all.
    package var topK: Int
    /// Only the most probable tokens that together have this probability, 0 to 1; 1 for all.
    package var topP: Float
    /// Only tokens at least this share of the best one's probability, 0 to 1; 0 for all.
    package var minP: Float
    /// Two draws with the same seed, scores and options are the same.
    package var seed: UInt64
    /// How far the automaton's weights replace the model's view among the tokens that have one, 0 to 1:
    /// p is made p^(1 - prior) weight^prior, and these tokens keep the probability that they had together.
    package var prior: Float

    package init(
        temperature: Float = 0.8, topK: Int = 40, topP: Float = 0.95, minP: Float = 0.05, seed: UInt64 = 0,
        prior: Float = 0
    ) {
        self.temperature = temperature
        self.topK = topK
        self.topP = topP
        self.minP = minP
        self.seed = seed
        self.prior = prior
    }

    /// The best token always.
    package static let greedy = SamplingOptions(temperature: 0)

    /// - Throws: ``LanguageError/option(name:expected:got:)`` for a value outside its range.
    package func check() throws(LanguageError) {
        func check(_ name: String, _ value: Float, _ range: ClosedRange<Float>) throws(LanguageError) {
            guard range.contains(value) else {
                throw .option(name: name, expected: "\(range.lowerBound) to \(range.upperBound)", got: "\(value)")
            }
        }
        try check("temperature", temperature, 0...100)
        try check("top_p", topP, 0...1)
        try check("min_p", minP, 0...1)
        try check("prior", prior, 0...1)
        guard topK >= 0 else { throw .option(name: "top_k", expected: "0 or more", got: "\(topK)") }
    }
}
