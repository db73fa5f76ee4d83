extension ContextFreeGrammar {
    /// Reads a grammar in GBNF, the format of llama.cpp's grammars; the rule `root` is the whole.
    ///
    ///     root ::= item ("," " "? item)*     # a comment
    ///     item ::= [a-z0-9]{1,8} | "\"" [^"\\\n]+ "\""
    ///
    /// A rule ends with its line, but goes on within parentheses and before or after `|`. Literals and classes are of Unicode
    /// scalars, `.` is any of them; their escapes are `\n \r \t \\ \" \[ \] \xNN \uNNNN \UNNNNNNNN`, the latter three for the
    /// scalar of that number. Parts may be followed by `* + ? {m} {m,} {m,n}`.
    ///
    /// - Throws: ``GrammarError`` with line and column.
    package init(gbnf text: String) throws(GrammarError) {
        var parser = try GBNFParser(text)
        let rules = try parser.rules()
        guard rules.contains(where: { $0.name == "root" }) else { throw parser.error(.missingRoot) }
        do {
            try self.init(.rule("root"), rules: rules)
        } catch {
            // What is found out about the rules as a whole is said of the place of the first one named.
            guard case .leftRecursion(let names) = error.kind, let name = names.first else { throw error }
            throw GrammarError(error.kind, at: parser.definitions[name] ?? .none)
        }
    }
}

/// Reads GBNF scalar by scalar.
struct GBNFParser {
    /// Longest text, how deep groups nest, and how many repetitions follow one part.
    static let mostScalars = 1 << 20
    static let deepest = 48
    static let mostSuffixes = 4

    private var text: GrammarText
    /// Where each rule is defined, and where each name was first used.
    private(set) var definitions: [String: GrammarError.Place] = [:]
    private var uses: [(name: String, place: GrammarError.Place)] = []

    init(_ text: String) throws(GrammarError) { self.text = try GrammarText(text, most: Self.mostScalars) }

    func error(_ kind: GrammarError.Kind) -> GrammarError { GrammarError(kind, at: text.position) }

    mutating func rules() throws(GrammarError) -> [(name: String, body: Grammar)] {
        var rules: [(name: String, body: Grammar)] = []
        skip(lines: true)
        while text.next != nil {
            let place = text.position
            guard let name = name() else { throw expected("a rule's name") }
            guard definitions[name] == nil else { throw GrammarError(.duplicateRule(name), at: place) }
            guard rules.count < GrammarNetwork.mostRules else {
                throw GrammarError(.tooLarge("rules", limit: GrammarNetwork.mostRules), at: place)
            }
            definitions[name] = place
            skip(lines: false)
            guard text.take("::=") else { throw expected("\"::=\"") }
            skip(lines: true)
            rules.append((name, try alternatives(depth: 0)))
            guard text.next == nil || text.next == "\n" else {
                throw expected("\"|\", a part of the rule or the end of the line")
            }
            skip(lines: true)
        }
        if let use = uses.first(where: { definitions[$0.name] == nil }) {
            throw GrammarError(.undefinedRule(use.name), at: use.place)
        }
        return rules
    }

    private func expected(_ what: String) -> GrammarError { text.expected(what) }

    /// White space and comments, with the ends of lines or up to one.
    private mutating func skip(lines: Bool) {
        while let scalar = text.next {
            switch scalar {
            case " ", "\t", "\r": text.advance()
            case "\n" where lines: text.advance()
            case "#": while let scalar = text.next, scalar != "\n" { text.advance() }
            default: return
            }
        }
    }

