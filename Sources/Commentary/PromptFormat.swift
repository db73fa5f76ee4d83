/// Prompts and answers of the embedded language model as text: control tokens in angle brackets, plain text between.
///
/// A prompt is `<s><roast><dry><people> one<framing> selfie<object> cup`; an entry of the answer to it is
/// `<c><object> cup<framing> selfie<say> The line as it stands.`; `</s>` ends the answer.
/// `Weights/training/language/prompt.py` writes the same.
package enum PromptFormat {
    /// Begins every prompt.
    package static let start = "<s>"
    /// Ends every answer.
    package static let end = "</s>"
    /// Begins an entry: its cites follow.
    package static let cites = "<c>"
    /// Begins the line of an entry.
    package static let say = "<say>"

    /// Every control token that the format needs of a model's vocabulary.
    package static var controlTokens: [String] {
        [start, end, cites, say] + CommentTask.allCases.map { "<\($0.rawValue)>" }
            + CommentStyle.allCases.map { "<\($0.rawValue)>" } + FactKey.allCases.map { "<\($0.rawValue)>" }
    }

    /// All that stands before an answer.
    package static func prompt(for sheet: FactSheet, style: CommentStyle) -> String {
        "\(start)<\(style.task.rawValue)><\(style.rawValue)>" + sheet.facts.map(text).joined()
    }

    /// One entry of an answer.
    package static func entry(for line: CommentLine) -> String {
        cites + line.facts.map(text).joined() + "\(say) \(line.text)"
    }

    /// A fact in a prompt or among the cites.
    package static func text(of fact: Fact) -> String { "<\(fact.key.rawValue)> \(fact.words)" }

    /// The entries of an answer, read back: each line with the facts of `sheet` that it cites.
    ///
    /// Nil where the text is not entries of this format, or cites what is not on the sheet. Text after `</s>` is not read.
    package static func lines(reading answer: String, for sheet: FactSheet) -> [CommentLine]? {
        let body = answer.firstRange(of: end).map { answer[..<$0.lowerBound] } ?? answer[...]
        let parts = body.split(separator: cites, omittingEmptySubsequences: false)
        guard parts.first?.isEmpty == true else { return nil }
        var lines: [CommentLine] = []
        for part in parts.dropFirst() {
            let sides = part.split(separator: say, omittingEmptySubsequences: false)
            guard sides.count == 2, let line = sides[1].dropping(" "), !line.isEmpty else { return nil }
            var facts: [Fact] = []
            for cite in sides[0].split(separator: "<", omittingEmptySubsequences: false).dropFirst() {
                guard let fact = sheet.facts.first(where: { text(of: $0).dropFirst() == cite }) else { return nil }
                facts.append(fact)
            }
            guard !facts.isEmpty else { return nil }
            lines.append(CommentLine(facts: facts, text: String(line)))
        }
        return lines
    }
}

extension Substring {
    /// Without `prefix`; nil where the text does not begin with it.
    fileprivate func dropping(_ prefix: String) -> Substring? {
        hasPrefix(prefix) ? dropFirst(prefix.count) : nil
    }
}
