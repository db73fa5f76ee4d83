package import Tensors

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// How well a model foretells a text: exp of the mean negative logarithm of the probability it gives each token.
///
/// As llama.cpp counts: the text's tokens, with the token that begins a text where the model is used to one, are cut into windows of
/// `context` tokens, each evaluated by itself; what is left at the end is not used. In every window the first token is replaced by the
/// one that begins a text, where the model is used to it. Tokens `context / 2 + 1` to the last, counted from 0, are scored, each by what
/// comes before it in its window: `context - context / 2 - 1` of them.
package final class Perplexity {
    /// What the tokens scored so far say.
    package struct Estimate: Sendable {
        /// Tokens scored.
        package private(set) var tokens = 0
        private var sum = 0.0
        private var squares = 0.0

        package init() {}

        /// - Parameter surprise: the negative natural logarithm of a token's probability.
        package mutating func add(_ surprise: Double) {
            tokens += 1
            sum += surprise
            squares += surprise * surprise
        }

        /// Mean surprise of a token, in nats.
        package var meanSurprise: Double { sum / Double(tokens) }

        package var perplexity: Double { exp(meanSurprise) }

        /// Standard error of ``perplexity``, as if tokens were independent; nil of fewer than two tokens.
        package var standardError: Double? {
            guard tokens > 1 else { return nil }
            let variance = max(0, squares / Double(tokens) - meanSurprise * meanSurprise)
            return perplexity * (variance / Double(tokens - 1)).squareRoot()
        }
    }

    package let context: Int
    /// Tokens of the text.
    package let tokens: [Token]
    /// Windows that are evaluated.
    package let windows: Int
    private let model: LanguageModel
    private let sequence: SequenceState

    /// - Parameters:
    ///   - context: tokens of a window, at least 4.
    ///   - windows: most windows to evaluate; nil for all.
    /// - Throws: ``LanguageError`` `.option` for a context that the model was not made for, or a text that has no whole window.
    package init(
        _ model: LanguageModel, text: String, context: Int = 512, windows limit: Int? = nil, cache: CacheType = .float16
    ) throws(LanguageError) {
        guard context >= 4, context <= model.contextLength else {
            throw .option(name: "context", expected: "4 to \(model.contextLength) tokens", got: "\(context)")
        }
        guard limit ?? 1 > 0 else { throw .option(name: "windows", expected: "1 or more", got: "\(limit ?? 0)") }
        tokens = model.tokenizer.encode(text, addBOS: model.tokenizer.addsBOS)
        let whole = tokens.count / context
        guard whole > 0 else {
            throw .option(name: "text", expected: "a window of at least \(context) tokens", got: "\(tokens.count)")
        }
        self.model = model
        self.context = context
        windows = min(whole, limit ?? whole)
        sequence = model.makeSequence(capacity: context, cache: cache)
    }

    /// Tokens whose scores are held at a time: one has as many as there are words, half a megabyte for a large vocabulary.
    private static let scoredTogether = 64

    /// Scores all windows.
    ///
    /// - Parameters:
    ///   - isCancelled: asked before each layer.
    ///   - onWindow: called after each window, with how many are done.
    /// - Throws: ``LanguageError`` `.cancelled`, `.noFiniteScore` where a probability is zero or no number.
    package func run(
        isCancelled: () -> Bool = { false }, onWindow: (Int, Estimate) -> Void = { _, _ in }
    ) throws(LanguageError) -> Estimate {
        var estimate = Estimate()
        let first = context / 2
        for index in 0..<windows {
            var window = Array(tokens[index * context..<(index + 1) * context])
            if model.tokenizer.addsBOS, let bos = model.tokenizer.bos { window[0] = bos }
            sequence.truncate(to: 0)
            _ = try sequence.append(Array(window[..<first]), isCancelled: isCancelled)
            // The last token is not evaluated: none of the window follows it.
            for start in stride(from: first, to: context - 1, by: Self.scoredTogether) {
                let part = start..<min(start + Self.scoredTogether, context - 1)
                let logits = try sequence.appendScoringAll(Array(window[part]), isCancelled: isCancelled)
                let following = window[part.lowerBound + 1...part.upperBound]
                for surprise in Self.surprises(logits, of: Array(following), pool: model.pool) {
                    guard surprise.isFinite else { throw .noFiniteScore(afterTokens: sequence.tokens.count) }
                    estimate.add(surprise)
                }
            }
            onWindow(index + 1, estimate)
        }
        return estimate
    }

    /// The negative logarithms of tokens' probabilities, in double precision.
    ///
    /// - Parameter logits: [tokens, vocabulary].
    private static func surprises(_ logits: Buffer<Float>, of tokens: [Token], pool: WorkerPool) -> [Double] {
        let vocabulary = logits.count / tokens.count
        let result = Buffer<Double>(count: tokens.count)
        pool.run(tokens.count) { row in
            let scores = logits[row * vocabulary..<(row + 1) * vocabulary]
            let largest = Double(Kernel.largest(scores))
            var sum = 0.0
            scores.withSpan { scores in
                for index in scores.indices { sum += exp(Double(scores[index]) - largest) }
            }
            result[row] = log(sum) + largest - Double(scores[tokens[row]])
        }
        return result.array
    }
}