    private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "-"
            || scalar == "_"
    }

    private mutating func name() -> String? {
        var name = ""
        while let scalar = text.next, Self.isNamePart(scalar) {
            name.unicodeScalars.append(scalar)
            text.advance()
        }
        return name.isEmpty ? nil : name
    }

    private mutating func alternatives(depth: Int) throws(GrammarError) -> Grammar {
        var parts = [try sequence(depth: depth)]
        while true {
            // The next alternative may stand on a line of its own, which no rule can begin with.
            let before = text
            skip(lines: true)
            guard text.take("|") else {
                text = before
                break
            }
            skip(lines: true)
            parts.append(try sequence(depth: depth))
        }
        return parts.count == 1 ? parts[0] : .choice(parts)
    }

    private mutating func sequence(depth: Int) throws(GrammarError) -> Grammar {
        var parts: [Grammar] = []
        while let part = try part(depth: depth) {
            parts.append(try suffixed(part))
            skip(lines: depth > 0)
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    /// A literal, class, rule or group; nil where none begins.
    private mutating func part(depth: Int) throws(GrammarError) -> Grammar? {
        guard let scalar = text.next else { return nil }
        switch scalar {
        case "\"": return .literal(try literal())
        case "[": return .scalars(try scalarClass())
        case ".":
            text.advance()
            return .scalars(.all)
        case "(":
            guard depth < Self.deepest else { throw error(.tooDeep(limit: Self.deepest)) }
            text.advance()
            skip(lines: true)
            let group = try alternatives(depth: depth + 1)
            skip(lines: true)
            guard text.take(")") else { throw expected("\")\"") }
            return group
        default:
            let place = text.position
            guard let name = name() else { return nil }
            uses.append((name, place))
            return .rule(name)
        }
    }

    private mutating func literal() throws(GrammarError) -> String {
        let place = text.position
        text.advance()
        var literal = ""
        while !text.take("\"") {
            guard let scalar = text.next, scalar != "\n" else { throw GrammarError(.unterminatedLiteral, at: place) }
            literal.unicodeScalars.append(try character())
        }
        return literal
    }

    private mutating func scalarClass() throws(GrammarError) -> ScalarSet {
        let place = text.position
        text.advance()
        let isNegated = text.take("^")
        var ranges: [ClosedRange<UInt32>] = []
        while !text.take("]") {
            guard let scalar = text.next, scalar != "\n" else { throw GrammarError(.unterminatedClass, at: place) }
            let start = text.position
            let first = try character()
            guard text.next == "-", text.following != "]" else {
                ranges.append(first.value...first.value)
                continue
            }
            text.advance()
            guard let scalar = text.next, scalar != "\n" else { throw GrammarError(.unterminatedClass, at: place) }
            let last = try character()
            guard first <= last else { throw GrammarError(.range(from: first, to: last), at: start) }
            ranges.append(first.value...last.value)
        }
        guard !ranges.isEmpty else { throw GrammarError(.expected("a character", got: "an empty class"), at: place) }
        let set = ScalarSet(ranges)
        return isNegated ? set.complement : set
    }

    /// A scalar of a literal or class, written out or escaped.
    private mutating func character() throws(GrammarError) -> Unicode.Scalar {
        guard text.take("\\") else { return try text.takeAny() }
        let place = text.position
        let letter = try text.takeAny()
        switch letter {
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "\\", "\"", "[", "]": return letter
        case "x": return try text.hexadecimal(digits: 2)
        case "u": return try text.hexadecimal(digits: 4)
        case "U": return try text.hexadecimal(digits: 8)
        default:
            throw GrammarError(
                .expected("one of n r t \\ \" [ ] x u U behind a backslash", got: GrammarText.name(of: letter)),
                at: place)
        }
    }

    /// A part with the repetitions that follow it.
    private mutating func suffixed(_ part: Grammar) throws(GrammarError) -> Grammar {
        var part = part
        var count = 0
        while true {
            skip(lines: false)
            guard let scalar = text.next, "*+?{".unicodeScalars.contains(scalar) else { return part }
            count += 1
            guard count <= Self.mostSuffixes else {
                throw error(.tooLarge("repetitions of one part", limit: Self.mostSuffixes))
            }
            let place = text.position
            text.advance()
            let (least, most): (Int, Int?)
            switch scalar {
            case "*": (least, most) = (0, nil)
            case "+": (least, most) = (1, nil)
            case "?": (least, most) = (0, 1)
            default: (least, most) = try bounds()
            }
            guard max(least, most ?? 0) <= Grammar.mostRepetitions, most.map({ $0 >= least }) ?? true else {
                throw GrammarError(.repetition(atLeast: least, atMost: most), at: place)
            }
            part = .repetition(part, atLeast: least, atMost: most)
        }
    }

    /// What stands behind an opening brace.
    private mutating func bounds() throws(GrammarError) -> (Int, Int?) {
        skip(lines: false)
        guard let least = text.number() else { throw expected("a number") }
        skip(lines: false)
        guard text.take(",") else {
            guard text.take("}") else { throw expected("\",\" or \"}\"") }
            return (least, least)
        }
        skip(lines: false)
        let most = text.number()
        skip(lines: false)
        guard text.take("}") else { throw expected(most == nil ? "a number or \"}\"" : "\"}\"") }
        return (least, most)
    }
}
