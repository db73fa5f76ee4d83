package import Tensors

/// Sequences that are decoded together: each step passes once over the weights for the next tokens of all of them and for a
/// piece of the prompts that wait. Sequences join and leave between any two steps.
///
/// A sequence's scores do not depend on the others. For one thread at a time.
package final class Batch {
    /// A sequence of a batch.
    package struct Member: Hashable, Sendable {
        fileprivate let number: Int
    }

    /// The scores after all of a member's tokens.
    package struct Scores {
        package let member: Member
        /// [vocabulary]; overwritten by the next step.
        package let logits: Buffer<Float>
    }

    private struct Entry {
        let member: Member
        let sequence: SequenceState
        /// Tokens not yet evaluated.
        var waiting: [Token]
    }

    package let model: LanguageModel
    private let chunk: Int
    private let run: any DecoderRun
    private var entries: [Entry] = []
    private var joined = 0
    /// Where the next step begins to look for tokens, so that each gets its turn where not all fit.
    private var turn = 0

    /// - Parameter chunk: most tokens that one step evaluates, at least 1.
    package init(_ model: LanguageModel, chunk: Int = 32) {
        precondition(chunk > 0, "a step without tokens")
        self.model = model
        self.chunk = chunk
        run = model.decoder.makeRun(chunk: chunk, pool: model.pool)
    }

    /// Number of sequences.
    package var count: Int { entries.count }

    /// Whether there is anything to evaluate.
    package var isIdle: Bool { entries.allSatisfy(\.waiting.isEmpty) }

    /// Adds a sequence, which nobody else uses until it leaves, with tokens to evaluate.
    ///
    /// - Throws: ``LanguageError`` `.contextExceeded`, `.noSuchToken`; `.option` for a cache of another type than the others'.
    package func join(_ sequence: SequenceState, _ tokens: [Token]) throws(LanguageError) -> Member {
        precondition(sequence.model === model, "a sequence of another model")
        precondition(!entries.contains { $0.sequence === sequence }, "a sequence that joined before")
        if let first = entries.first?.sequence.cacheType, first != sequence.cacheType {
            throw .option(name: "cache", expected: first.rawValue, got: sequence.cacheType.rawValue)
        }
        try sequence.check(tokens)
        let member = Member(number: joined)
        joined += 1
        entries.append(Entry(member: member, sequence: sequence, waiting: tokens))
        return member
    }

    /// Gives a member more tokens to evaluate, after those that wait.
    ///
    /// - Throws: ``LanguageError`` `.contextExceeded`, `.noSuchToken`; nothing is added then.
    package func append(_ tokens: [Token], to member: Member) throws(LanguageError) {
        let index = index(of: member)
        try entries[index].sequence.check(tokens, after: entries[index].waiting.count)
        entries[index].waiting += tokens
    }

    /// Takes a member out; its sequence keeps what was evaluated.
    package func leave(_ member: Member) { entries.remove(at: index(of: member)) }

    private func index(of member: Member) -> Int {
        guard let index = entries.firstIndex(where: { $0.member == member }) else {
            preconditionFailure("not a member of the batch")
        }
        return index
    }

    /// Evaluates waiting tokens: single ones first, which are answers going on, then pieces of prompts.
    ///
    /// - Parameter isCancelled: asked before each layer.
    /// - Returns: the scores of those members whose last waiting token was evaluated.
    /// - Throws: ``LanguageError/cancelled``; then it is as if the step had not begun.
    package func step(isCancelled: () -> Bool = { false }) throws(LanguageError) -> [Scores] {
        let parts = plan()
        guard !parts.isEmpty else { return [] }
        let segments = parts.map { entries[$0.entry].sequence.segment(entries[$0.entry].waiting.prefix($0.count)) }
        var rows: [Int] = []
        var members: [Member] = []
        var row = 0
        for part in parts {
            row += part.count
            guard part.count == entries[part.entry].waiting.count else { continue }
            rows.append(row - 1)
            members.append(entries[part.entry].member)
        }
        let logits = try run.evaluate(segments, scoring: rows, isCancelled: isCancelled)
        turn += 1
        for part in parts {
            entries[part.entry].sequence.complete(entries[part.entry].waiting.prefix(part.count))
            entries[part.entry].waiting.removeFirst(part.count)
        }
        let vocabulary = model.decoder.shape.vocabulary
        return members.enumerated().map { index, member in
            Scores(member: member, logits: logits[index * vocabulary..<(index + 1) * vocabulary])
        }
    }

    /// Which entries give how many tokens to the next step.
    private func plan() -> [(entry: Int, count: Int)] {
        let order = entries.indices.map { ($0 + turn) % entries.count }
        let singles = order.filter { entries[$0].waiting.count == 1 }
        let prompts = order.filter { entries[$0].waiting.count > 1 }
        var left = chunk
        var parts: [(entry: Int, count: Int)] = []
        for index in singles + prompts where left > 0 {
            let count = min(left, entries[index].waiting.count)
            parts.append((index, count))
            left -= count
        }
        return parts
    }
}
