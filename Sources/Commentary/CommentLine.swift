/// One line of an answer and the facts that it cites.
package struct CommentLine: Sendable, Hashable {
    /// The facts of the sheet that the line rests on, in the order in which the model writes them.
    package let facts: [Fact]
    /// The line as a reader sees it.
    package let text: String

    package init(facts: [Fact], text: String) {
        self.facts = facts
        self.text = text
    }
}
