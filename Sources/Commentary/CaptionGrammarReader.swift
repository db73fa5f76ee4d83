import Foundation

/// Reads and checks the JSON of a caption grammar.
struct CaptionGrammarReader {
    /// The file as it stands.
    private struct File: Decodable {
        struct Alternative: Decodable {
            var cite: String?
            var when: String?
            var unless: String?
            var weight: Double?
            var say: String
        }

        var format: String
        var version: Int
        var readings: [String: String]
        var plural: [String]
        var start: [String: String]
        var words: [String: Int]
        var least: [String: Int]
        var rules: [String: [Alternative]]
    }

    private(set) var readings = Readings(texts: [:], plurals: [])
    private(set) var rules: [[CaptionAlternative]] = []
    private(set) var styles: [CommentStyle: (start: Int, words: Int, least: Int)] = [:]
    private let name: String
    private var numbers: [String: Int] = [:]

    init(named name: String) { self.name = name }

    mutating func read(_ bytes: [UInt8]) throws(CommentaryError) {
        let file: File
        do {
            file = try JSONDecoder().decode(File.self, from: Data(bytes))
        } catch {
            throw CommentaryError(file: name, reason: Self.words(for: error))
        }
        guard file.format == "heckle-captions", file.version == 1 else {
            throw error("format \"\(file.format)\" version \(file.version); \"heckle-captions\" version 1 was expected")
        }
        for fact in file.readings.keys + file.plural where Fact(parsing: fact) == nil {
            throw error("readings or plural: \"\(fact)\" is not a fact of the vocabulary")
        }
        readings = Readings(texts: file.readings, plurals: Set(file.plural))
        let names = file.rules.keys.sorted()
        numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        for rule in names {
            var alternatives: [CaptionAlternative] = []
            for (index, each) in file.rules[rule]!.enumerated() {
                alternatives.append(try alternative(each, at: "rule \"\(rule)\", alternative \(index + 1)"))
            }
            guard !alternatives.isEmpty else { throw error("rule \"\(rule)\" has no alternatives") }
            rules.append(alternatives)
        }
        try checkDepth(names)
        try readStyles(file)
    }

    private mutating func readStyles(_ file: File) throws(CommentaryError) {
        for (styleName, rule) in file.start.sorted(by: { $0.key < $1.key }) {
            guard let style = CommentStyle(rawValue: styleName), !style.usesLines else {
                throw error("start: \"\(styleName)\" is not a style with a grammar")
            }
            guard let number = numbers[rule] else { throw error("start: no rule \"\(rule)\"") }
            guard let words = file.words[styleName], let least = file.least[styleName], words > 0, least > 0 else {
                throw error("words and least of \"\(styleName)\" must be positive numbers")
            }
            styles[style] = (number, words, least)
        }
        guard styles.count == CommentStyle.allCases.count(where: { !$0.usesLines }) else {
            throw error("start: a style has no rule")
        }
    }

    private func alternative(_ each: File.Alternative, at place: String) throws(CommentaryError) -> CaptionAlternative {
        let cites = try conditions(each.cite, at: place)
        guard Set(cites.map(\.key)).count == cites.count else { throw error("\(place): a key is cited twice") }
        let weight = each.weight ?? 1
        guard weight > 0, weight <= 1000 else { throw error("\(place): weight \(weight)") }
        let pieces = try pieces(each.say, at: place)
        for case .value(let key) in pieces where !cites.contains(where: { $0.key == key }) {
            throw error("\(place): {\(key.rawValue)} is not cited")
        }
        return CaptionAlternative(
            cites: cites, when: try conditions(each.when, at: place), unless: try conditions(each.unless, at: place),
            weight: weight, pieces: pieces)
    }

    private func conditions(_ text: String?, at place: String) throws(CommentaryError) -> [CaptionCondition] {
        guard let text, !text.isEmpty else { return [] }
        var found: [CaptionCondition] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let condition = CaptionCondition(part) else {
                throw error("\(place): \"\(part)\" is not a condition over the vocabulary")
            }
            found.append(condition)
        }
        return found
    }

    private func pieces(_ say: String, at place: String) throws(CommentaryError) -> [CaptionAlternative.Piece] {
        var pieces: [CaptionAlternative.Piece] = []
        var rest = Substring(say)
        while let open = rest.firstIndex(where: { $0 == "<" || $0 == "{" }) {
            if open > rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
            let isRule = rest[open] == "<"
            guard let close = rest[open...].firstIndex(of: isRule ? ">" : "}") else {
                throw error("\(place): a bracket is not closed")
            }
            let inner = String(rest[rest.index(after: open)..<close])
            if isRule {
                guard let number = numbers[inner] else { throw error("\(place): no rule \"\(inner)\"") }
                pieces.append(.rule(number))
            } else {
                guard let key = FactKey(rawValue: inner) else { throw error("\(place): no key \"\(inner)\"") }
                pieces.append(.value(key))
            }
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        for case .text(let text) in pieces where !Guardrail.isPrintable(text) || text.contains("}") {
            throw error("\(place): a control character or a stray bracket")
        }
        return pieces
    }

    /// That no rule leads back to itself, and how far rules nest and branch stays bounded.
    private func checkDepth(_ names: [String]) throws(CommentaryError) {
        var depths = [Int?](repeating: nil, count: rules.count)
        func depth(_ rule: Int, _ above: [Int]) throws(CommentaryError) -> Int {
            if let known = depths[rule] { return known }
            if above.contains(rule) { throw error("rule \"\(names[rule])\" leads back to itself") }
            if above.count > 16 { throw error("rule \"\(names[rule])\" is nested too deep") }
            var deepest = 0
            for alternative in rules[rule] {
                for case .rule(let other) in alternative.pieces {
                    deepest = max(deepest, try depth(other, above + [rule]))
                }
            }
            depths[rule] = deepest + 1
            return deepest + 1
        }
        for rule in rules.indices { _ = try depth(rule, []) }
    }

    private func error(_ reason: String) -> CommentaryError { CommentaryError(file: name, reason: reason) }

    /// What the JSON decoder found wrong, with the path to it.
    private static func words(for error: any Error) -> String {
        func place(_ context: DecodingError.Context) -> String {
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return path.isEmpty ? context.debugDescription : "\(path): \(context.debugDescription)"
        }
        switch error as? DecodingError {
        case .dataCorrupted(let context), .keyNotFound(_, let context), .typeMismatch(_, let context),
            .valueNotFound(_, let context):
            return place(context)
        default: return "not JSON"
        }
    }
}
