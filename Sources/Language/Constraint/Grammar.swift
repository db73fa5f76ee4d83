/// What a ``GrammarAutomaton`` allows: a regular language over bytes and tokens, or one whose parts refer to named rules of a
/// ``ContextFreeGrammar``.
package indirect enum Grammar: Sendable {
    /// This text's UTF-8 bytes, in whatever tokens.
    case literal(String)
    /// One byte of a set.
    case bytes(ByteSet)
    /// One scalar of a set, as UTF-8.
    case scalars(ScalarSet)
    /// One token: a control token.
    case token(Token)
    /// One after the other.
    case sequence([Grammar])
    /// One of several.
    case choice([Grammar])
    /// The part or nothing.
    case optional(Grammar)
    /// The part so many times; without end where `atMost` is nil.
    case repetition(Grammar, atLeast: Int, atMost: Int?)
    /// What the rule of this name describes.
    case rule(String)

    /// Largest bound of a repetition.
    package static let mostRepetitions = 10_000
}

/// Rules that may refer to one another and to themselves, ready to be followed from left to right.
///
/// It knows nothing of tokens: one serves any number of tokenizers.
package struct ContextFreeGrammar: Sendable {
    let network: GrammarNetwork

    /// - Parameters:
    ///   - root: what a text is.
    ///   - rules: what names in it, and in one another, stand for; each name once.
    /// - Throws: ``GrammarError`` for a rule that is not defined, one defined twice, left recursion, a repetition out of range, a
    ///   grammar that is too large or nested too deep, and one that describes no text.
    package init(_ root: Grammar, rules: [(name: String, body: Grammar)] = []) throws(GrammarError) {
        network = try GrammarNetwork(root, rules: rules)
    }
}
