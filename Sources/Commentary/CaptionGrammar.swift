/// The sentences of captions `plain` and `alt_text`: what a sheet's facts can be put as.
///
/// A grammar without recursion, read from `Weights/captions.json`. A rule is a list of alternatives; one can be used
/// when each fact it `cite`s is on the sheet and not yet expressed in the sentence, its `when` holds and nothing of its
/// `unless` does. `key=a|b` is any of the values, `key=*` any at all, `key=*!a|b` any but those; commas join
/// conditions. In `say`, `<name>` expands a rule and `{key}` reads the value cited. A caption cites the facts that its
/// alternatives cite, so that it says nothing that the sheet does not.
package struct CaptionGrammar: Sendable {
    /// How values read.
    package let readings: Readings

    let rules: [[CaptionAlternative]]
    /// Where each style begins, the most words of its captions, and the fewest facts (where the sheet has so many).
    let styles: [CommentStyle: (start: Int, words: Int, least: Int)]

    /// Reads the grammar at `path`.
    package init(path: String) throws(CommentaryError) {
        try self.init(DataFile.bytes(of: path), named: path)
    }

    /// Reads a grammar from memory; `name` is what errors call it.
    package init(_ bytes: [UInt8], named name: String) throws(CommentaryError) {
        var reader = CaptionGrammarReader(named: name)
        try reader.read(bytes)
        readings = reader.readings
        rules = reader.rules
        styles = reader.styles
    }

    /// Up to `limit` different captions of the style, by chance that `seed` decides; none where the sheet holds nothing
    /// that the grammar can say.
    ///
    /// The captions are a sample of all that the grammar allows, often many thousands.
    package func captions(for sheet: FactSheet, style: CommentStyle, limit: Int, seed: UInt64) -> [CommentLine] {
        guard let (start, words, least) = styles[style], limit > 0 else { return [] }
        var chance = SeededChance(seed: seed)
        var found: [CommentLine] = []
        var texts: Set<String> = []
        // A sheet whose facts the grammar can hardly express gets shorter captions rather than none.
        for fewest in [min(least, sheet.facts.count), 1] where found.isEmpty {
            for _ in 0..<limit * 4 where found.count < limit {
                var derivation = CaptionDerivation(grammar: self, sheet: sheet, chance: chance)
                let text = derivation.expand(start).map(Sentence.tidy)
                chance = derivation.chance
                guard let text, derivation.used.count >= fewest, text.count <= Guardrail.longest,
                    text.split(separator: " ").count <= words, texts.insert(text).inserted
                else { continue }
                let used = derivation.used.sorted()
                found.append(CommentLine(facts: used.map { sheet.facts[$0] }, text: text))
            }
        }
        return found
    }
}
