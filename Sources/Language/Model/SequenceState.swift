package import Tensors

/// One sequence of tokens and what the model computed for it: a cache of keys and values.
///
/// For one thread at a time. Any number of sequences share a model.
package final class SequenceState {
    /// Tokens of a prompt that are evaluated together: as many as one unpacking of the weights serves.
    package static let chunk = 192

    package let model: LanguageModel
    /// Most tokens it may hold.
    package let capacity: Int
    /// How keys and values are stored.
    package let cacheType: CacheType
    /// The tokens evaluated so far.
    package private(set) var tokens: [Token] = []
    let cache: KVCache
    /// Which of the model's position encodings the keys have.
    let encoding: Int
    /// Made when it is first needed: a sequence of a ``Batch`` needs none.
    private lazy var run: any DecoderRun = model.decoder.makeRun(chunk: min(Self.chunk, capacity), pool: model.pool)

    convenience init(_ model: LanguageModel, capacity: Int, cache: CacheType) {
        self.init(
            model, capacity: capacity, cache: KVCache(model.decoder.shape.cacheLayout(cache)), tokens: [])
    }

    /// - Parameter cache: holds keys and values of `tokens`, for a sequence of this capacity.
    init(_ model: LanguageModel, capacity: Int, cache: KVCache, tokens: [Token]) {
        self.model = model
        self.capacity = capacity
        self.cache = cache
        self.tokens = tokens
        cacheType = cache.layout.tile.type
        encoding = model.decoder.positionEncoding(capacity: capacity)
    }

    /// Bytes of the cache so far. Pages that sequences share count for each of them.
    package var cacheBytes: Int { cache.byteCount }

    /// Evaluates tokens, which follow those evaluated before.
    ///
    /// - Parameter isCancelled: asked before each layer of each chunk.
    /// - Returns: [vocabulary], the scores of all tokens to come next; overwritten by the next call.
    /// - Throws: ``LanguageError`` `.contextExceeded`, `.noSuchToken`, `.cancelled`. The chunks before the error stay
    ///   evaluated, as ``tokens`` says.
    package func append(
        _ new: [Token], isCancelled: () -> Bool = { false }
    ) throws(LanguageError) -> Buffer<Float> {
        try evaluate(new, scored: 1, isCancelled: isCancelled)
    }

    /// The same, giving the scores after each of the tokens: [tokens, vocabulary].
    ///
    /// - Parameter new: no more than ``chunk``.
    package func appendScoringAll(
        _ new: [Token], isCancelled: () -> Bool = { false }
    ) throws(LanguageError) -> Buffer<Float> {
        precondition(new.count <= Self.chunk, "more than one chunk")
        return try evaluate(new, scored: new.count, isCancelled: isCancelled)
    }

    /// Evaluates tokens and gives the scores after the last `scored` of them, which are in the last chunk.
    private func evaluate(
        _ new: [Token], scored: Int, isCancelled: () -> Bool
    ) throws(LanguageError) -> Buffer<Float> {
        try check(new)
        for start in stride(from: 0, to: new.count, by: Self.chunk) {
            let part = new[start..<min(start + Self.chunk, new.count)]
            let isLast = part.endIndex == new.count
            let rows = isLast ? Array(part.count - scored..<part.count) : []
            let scores = try run.evaluate([segment(part)], scoring: rows, isCancelled: isCancelled)
            complete(part)
            if isLast { return scores }
        }
        preconditionFailure("nothing to evaluate")
    }

    /// Whether tokens can follow.
    ///
    /// - Parameter waiting: how many others come before them.
    func check(_ new: [Token], after waiting: Int = 0) throws(LanguageError) {
        precondition(!new.isEmpty, "nothing to evaluate")
        guard new.count <= capacity - tokens.count - waiting else {
            throw .contextExceeded(needed: tokens.count + waiting + new.count, limit: capacity)
        }
        let vocabulary = model.decoder.shape.vocabulary
        if let bad = new.first(where: { !(0..<vocabulary).contains($0) }) {
            throw .noSuchToken(bad, vocabulary: vocabulary)
        }
    }

    /// Tokens that are to be evaluated next, with memory for what comes of them.
    func segment(_ new: ArraySlice<Token>) -> DecoderSegment {
        cache.prepare(tokens.count..<tokens.count + new.count)
        return DecoderSegment(cache: cache, tokens: new, position: tokens.count, encoding: encoding)
    }

    /// Takes note that a segment was evaluated.
    func complete(_ new: ArraySlice<Token>) { tokens += new }

    /// Forgets all tokens but the first `count`.
    package func truncate(to count: Int) {
        precondition((0...tokens.count).contains(count), "cannot grow by truncating")
        tokens.removeLast(tokens.count - count)
        cache.truncate(to: count)
    }

    /// Forgets what is not a prefix of `prompt`, and says how many tokens stay.
    @discardableResult
    package func keepPrefix(of prompt: [Token]) -> Int {
        let same = zip(tokens, prompt).prefix { $0 == $1 }.count
        truncate(to: same)
        return same
    }

    /// A sequence of its own that begins with the first `count` tokens of this one, all if nil, without evaluating them.
    ///
    /// Both share the memory of what they have in common; each copies a page before it changes it.
    package func fork(count: Int? = nil) -> SequenceState {
        let count = count ?? tokens.count
        precondition((0...tokens.count).contains(count), "cannot grow by forking")
        return SequenceState(
            model, capacity: capacity, cache: KVCache(sharing: cache, positions: count),
            tokens: Array(tokens[..<count]))
    }
}
