package import Vision

/// One line of the table from observations to facts.
package struct FactRule: Sendable {
    package let key: FactKey
    package let value: String
    /// Where in the analysis the fact comes from, as a path (`faces[].pose`, `lighting`); empty brackets stand for the
    /// place of the face or object meant.
    package let source: String
    /// How often the rule is right when it fires, 0...1; of two values of one key the surer wins.
    package let confidence: Float
    /// All must hold.
    package let conditions: [Condition]
    /// A score that the confidence is multiplied by; nil for none.
    package let score: Reading?

    init(
        _ key: FactKey, _ value: String, from source: String, confidence: Float, score: Reading? = nil,
        _ conditions: Condition...
    ) {
        self.init(key, value, from: source, confidence: confidence, score: score, all: conditions)
    }

    /// - Parameter conditions: all must hold.
    init(
        _ key: FactKey, _ value: String, from source: String, confidence: Float, score: Reading? = nil,
        all conditions: [Condition]
    ) {
        precondition(Vocabulary.contains(key, value), "\(key.rawValue)=\(value) is not in the vocabulary")
        self.key = key
        self.value = value
        self.source = source
        self.confidence = confidence
        self.score = score
        self.conditions = conditions
    }

    /// The fact, where all conditions hold.
    package func fact(from evidence: Evidence) -> Fact? {
        guard conditions.allSatisfy({ $0.holds(for: evidence) }) else { return nil }
        let sureness = confidence * (score?.value(evidence) ?? 1)
        let index = (key == .object ? evidence.object(value) : evidence.firstFace) ?? 0
        let place = source.split(separator: "[]", omittingEmptySubsequences: false).joined(separator: "[\(index)]")
        return Fact(key, value, confidence: sureness, source: place)
    }
}

extension FactSheet {
    /// What may be said of a photo: every fact whose rule holds.
    package init(of analysis: Analysis) {
        let evidence = Evidence(analysis)
        self.init(FactTable.rules.compactMap { $0.fact(from: evidence) })
    }
}
