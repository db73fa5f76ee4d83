/// Reads the text of a line table, checking every field.
struct LineTableReader {
    struct Row {
        let style: CommentStyle
        let pattern: LinePattern
    }

    /// The longest line, in characters.
    static let longestLine = 240
    /// The most facts that a line cites.
    static let mostFacts = 12

    private(set) var readings: [String: String] = [:]
    private(set) var plurals: Set<String> = []
    private(set) var worths: [FactKey: Double] = [:]
    private(set) var quiet: Set<String> = []
    private(set) var lines: [Row] = []

    private let bytes: [UInt8]
    private let name: String
    private var number = 0

    init(_ bytes: [UInt8], named name: String) {
        self.bytes = bytes
        self.name = name
    }

    /// Reads the whole file.
    mutating func read() throws(CommentaryError) {
        for row in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            guard let text = String(validating: row, as: UTF8.self) else { throw error("not UTF-8") }
            let fields = text.split(separator: "\t", omittingEmptySubsequences: false)
            if number == 1 {
                guard fields == ["heckle-lines", "1"] else {
                    throw error("the first line is not \"heckle-lines\", a tab, \"1\"")
                }
            } else if text.isEmpty {
                continue
            } else if text.first == "@" {
                try readHeader(fields)
            } else {
                try readLine(fields)
            }
        }
        if number < 2 { throw CommentaryError(file: name, reason: "no lines") }
        if lines.isEmpty { throw CommentaryError(file: name, reason: "no lines") }
    }

    private mutating func readHeader(_ fields: [Substring]) throws(CommentaryError) {
        switch (fields[0], fields.count) {
        case ("@reading", 3):
            let text = String(fields[2])
            try check(text)
            readings[try fact(fields[1]).text] = text
        case ("@plural", 2):
            plurals.insert(try fact(fields[1]).text)
        case ("@quiet", 2):
            quiet.insert(try fact(fields[1]).text)
        case ("@worth", 3):
            guard let key = FactKey(rawValue: String(fields[1])) else { throw error("no key \"\(fields[1])\"") }
            guard let worth = Double(fields[2]), worth > 0, worth <= 100 else {
                throw error("\"\(fields[2])\" is not a worth above 0, at most 100")
            }
            worths[key] = worth
        default:
            throw error("no header \"\(fields[0])\" of \(fields.count) fields")
        }
    }

    private mutating func readLine(_ fields: [Substring]) throws(CommentaryError) {
        guard fields.count == 3 else { throw error("\(fields.count) fields; style, facts and line were expected") }
        guard let style = CommentStyle(rawValue: String(fields[0])) else { throw error("no style \"\(fields[0])\"") }
        var conditions: [LinePattern.Condition] = []
        for part in fields[1].split(separator: ",", omittingEmptySubsequences: false) {
            let condition = try condition(part)
            guard !conditions.contains(condition) else { throw error("\"\(part)\" twice") }
            conditions.append(condition)
        }
        guard conditions.count <= Self.mostFacts else { throw error("more than \(Self.mostFacts) facts") }
        let text = String(fields[2])
        try check(text)
        let pieces = try pieces(text)
        for case .slot(let key, _) in pieces where !conditions.contains(.slot(key)) {
            throw error("{\(key.rawValue)} in the line, but not \(key.rawValue)={\(key.rawValue)} in its facts")
        }
        for case .slot(let key) in conditions {
            let stands = pieces.contains(.slot(key, single: false)) || pieces.contains(.slot(key, single: true))
            guard stands else { throw error("\(key.rawValue)={\(key.rawValue)} in the facts, but not in the line") }
        }
        lines.append(Row(style: style, pattern: LinePattern(conditions: conditions, pieces: pieces)))
    }

    private func condition(_ text: Substring) throws(CommentaryError) -> LinePattern.Condition {
        if let sign = text.firstIndex(of: "="), let key = FactKey(rawValue: String(text[..<sign])),
            text[text.index(after: sign)...] == "{\(key.rawValue)}"
        {
            return .slot(key)
        }
        let fact = try fact(text)
        return .fact(fact.key, fact.value)
    }

    private func fact(_ text: Substring) throws(CommentaryError) -> Fact {
        guard let fact = Fact(parsing: text) else { throw error("\"\(text)\" is not a fact of the vocabulary") }
        return fact
    }

    /// The text and the slots of a line.
    private func pieces(_ text: String) throws(CommentaryError) -> [LinePattern.Piece] {
        var pieces: [LinePattern.Piece] = []
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "{") {
            if open > rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
            guard let close = rest[open...].firstIndex(of: "}") else { throw error("a { without its }") }
            var name = rest[rest.index(after: open)..<close]
            let single = name.hasSuffix(":one")
            if single { name = name.dropLast(4) }
            guard let key = FactKey(rawValue: String(name)) else { throw error("no slot {\(name)}") }
            pieces.append(.slot(key, single: single))
            rest = rest[rest.index(after: close)...]
        }
        if rest.contains("}") { throw error("a } without its {") }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        return pieces
    }

    /// A text that may be printed: neither empty nor too long, no control characters, none that open a control token.
    private func check(_ text: String) throws(CommentaryError) {
        guard !text.isEmpty else { throw error("an empty text") }
        guard text.count <= Self.longestLine else { throw error("more than \(Self.longestLine) characters") }
        guard Guardrail.isPrintable(text) else { throw error("a control character, or < or >") }
        guard text.first?.isWhitespace == false, text.last?.isWhitespace == false else {
            throw error("white space at an end of the text")
        }
    }

    private func error(_ reason: String) -> CommentaryError {
        CommentaryError(file: name, line: number, reason: reason)
    }
}
