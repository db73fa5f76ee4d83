/// How the next token is drawn from the model's scores.
///
/// Scores change in this order: ``logitBias``, ``repetitionPenalty``, ``presencePenalty`` and ``frequencyPenalty``, ``dry``.
/// Filters then apply: the constraint's mask, temperature, ``prior``, ``topK``, ``typicalP``, ``topP``, ``minP``; probabilities
/// are brought to a sum of 1 after each.
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
    /// Only the tokens whose surprise is nearest to the expected one, together of this probability, 0 to 1; 1 for all
    /// (Meister et al. 2022, "Locally Typical Sampling").
    package var typicalP: Float = 1
    /// What positive scores of tokens written before are divided by and others multiplied by, 0.01 to 100; 1 changes nothing
    /// (Keskar et al. 2019, "CTRL").
    package var repetitionPenalty: Float = 1
    /// What is taken off the score of a token written before, -100 to 100.
    package var presencePenalty: Float = 0
    /// What is taken off for each time that it was written, -100 to 100.
    package var frequencyPenalty: Float = 0
    /// How many tokens, the last ones of prompt and answer, the three penalties look at; 0 for all.
    package var penaltyWindow = 64
    /// Against repeated passages; nil for nothing.
    package var dry: DRY?
    /// Added to the scores of single tokens, -1000 to 1000 each.
    package var logitBias: [Token: Float] = [:]
    /// How many of the model's best tokens are told with each token, 0 to 100; nil for no probabilities at all.
    package var logprobs: Int?

    /// "Don't repeat yourself": a token that would lengthen a passage written before loses
    /// `multiplier * base^(length - allowedLength)`, where `length` is how long the passage is that the text ends with and that
    /// this token followed before, and at least `allowedLength`.
    package struct DRY: Sendable, Equatable {
        /// 0 to 100.
        package var multiplier: Float
        /// 1 to 10.
        package var base: Float
        /// At least 1.
        package var allowedLength: Int
        /// How many tokens, the last ones of prompt and answer, are looked at; 0 for all.
        package var window: Int
        /// Tokens that no passage goes across.
        package var breakers: Set<Token>

        package init(
            multiplier: Float, base: Float = 1.75, allowedLength: Int = 2, window: Int = 0, breakers: Set<Token> = []
        ) {
            self.multiplier = multiplier
            self.base = base
            self.allowedLength = allowedLength
            self.window = window
            self.breakers = breakers
        }
    }

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
        func check(_ name: String, _ value: Int, atLeast least: Int) throws(LanguageError) {
            guard value >= least else { throw .option(name: name, expected: "\(least) or more", got: "\(value)") }
        }
        try check("temperature", temperature, 0...100)
        try check("top_p", topP, 0...1)
        try check("min_p", minP, 0...1)
        try check("prior", prior, 0...1)
        try check("typical_p", typicalP, 0...1)
        try check("repetition_penalty", repetitionPenalty, 0.01...100)
        try check("presence_penalty", presencePenalty, -100...100)
        try check("frequency_penalty", frequencyPenalty, -100...100)
        try check("top_k", topK, atLeast: 0)
        try check("penalty_window", penaltyWindow, atLeast: 0)
        for (token, bias) in logitBias.sorted(by: { $0.key < $1.key }) {
            try check("logit_bias of token \(token)", bias, -1000...1000)
        }
        if let dry {
            try check("dry_multiplier", dry.multiplier, 0...100)
            try check("dry_base", dry.base, 1...10)
            try check("dry_allowed_length", dry.allowedLength, atLeast: 1)
            try check("dry_window", dry.window, atLeast: 0)
        }
        if let logprobs, !(0...100).contains(logprobs) {
            throw .option(name: "logprobs", expected: "0 to 100", got: "\(logprobs)")
        }
    }

    /// Whether a token's score depends on what was written before it.
    var looksBack: Bool {
        repetitionPenalty != 1 || presencePenalty != 0 || frequencyPenalty != 0 || (dry?.multiplier ?? 0) > 0
    }
}
