/// What a model says of the place a photo was taken in.
package struct SceneGuess: Sendable, Equatable {
    /// One class and its probability, 0...1.
    package struct Score: Sendable, Hashable {
        /// The model's own word for it (`tall_building`).
        package let label: String
        package let score: Float

        package init(label: String, score: Float) {
            self.label = label
            self.score = score
        }
    }

    /// All classes of the model, in its own order; they add up to 1.
    package let scores: [Score]
    /// The probability of each value of the vocabulary's `scene` key that the model can tell, 0...1: the sum over the
    /// classes that are one, so that `indoor` counts every kind of room.
    package let values: [Score]

    /// - Parameter scores: at least one.
    package init(scores: [Score], values: [Score]) {
        precondition(!scores.isEmpty, "a scene without classes")
        self.scores = scores
        self.values = values
    }

    /// The likeliest class; of equal ones the first.
    package var top: Score { scores.dropFirst().reduce(scores[0]) { $1.score > $0.score ? $1 : $0 } }

    /// The probability of a value of the vocabulary; nil where the model cannot tell it.
    package func probability(of value: String) -> Float? { values.first { $0.label == value }?.score }
}
