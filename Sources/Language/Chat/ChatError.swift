/// What can go wrong in a conversation.
package enum ChatError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The model, its tokenizer, or an option.
    case language(LanguageError)
    /// The template cannot write this conversation.
    case template(TemplateError)
    /// The conversation leaves no room for an answer: its tokens, with those that begin the answer, of so many exchanges.
    case contextFull(tokens: Int, limit: Int, exchanges: Int)
    /// There is no answer that could be written again.
    case nothingToRegenerate

    package var description: String {
        switch self {
        case .language(let error): "\(error)"
        case .template(let error): "\(error)"
        case .contextFull(let tokens, let limit, let exchanges):
            "the conversation's \(tokens) tokens, in \(exchanges) \(exchanges == 1 ? "exchange" : "exchanges"), leave no "
                + "room for an answer in a context of \(limit)"
        case .nothingToRegenerate: "there is no answer yet"
        }
    }
}

/// An answer of a conversation.
package struct ChatAnswer: Sendable {
    /// Why an answer ended.
    package enum Finish: String, Sendable {
        /// The model ended its turn.
        case endToken = "end_token"
        /// The constraint allows nothing more.
        case constraint
        /// As many tokens as were allowed.
        case maximumTokens = "max_tokens"
        /// The context is full.
        case context
        /// A stop string came up.
        case stopString = "stop_string"
        /// The user did not want more.
        case cancelled

        fileprivate init(_ finish: Language.Finish) {
            self =
                switch finish {
                case .endToken: .endToken
                case .automaton: .constraint
                case .maximumTokens: .maximumTokens
                case .context: .context
                case .stopString: .stopString
                }
        }
    }

    package let text: String
    package let finish: Finish
    package let usage: Usage
    /// Exchanges that were forgotten to make room.
    package let droppedExchanges: Int

    /// - Parameter finish: nil for an answer that was cancelled.
    init(text: String, finish: Language.Finish?, usage: Usage, droppedExchanges: Int) {
        self.text = text
        self.finish = finish.map(Finish.init) ?? .cancelled
        self.usage = usage
        self.droppedExchanges = droppedExchanges
    }
}
