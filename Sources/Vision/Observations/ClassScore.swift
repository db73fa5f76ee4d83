/// One class of a classifier and its probability, 0...1.
package struct ClassScore: Sendable, Hashable {
    /// What the model calls the class: a value of the vocabulary (`happy`), or a word of its own (`coffee_shop`).
    package let label: String
    package let score: Float

    package init(label: String, score: Float) {
        self.label = label
        self.score = score
    }
}

extension [ClassScore] {
    /// The likeliest of at least one; of equal ones the first.
    var likeliest: ClassScore { dropFirst().reduce(self[0]) { $1.score > $0.score ? $1 : $0 } }
}
