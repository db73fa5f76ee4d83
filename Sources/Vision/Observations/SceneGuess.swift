/// What a model says of the place a photo was taken in.
package struct SceneGuess: Sendable, Equatable {
    /// All classes of the model, in its own order; they add up to 1.
    package let scores: [ClassScore]
    /// The probability of each value of the vocabulary's `scene` key that the model can tell, 0...1: the sum over the
    /// classes that are one, so that `indoor` counts every kind of room.
    package let values: [ClassScore]

    /// - Parameter scores: at least one.
    package init(scores: [ClassScore], values: [ClassScore]) {
        precondition(!scores.isEmpty, "a scene without classes")
        self.scores = scores
        self.values = values
    }

    /// The likeliest class; of equal ones the first.
    package var top: ClassScore { scores.likeliest }

    /// The probability of a value of the vocabulary; nil where the model cannot tell it.
    package func probability(of value: String) -> Float? { values.first { $0.label == value }?.score }
}
