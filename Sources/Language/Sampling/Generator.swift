/// What a generator stops at, beside its automaton.
package struct GenerationOptions: Sendable, Equatable {
    package var sampling: SamplingOptions
    /// Most tokens of the answer, at least 1.
    package var maximumTokens: Int

    package init(sampling: SamplingOptions = .init(), maximumTokens: Int = 256) {
        self.sampling = sampling
        self.maximumTokens = maximumTokens
    }
}

/// Why an answer ended.
package enum Finish: String, Sendable {
    /// The model said so.
    case endToken
    /// The automaton allows nothing more.
    case automaton
    /// ``GenerationOptions/maximumTokens`` were written.
    case maximumTokens
    /// The sequence holds no more tokens.
    case context
}

/// One token of an answer.
package struct Piece: Sendable, Equatable {
    package let token: Token
    /// The characters that are whole with this token; empty for control tokens.
    package let text: String
}

/// What an answer took.
package struct Usage: Sendable, Equatable {
    package var promptTokens = 0
    /// Tokens of the prompt that had been evaluated before.
    package var cachedTokens = 0
    package var generatedTokens = 0
    /// Tokens evaluated, of prompt and answer. The answer's last, and those before its end that had no alternative, are not.
    package var evaluatedTokens = 0
    /// Time until the scores after the prompt were there.
    package var prefill = Duration.zero
    /// Time of all later evaluations.
    package var decode = Duration.zero
}

/// Writes an answer, token by token, under an automaton.
///
/// Tokens without an alternative are taken without asking the model, and evaluated together when it is next asked.
package final class Generator<Automaton: TokenAutomaton> {
    private let sequence: SequenceState
    private let automaton: Automaton
    private let options: GenerationOptions
    private let isCancelled: () -> Bool
    private let endTokens: Set<Token>
    private var sampler: Sampler
    private var decoder: TextDecoder
    /// Taken, not yet evaluated.
    private var pending: [Token]
    private let clock = ContinuousClock()

    /// Where the automaton is.
    package private(set) var state: Automaton.State
    /// Why the answer ended; nil while it has not.
    package private(set) var finish: Finish?
    package private(set) var usage = Usage()

    /// Keeps what the sequence shares with the prompt and evaluates the rest when the first token is chosen.
    ///
    /// - Parameters:
    ///   - prompt: at least one token.
    ///   - isCancelled: asked before each token and between layers; true ends ``next()`` with an error.
    /// - Throws: ``LanguageError`` `.contextExceeded` where the prompt leaves no room, `.option` for one out of range.
    package init(
        _ sequence: SequenceState, prompt: [Token], automaton: Automaton, options: GenerationOptions = .init(),
        isCancelled: @escaping () -> Bool = { false }
    ) throws(LanguageError) {
        try options.sampling.check()
        guard options.maximumTokens > 0 else {
            throw .option(name: "maximum tokens", expected: "1 or more", got: "\(options.maximumTokens)")
        }
        guard !prompt.isEmpty else { throw .option(name: "prompt", expected: "at least one token", got: "none") }
        guard prompt.count < sequence.capacity else {
            throw .contextExceeded(needed: prompt.count + 1, limit: sequence.capacity)
        }
        self.sequence = sequence
        self.automaton = automaton
        self.options = options
        self.isCancelled = isCancelled
        endTokens = sequence.model.tokenizer.endOfGeneration
        sampler = Sampler(options.sampling)
        decoder = sequence.model.tokenizer.makeTextDecoder()
        state = automaton.start
        // The last token is evaluated again even if it is known: its scores are not kept.
        sequence.keepPrefix(of: prompt)
        if sequence.tokens.count == prompt.count { sequence.truncate(to: prompt.count - 1) }
        pending = Array(prompt[sequence.tokens.count...])
        usage.promptTokens = prompt.count
        usage.cachedTokens = sequence.tokens.count
    }

    /// The next token, or nil at the end, whose cause ``finish`` then tells. Bytes of a character that never came whole are
    /// left out.
    ///
    /// - Throws: ``LanguageError`` `.cancelled`, `.deadEnd`, `.noFiniteScore`, `.noSuchToken`.
    package func next() throws(LanguageError) -> Piece? {
        guard finish == nil else { return nil }
        if isCancelled() { throw .cancelled }
        guard usage.generatedTokens < options.maximumTokens else { return end(.maximumTokens) }
        let allowed = automaton.allowed(in: state)
        let mayEnd = automaton.isAccepting(state)
        if allowed.isEmpty {
            guard mayEnd else { throw .deadEnd(afterTokens: usage.generatedTokens) }
            return end(.automaton)
        }
        let choices = mayEnd ? allowed.union(endTokens) : allowed
        let token: Token
        if choices.count == 1, let only = choices.tokens(below: .max).first {
            token = only
        } else {
            guard sequence.tokens.count + pending.count <= sequence.capacity else { return end(.context) }
            token = try choose(among: choices)
            if mayEnd && endTokens.contains(token) { return end(.endToken) }
        }
        guard let next = automaton.advance(state, by: token) else {
            preconditionFailure("an automaton that does not take a token it allows")
        }
        state = next
        pending.append(token)
        usage.generatedTokens += 1
        return Piece(token: token, text: decoder.add(token))
    }

    private func end(_ cause: Finish) -> Piece? {
        finish = cause
        return nil
    }

    /// Asks the model.
    private func choose(among choices: TokenSet) throws(LanguageError) -> Token {
        let begin = clock.now
        let before = sequence.tokens.count
        let isPrompt = usage.evaluatedTokens == 0
        // After an error, too, what was evaluated is not evaluated again.
        defer {
            usage.evaluatedTokens += sequence.tokens.count - before
            pending.removeFirst(sequence.tokens.count - before)
        }
        let logits = try sequence.append(pending, isCancelled: isCancelled)
        if isPrompt { usage.prefill = clock.now - begin } else { usage.decode += clock.now - begin }
        let weights = options.sampling.prior > 0 ? automaton.weights(in: state) : nil
        guard let token = sampler.sample(logits, allowed: choices, weights: weights) else {
            throw .noFiniteScore(afterTokens: sequence.tokens.count)
        }
        return token
    }
}
