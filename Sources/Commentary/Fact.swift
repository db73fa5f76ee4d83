/// One thing that the observations say about a photo, in the closed vocabulary that may reach a prompt.
package struct Fact: Sendable, Hashable {
    /// What the fact is about.
    package let key: FactKey
    /// One of `Vocabulary.values(of: key)`, spelled as there (`cell phone`, `face_position` values with underscores).
    package let value: String
    /// How sure its source is, 0...1.
    package let confidence: Float
    /// The observation the fact was read from, as a path into the analysis (`objects[2]`, `lighting`).
    package let source: String

    /// A fact of the vocabulary. The value must be one of its key's: anything else is a bug of the rule that made it.
    package init(_ key: FactKey, _ value: String, confidence: Float = 1, source: String = "") {
        precondition(Vocabulary.contains(key, value), "\(key.rawValue)=\(value) is not in the vocabulary")
        self.key = key
        self.value = value
        self.confidence = confidence.isNaN ? 0 : min(max(confidence, 0), 1)
        self.source = source
    }

    /// The fact that `text` (`object=cell phone`) names, or nil where the vocabulary has no such fact.
    package init?(parsing text: some StringProtocol) {
        guard let sign = text.firstIndex(of: "="), let key = FactKey(rawValue: String(text[..<sign]))
        else { return nil }
        let value = String(text[text.index(after: sign)...])
        guard Vocabulary.contains(key, value) else { return nil }
        self.init(key, value)
    }

    /// What an answer calls the fact: `object.cell_phone`, `lighting.backlit`.
    package var id: String { "\(key.rawValue).\(String(value.map { $0 == " " ? "_" : $0 }))" }

    /// As the corpus and the tables write it: `object=cell phone`.
    package var text: String { "\(key.rawValue)=\(value)" }

    /// As a prompt writes the value: spaces for underscores.
    package var words: String { String(value.map { $0 == "_" ? " " : $0 }) }

    /// Whether both state the same, whoever says so and however surely.
    package func states(_ other: Fact) -> Bool { key == other.key && value == other.value }
}
