/// One condition of an alternative: some value of a key that the sheet states.
struct CaptionCondition: Sendable, Hashable {
    enum Values: Sendable, Hashable {
        case among(Set<String>)
        case anyBut(Set<String>)
    }

    let key: FactKey
    let values: Values

    /// Whether the fact satisfies it.
    func matches(_ fact: Fact) -> Bool {
        guard fact.key == key else { return false }
        switch values {
        case .among(let values): return values.contains(fact.value)
        case .anyBut(let values): return !values.contains(fact.value)
        }
    }

    /// Reads `key=value|value`, `key=*` or `key=*!value|value`.
    init?(_ text: Substring) {
        guard let sign = text.firstIndex(of: "="), let key = FactKey(rawValue: String(text[..<sign])) else {
            return nil
        }
        var rest = text[text.index(after: sign)...]
        let any = rest.first == "*"
        if any {
            rest = rest.dropFirst()
            guard rest.isEmpty || rest.first == "!" else { return nil }
            rest = rest.dropFirst()
        }
        let values = rest.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        let named = any && rest.isEmpty ? [] : values
        guard named.allSatisfy({ Vocabulary.contains(key, $0) }) else { return nil }
        self.key = key
        self.values = any ? .anyBut(Set(named)) : .among(Set(named))
    }
}

/// One way to expand a rule.
struct CaptionAlternative: Sendable {
    enum Piece: Sendable, Hashable {
        case text(String)
        /// Another rule, by its number.
        case rule(Int)
        /// How the value reads that the alternative cites of this key.
        case value(FactKey)
    }

    /// Facts that it expresses: on the sheet and not yet expressed.
    let cites: [CaptionCondition]
    /// Facts that must be on the sheet.
    let when: [CaptionCondition]
    /// Facts of which none may be on the sheet.
    let unless: [CaptionCondition]
    let weight: Double
    let pieces: [Piece]
}
