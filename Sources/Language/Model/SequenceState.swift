package import Tensors

/// One sequence of tokens and what the model computed for it: the cache of keys and values, and scratch memory.
///
/// For one thread at a time. Any number of sequences share a model.
package final class SequenceState {
    /// Tokens of a prompt that are evaluated together.
    static let chunk = 32

    package let model: LanguageModel
    /// Most tokens it may hold.
    package let capacity: Int
    /// The tokens evaluated so far.
    package private(set) var tokens: [Token] = []
    private let cache: KVCache
    private let run: any DecoderRun

    init(_ model: LanguageModel, capacity: Int) {
        self.model = model
        self.capacity = capacity
        let shape = model.decoder.shape
        cache = KVCache(
            layers: shape.layers, heads: shape.keyValueHeads, headSize: shape.headSize, capacity: capacity)
        run = model.decoder.makeRun(chunk: min(Self.chunk, capacity), pool: model.pool)
    }

    /// Evaluates tokens, which follow those evaluated before.
    ///
    /// - Parameter isCancelled: asked before each layer of each chunk.
    /// - Returns: [vocabulary], the scores of all tokens to come next; overwritten by the next call.
    /// - Throws: ``LanguageError`` `.contextExceeded`, `.noSuchToken`, `.cancelled`. The chunks before the error stay
    ///   evaluated, as ``tokens`` says.
    package func append(
        _ new: [Token], isCancelled: () -> Bool = { false }
    ) throws(LanguageError) -> Buffer<Float> {
        precondition(!new.isEmpty, "nothing to evaluate")
        guard new.count <= capacity - tokens.count else {
            throw .contextExceeded(needed: tokens.count + new.count, limit: capacity)
        }
        let vocabulary = model.decoder.shape.vocabulary
        if let bad = new.first(where: { !(0..<vocabulary).contains($0) }) {
            throw .noSuchToken(bad, vocabulary: vocabulary)
        }
        cache.reserve(tokens.count + new.count, used: tokens.count)
        for start in stride(from: 0, to: new.count, by: Self.chunk) {
            let part = new[start..<min(start + Self.chunk, new.count)]
            try run.evaluate(part, at: tokens.count, cache: cache, isCancelled: isCancelled)
            tokens += part
        }
        return run.logits()
    }

    /// Forgets all tokens but the first `count`.
    package func truncate(to count: Int) {
        precondition((0...tokens.count).contains(count), "cannot grow by truncating")
        tokens.removeLast(tokens.count - count)
    }

    /// Forgets what is not a prefix of `prompt`, and says how many tokens stay.
    @discardableResult
    package func keepPrefix(of prompt: [Token]) -> Int {
        let same = zip(tokens, prompt).prefix { $0 == $1 }.count
        truncate(to: same)
        return same
    }
}
