/// The last look at a line before anybody sees it, whoever wrote it.
package struct Guardrail: Sendable {
    /// Why a line is refused.
    package enum Refusal: Sendable, Hashable {
        /// It cites nothing.
        case noFacts
        /// It cites what the sheet does not say.
        case notOnSheet(String)
        /// Nothing, or more than a line may hold.
        case length(Int)
        /// A control character, a slot nobody filled, or what looks like a control token.
        case characters
        /// The answer has the line already.
        case repeated
    }

    /// The most characters of a line.
    package static let longest = 400

    private let sheet: FactSheet

    /// A guardrail for answers about one photo.
    package init(sheet: FactSheet) { self.sheet = sheet }

    /// Why `line` may not follow the `earlier` lines of its answer; nil if it may.
    package func refusal(of line: CommentLine, after earlier: [CommentLine] = []) -> Refusal? {
        if line.facts.isEmpty { return .noFacts }
        if let fact = line.facts.first(where: { !sheet.holds($0) }) { return .notOnSheet(fact.text) }
        let length = line.text.count
        if length == 0 || length > Self.longest { return .length(length) }
        if !Self.isPrintable(line.text) || line.text.contains(where: { $0 == "{" || $0 == "}" }) { return .characters }
        if earlier.contains(where: { $0.text == line.text }) { return .repeated }
        return nil
    }

    /// The lines that pass, in order.
    package func passing(_ lines: [CommentLine]) -> [CommentLine] {
        lines.reduce(into: []) { passed, line in
            if refusal(of: line, after: passed) == nil { passed.append(line) }
        }
    }

    /// Whether a text has neither control characters nor angle brackets, which control tokens are written with.
    static func isPrintable(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
            default: scalar != "<" && scalar != ">"
            }
        }
    }
}
