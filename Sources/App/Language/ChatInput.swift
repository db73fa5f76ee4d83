/// What a line typed into a conversation asks for.
enum ChatInput: Equatable {
    case message(String)
    case clear
    case regenerate
    /// A new system message; nil for none.
    case system(String?)
    case help
    case leave
    case unknown(String)

    /// What `/help` shows.
    static let helpText = """
        /clear          forget the conversation
        /regenerate     answer the last message again
        /system TEXT    what the model is told first; without TEXT nothing
        /help           this
        /bye            leave, as Ctrl-D does
        A line that ends with \\ goes on in the next one. Ctrl-C ends the answer; a second one leaves.
        """

    /// Reads a line; a path, `/usr/bin`, is a message.
    init(_ line: String) {
        let text = line.trimming
        let parts = text.split(maxSplits: 1, whereSeparator: \.isWhitespace)
        guard let word = parts.first, word.hasPrefix("/"), word.dropFirst().allSatisfy({ $0.isASCII && $0.isLetter })
        else {
            self = .message(line)
            return
        }
        let rest = parts.count > 1 ? String(parts[1]).trimming : nil
        switch (word, rest) {
        case ("/clear", nil): self = .clear
        case ("/regenerate", nil): self = .regenerate
        case ("/system", _): self = .system(rest)
        case ("/help", nil): self = .help
        case ("/bye", nil): self = .leave
        default: self = .unknown(text)
        }
    }
}

extension String {
    /// Without white space at both ends.
    fileprivate var trimming: String {
        let start = drop(while: \.isWhitespace)
        let length = start.reversed().drop(while: \.isWhitespace).count
        return String(start.prefix(length))
    }
}
