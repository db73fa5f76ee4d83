/// All that may be said about a photo: the lines whose facts hold and the captions that its facts make.
///
/// The language model chooses among what `candidates` gives; without one, `choice` does.
package struct CommentBook: Sendable {
    /// The file names in the weights folder.
    package static let tableName = "lines.tsv"
    package static let grammarName = "captions.json"
    /// How many captions one request chooses from, of all that the grammar allows.
    package static let captionLimit = 400
    /// The fewest lines on a shortlist, where there are so many.
    package static let shortest = 18

    package let table: LineTable
    package let grammar: CaptionGrammar

    package init(table: LineTable, grammar: CaptionGrammar) {
        self.table = table
        self.grammar = grammar
    }

    /// Reads both from a weights folder.
    package init(folder: String) throws(CommentaryError) {
        table = try LineTable(path: "\(folder)/\(Self.tableName)")
        grammar = try CaptionGrammar(path: "\(folder)/\(Self.grammarName)")
    }

    /// What one answer of the style may hold: each text once, each citing facts of the sheet alone.
    ///
    /// Of the lines of the table it is a shortlist: a quarter, at least `shortest`, by chance. So other seeds have other
    /// lines to choose from, however much the language model likes some.
    ///
    /// - Parameter seed: decides which lines, and which of a grammar's many captions, are among them.
    package func candidates(for sheet: FactSheet, style: CommentStyle, seed: UInt64) -> [CommentLine] {
        var chance = SeededChance(seed: seed)
        var lines = shortlist(of: table.lines(for: sheet, style: style), chance: &chance)
        if !style.usesLines {
            lines += grammar.captions(for: sheet, style: style, limit: Self.captionLimit, seed: seed)
        }
        var texts: Set<String> = []
        let guardrail = Guardrail(sheet: sheet)
        return lines.filter { guardrail.refusal(of: $0) == nil && texts.insert($0.text).inserted }
    }

    /// How fit each candidate is to come next in an answer that has the `earlier` lines: the particular fitter than the
    /// general, and 0 for what cites only facts the answer has joked about, unless nothing else is left.
    package func weights(of candidates: [CommentLine], after earlier: [CommentLine]) -> [Double] {
        let used = Set(earlier.flatMap(\.facts).map(\.text))
        let written = Set(earlier.map(\.text))
        func weights(_ shareOfUsed: (Int, Int) -> Double) -> [Double] {
            candidates.map { line in
                if written.contains(line.text) { return 0 }
                let known = line.facts.count { used.contains($0.text) }
                let worth = table.worths.worth(of: line)
                return worth * worth.squareRoot() * shareOfUsed(known, line.facts.count)
            }
        }
        let fresh = weights { known, all in known == 0 ? 1 : known == all ? 0 : 0.2 }
        return fresh.contains { $0 > 0 } ? fresh : weights { _, _ in 1 }
    }

    /// A draw without replacement, in the order of the table.
    private func shortlist(of lines: [CommentLine], chance: inout SeededChance) -> [CommentLine] {
        let count = max(Self.shortest, (lines.count + 3) / 4)
        guard count < lines.count else { return lines }
        var left = Array(lines.indices)
        let drawn = (0..<count).map { _ in left.remove(at: chance.index(below: left.count)) }
        return drawn.sorted().map { lines[$0] }
    }

    /// `count` of the candidates, by chance that the seed decides, as ``weights(of:after:)`` say. Fewer where there are
    /// not so many.
    package func choice(of count: Int, from candidates: [CommentLine], seed: UInt64) -> [CommentLine] {
        var chance = SeededChance(seed: seed)
        var chosen: [CommentLine] = []
        for _ in 0..<min(count, candidates.count) {
            chosen.append(candidates[chance.index(by: weights(of: candidates, after: chosen))])
        }
        return chosen
    }
}
