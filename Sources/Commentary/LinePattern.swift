/// A line of the table before its slots are filled: `Front and centre, as the {object} always dreamed.`
struct LinePattern: Sendable {
    /// A fact that the line needs.
    enum Condition: Sendable, Hashable {
        case fact(FactKey, String)
        /// Any value of the key, which then stands in the text.
        case slot(FactKey)

        var key: FactKey {
            switch self {
            case .fact(let key, _), .slot(let key): key
            }
        }
    }

    /// A part of the text.
    enum Piece: Sendable, Hashable {
        case text(String)
        /// The value of a slot; `single` where a value that reads as a plural would break the sentence.
        case slot(FactKey, single: Bool)
    }

    let conditions: [Condition]
    let pieces: [Piece]

    /// The lines that the sheet's facts make of it: one for each way to fill the slots, none where a fact is missing.
    func lines(for sheet: FactSheet, readings: Readings) -> [CommentLine] {
        var found: [[Fact]] = [[]]
        for condition in conditions {
            let facts = facts(for: condition, sheet, readings)
            // Two slots of one key take the same value.
            found = found.flatMap { begun in facts.map { begun + [$0] } }
            if found.isEmpty { return [] }
        }
        return found.map { CommentLine(facts: $0, text: text(of: $0, readings)) }
    }

    private func facts(for condition: Condition, _ sheet: FactSheet, _ readings: Readings) -> [Fact] {
        switch condition {
        case .fact(let key, let value):
            return sheet.fact(key, value).map { [$0] } ?? []
        case .slot(let key):
            let single = pieces.contains(.slot(key, single: true))
            return sheet.facts.filter { $0.key == key && !(single && readings.isPlural($0)) }
        }
    }

    private func text(of facts: [Fact], _ readings: Readings) -> String {
        var text = ""
        for piece in pieces {
            switch piece {
            case .text(let literal): text += literal
            case .slot(let key, _):
                guard let index = conditions.firstIndex(of: .slot(key)) else { continue }
                Sentence.append(readings.reading(of: facts[index]), to: &text)
            }
        }
        return Sentence.capitalised(text)
    }
}

/// How values read in a sentence, where not as their name with spaces for underscores.
package struct Readings: Sendable {
    private let texts: [String: String]
    private let plurals: Set<String>

    /// - Parameters:
    ///   - texts: by `key=value`.
    ///   - plurals: `key=value` of values that read as a plural.
    init(texts: [String: String], plurals: Set<String>) {
        self.texts = texts
        self.plurals = plurals
    }

    /// The value in words: "phone" for `object=cell phone`.
    package func reading(of fact: Fact) -> String { texts[fact.text] ?? fact.words }

    /// Whether the reading is a plural ("skis").
    package func isPlural(_ fact: Fact) -> Bool { plurals.contains(fact.text) }
}
