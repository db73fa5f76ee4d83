package import Tensors

/// What a generator stops at, beside its automaton.
package struct GenerationOptions: Sendable, Equatable {
    package var sampling: SamplingOptions
    /// Most tokens of the answer, at least 1.
    package var maximumTokens: Int
    /// Strings that end the answer; they and what follows are not part of it.
    package var stop: [String]
    /// Most tokens that are guessed from what was written before and checked in one evaluation, 0 to 16: quicker where text
    /// repeats, and the same answer. Only ``Generator/next()`` guesses.
    package var lookup = 0

    package init(sampling: SamplingOptions = .init(), maximumTokens: Int = 256, stop: [String] = []) {
        self.sampling = sampling
        self.maximumTokens = maximumTokens
        self.stop = stop
    }

    /// - Throws: ``LanguageError/option(name:expected:got:)`` for a value outside its range.
    package func check() throws(LanguageError) {
        try sampling.check()
        guard maximumTokens > 0 else {
            throw .option(name: "maximum tokens", expected: "1 or more", got: "\(maximumTokens)")
        }
        guard (0...16).contains(lookup) else { throw .option(name: "lookup", expected: "0 to 16", got: "\(lookup)") }
        _ = try StopStrings(stop)
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
    /// One of ``GenerationOptions/stop`` came up.
    case stopString
}

/// One token of an answer.
package struct Piece: Sendable, Equatable {
    package let token: Token
    /// The characters that are whole with this token and cannot begin a stop string; empty for control tokens.
    package let text: String
    /// What the model thought of it, where ``SamplingOptions/logprobs`` asks; nil for a token without an alternative.
    package var scores: TokenScores?
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
/// Tokens without an alternative are taken without asking the model, and evaluated together when it is next asked. ``next()``
/// evaluates by itself; where several answers are written in a ``Batch``, ``advance()`` says what to evaluate and ``take(_:)``
/// goes on with the scores.
package final class Generator<Automaton: TokenAutomaton> {
    /// What comes next.
    package enum Step: Sendable {
        case piece(Piece)
        /// The scores after these tokens are needed, which follow the sequence's own.
        case evaluate([Token])
        /// The answer is over.
        case end
    }

    package let sequence: SequenceState
    private let automaton: Automaton
    private let options: GenerationOptions
    private let isCancelled: () -> Bool
    private let endTokens: Set<Token>
    private var sampler: Sampler
    private var decoder: TextDecoder
    private var stop: StopStrings
    /// Taken, not yet evaluated: what follows the first ``known`` tokens of the sequence.
    private var pending: [Token]
    private var known: Int
    /// The tokens to choose from once the scores are there, and when they were asked for.
    private var question: (choices: TokenSet, mayEnd: Bool, since: ContinuousClock.Instant)?
    private let clock = ContinuousClock()
    private var lookup: PromptLookup
    /// Guessed tokens at the end of the sequence that are not yet part of the answer, each with the scores after it.
    private var guessed: [(token: Token, logits: Buffer<Float>)] = []

    /// Where the automaton is.
    package private(set) var state: Automaton.State
    /// Why the answer ended; nil while it has not.
    package private(set) var finish: Finish?
    /// Text that was held back because it might have begun a stop string, once the answer ended otherwise: its last piece.
    package private(set) var rest = ""
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
        try options.check()
        guard !prompt.isEmpty else { throw .option(name: "prompt", expected: "at least one token", got: "none") }
        guard prompt.count < sequence.capacity else {
            throw .contextExceeded(needed: prompt.count + 1, limit: sequence.capacity)
        }
        self.sequence = sequence
        self.automaton = automaton
        self.options = options
        self.isCancelled = isCancelled
        stop = try StopStrings(options.stop)
        endTokens = sequence.model.tokenizer.endOfGeneration
        sampler = Sampler(options.sampling)
        lookup = PromptLookup(limit: options.lookup)
        for token in prompt {
            sampler.accept(token)
            lookup.add(token)
        }
        decoder = sequence.model.tokenizer.makeTextDecoder()
        state = automaton.start
        // The last token is evaluated again even if it is known: its scores are not kept.
        sequence.keepPrefix(of: prompt)
        if sequence.tokens.count == prompt.count { sequence.truncate(to: prompt.count - 1) }
        known = sequence.tokens.count
        pending = Array(prompt[known...])
        usage.promptTokens = prompt.count
        usage.cachedTokens = known
    }

    /// The next token, or nil at the end, whose cause ``finish`` then tells. Bytes of a character that never came whole are
    /// left out.
    ///
    /// - Throws: ``LanguageError`` `.cancelled`, `.deadEnd`, `.noFiniteScore`, `.noSuchToken`.
    package func next() throws(LanguageError) -> Piece? {
        switch try advance() {
        case .piece(let piece): return piece
        case .end: return nil
        case .evaluate(let tokens):
            return try take(scores(after: tokens))
        }
    }

    /// Evaluates tokens and guesses, or takes what was evaluated as a guess.
    private func scores(after tokens: [Token]) throws(LanguageError) -> Buffer<Float> {
        var rest = tokens[...]
        while let next = guessed.first, next.token == rest.first {
            guessed.removeFirst()
            rest.removeFirst()
            if rest.isEmpty { return next.logits }
        }
        dropGuesses()
        let guesses = rest.count == 1 ? lookup.guess().prefix(sequence.capacity - sequence.tokens.count - 1) : []
        guard !guesses.isEmpty else { return try sequence.append(Array(rest), isCancelled: isCancelled) }
        let all = try sequence.appendScoringAll(Array(rest + guesses), isCancelled: isCancelled)
        let vocabulary = all.count / (1 + guesses.count)
        guessed = guesses.enumerated().map { index, token in
            (token, all[(index + 1) * vocabulary..<(index + 2) * vocabulary])
        }
        return all[0..<vocabulary]
    }

    private func dropGuesses() {
        sequence.truncate(to: sequence.tokens.count - guessed.count)
        guessed = []
    }

    /// The next token where there is no choice, else what to evaluate before ``take(_:)``. After an error there, or where only
    /// a part was evaluated, to be called again.
    ///
    /// - Throws: ``LanguageError`` `.cancelled`, `.deadEnd`.
    package func advance() throws(LanguageError) -> Step {
        guard finish == nil else { return .end }
        if isCancelled() { throw .cancelled }
        synchronise()
        guard usage.generatedTokens < options.maximumTokens else { return end(.maximumTokens) }
        let allowed = automaton.allowed(in: state)
        let mayEnd = automaton.isAccepting(state)
        if allowed.isEmpty {
            guard mayEnd else { throw .deadEnd(afterTokens: usage.generatedTokens) }
            return end(.automaton)
        }
        let choices = mayEnd ? allowed.union(endTokens) : allowed
        if choices.count == 1, let only = choices.tokens(below: .max).first { return .piece(try add(only, nil)) }
        guard known + pending.count <= sequence.capacity else { return end(.context) }
        question = (choices, mayEnd, clock.now)
        return .evaluate(pending)
    }

    /// Chooses a token by the scores after all that ``advance()`` asked to evaluate; nil at the end of the answer.
    ///
    /// - Parameter logits: [vocabulary]
    /// - Throws: ``LanguageError`` `.noFiniteScore`, `.deadEnd`.
    package func take(_ logits: Buffer<Float>) throws(LanguageError) -> Piece? {
        guard let (choices, mayEnd, since) = question else { preconditionFailure("scores that nobody asked for") }
        question = nil
        let isPrompt = usage.prefill == .zero
        synchronise()
        precondition(pending.isEmpty, "scores after fewer tokens than were asked for")
        if isPrompt { usage.prefill = clock.now - since } else { usage.decode += clock.now - since }
        let weights = options.sampling.prior > 0 ? automaton.weights(in: state) : nil
        guard let token = sampler.sample(logits, allowed: choices, weights: weights) else {
            throw .noFiniteScore(afterTokens: known)
        }
        if mayEnd && endTokens.contains(token) {
            _ = end(.endToken)
            return nil
        }
        return try add(token, sampler.scores(of: token, logits))
    }

    /// Takes note of what was evaluated, after an error as well.
    private func synchronise() {
        let new = sequence.tokens.count - guessed.count - known
        usage.evaluatedTokens += new
        pending.removeFirst(new)
        known += new
    }

    private func end(_ cause: Finish) -> Step {
        finish = cause
        dropGuesses()
        rest = stop.finish()
        return .end
    }

    private func add(_ token: Token, _ scores: TokenScores?) throws(LanguageError) -> Piece {
        // A token that is allowed may still lead past a limit of the automaton.
        guard let next = automaton.advance(state, by: token) else {
            throw .deadEnd(afterTokens: usage.generatedTokens)
        }
        state = next
        pending.append(token)
        sampler.accept(token)
        lookup.add(token)
        usage.generatedTokens += 1
        let text = stop.add(decoder.add(token))
        if stop.matched != nil {
            finish = .stopString
            dropGuesses()
        }
        return Piece(token: token, text: text, scores: scores)
    }
}
