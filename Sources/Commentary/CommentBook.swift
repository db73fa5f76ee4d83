/// All that may be said about a photo: the lines whose facts hold and the captions that its facts make.
///
/// The language model chooses among what `candidates` gives; without one, `choice` does.
package struct CommentBook: Sendable {
    /// The file names in the weights folder.
    package static let tableName = "lines.tsv"
    package static let grammarName = "captions.json"
    /// How many captions one request chooses from, of all that the grammar allows.
    package static let captionLimit = 400

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

    /// Everything that an answer of the style may hold: each text once, each citing facts of the sheet alone.
    ///
    /// - Parameter seed: decides which of a grammar's many captions are among them; lines are all there.
    package func candidates(for sheet: FactSheet, style: CommentStyle, seed: UInt64) -> [CommentLine] {
        var lines = table.lines(for: sheet, style: style)
        if !style.usesLines {
            lines += grammar.captions(for: sheet, style: style, limit: Self.captionLimit, seed: seed)
        }
        var texts: Set<String> = []
        let guardrail = Guardrail(sheet: sheet)
        return lines.filter { guardrail.refusal(of: $0) == nil && texts.insert($0.text).inserted }
    }

    /// `count` of the candidates, by chance that the seed decides: the particular likelier than the general, seldom two
    /// about the same thing. Fewer where there are not so many.
    package func choice(of count: Int, from candidates: [CommentLine], seed: UInt64) -> [CommentLine] {
        var chance = SeededChance(seed: seed)
        var pool = candidates
        var weights = candidates.map(table.worths.worth)
        var chosen: [CommentLine] = []
        while !pool.isEmpty, chosen.count < count {
            let index = chance.index(by: weights)
            let line = pool.remove(at: index)
            weights.remove(at: index)
            chosen.append(line)
            for other in pool.indices {
                let shared = pool[other].facts.count { fact in line.facts.contains { $0.states(fact) } }
                if shared > 0 { weights[other] *= shared == pool[other].facts.count ? 0.12 : 0.4 }
            }
        }
        return chosen
    }
}
