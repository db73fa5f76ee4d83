/// The regular subset of ECMAScript's patterns, as the inside of a JSON string: literals, `.`, classes, `\d \w \s` and their
/// opposites, groups, `|`, `* + ? {m} {m,} {m,n}` (lazy ones as well, which match the same), and `^` and `$` at either end.
///
/// As in JSON schema, what has no `^` or `$` may have anything before or behind.
struct JSONPattern {
    private static let deepest = 32
    private static let mostScalars = 4096

    private let pattern: String
    private let pointer: String
    private var text: GrammarText

    /// - Throws: ``GrammarError`` `.unsupported` with the pointer, for what is no pattern of the subset.
    static func grammar(_ pattern: String, at pointer: String) throws(GrammarError) -> Grammar {
        var parser = try JSONPattern(pattern, at: pointer)
        return try parser.whole()
    }

    private init(_ pattern: String, at pointer: String) throws(GrammarError) {
        self.pattern = pattern
        self.pointer = pointer
        do {
            text = try GrammarText(pattern, most: Self.mostScalars)
        } catch {
            throw GrammarError(error.kind, at: .pointer(pointer))
        }
    }

    private func refused(_ reason: String) -> GrammarError {
        GrammarError(.unsupported("pattern", reason: "\(reason) at character \(text.offset)"), at: .pointer(pointer))
    }

    private mutating func whole() throws(GrammarError) -> Grammar {
        let anything = Grammar.repetition(JSONGrammar.character, atLeast: 0, atMost: nil)
        var parts: [Grammar] = []
        repeat {
            let isAnchored = text.take("^")
            let body = try sequence(depth: 0)
            let ends = text.take("$")
            parts.append(.sequence([isAnchored ? .sequence([]) : anything, body, ends ? .sequence([]) : anything]))
        } while text.take("|")
        guard let next = text.next else { return .choice(parts) }
        throw refused("\"\(next)\"")
    }

    private mutating func alternatives(depth: Int) throws(GrammarError) -> Grammar {
        var parts: [Grammar] = []
        repeat { parts.append(try sequence(depth: depth)) } while text.take("|")
        return .choice(parts)
    }

    private mutating func sequence(depth: Int) throws(GrammarError) -> Grammar {
        var parts: [Grammar] = []
        while let next = text.next, next != "|", next != ")", next != "$" {
            let part = try part(depth: depth)
            parts.append(try repeated(part))
        }
        return .sequence(parts)
    }

    private mutating func part(depth: Int) throws(GrammarError) -> Grammar {
        guard let next = text.next else { throw refused("an early end") }
        switch next {
        case "(":
            guard depth < Self.deepest else { throw refused("nesting deeper than \(Self.deepest)") }
            text.advance()
            if text.next == "?", !text.take("?:") { throw refused("a group with \"?\"") }
            let group = try alternatives(depth: depth + 1)
            guard text.take(")") else { throw refused("a group that does not close") }
            return group
        case "[": return Self.grammar(of: try scalarClass())
        case ".":
            text.advance()
            return Self.grammar(of: ScalarSet("\n\r\u{2028}\u{2029}").complement)
        case "\\": return Self.grammar(of: try escape(inClass: false))
        case "^", "*", "+", "?", "{", "}", "]": throw refused("\"\(next)\"")
        default:
            text.advance()
            return Self.grammar(of: ScalarSet(String(next)))
        }
    }

    /// One scalar of a set in a JSON string, escaped where it has to be.
    private static func grammar(of set: ScalarSet) -> Grammar {
        let plain = set.intersection(JSONGrammar.plain)
        var parts: [Grammar] = plain.isEmpty ? [] : [.scalars(plain)]
        for value in Array(UInt32(0)..<0x20) + [0x22, 0x5C] {
            guard let scalar = Unicode.Scalar(value), set.contains(scalar) else { continue }
            if let escape = TemplateValue.jsonEscape(of: scalar) { parts.append(.literal(escape)) }
        }
        return parts.count == 1 ? parts[0] : .choice(parts)
    }

    private mutating func repeated(_ part: Grammar) throws(GrammarError) -> Grammar {
        let (least, most): (Int, Int?)
        switch text.next {
        case "*": (least, most) = (0, nil)
        case "+": (least, most) = (1, nil)
        case "?": (least, most) = (0, 1)
        case "{":
            text.advance()
            guard let first = text.number() else { throw refused("no number behind \"{\"") }
            least = first
            most = text.take(",") ? text.number() : first
            guard text.next == "}" else { throw refused("no \"}\"") }
        default: return part
        }
        text.advance()
        _ = text.take("?")
        guard max(least, most ?? 0) <= Grammar.mostRepetitions, most.map({ $0 >= least }) ?? true else {
            throw GrammarError(.repetition(atLeast: least, atMost: most), at: .pointer(pointer))
        }
        return .repetition(part, atLeast: least, atMost: most)
    }

    private mutating func scalarClass() throws(GrammarError) -> ScalarSet {
        text.advance()
        let isNegated = text.take("^")
        var set = ScalarSet([])
        while !text.take("]") {
            let first = try classMember()
            guard text.next == "-", text.following != "]" else {
                set = set.union(first)
                continue
            }
            text.advance()
            let last = try classMember()
            guard let low = first.only, let high = last.only, low <= high else { throw refused("a range that is none") }
            set = set.union(ScalarSet([low.value...high.value]))
        }
        return isNegated ? set.complement : set
    }

    private mutating func classMember() throws(GrammarError) -> ScalarSet {
        guard let next = text.next else { throw refused("a class that does not close") }
        if next == "\\" { return try escape(inClass: true) }
        text.advance()
        return ScalarSet(String(next))
    }

    private static let digits = ScalarSet([0x30...0x39])
    private static let word = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    /// WhiteSpace and LineTerminator of ECMA-262.
    private static let space = ScalarSet([
        0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F,
        0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
    ])

    private mutating func escape(inClass: Bool) throws(GrammarError) -> ScalarSet {
        text.advance()
        guard let letter = text.next else { throw refused("a backslash at the end") }
        text.advance()
        switch letter {
        case "d": return Self.digits
        case "D": return Self.digits.complement
        case "w": return Self.word
        case "W": return Self.word.complement
        case "s": return Self.space
        case "S": return Self.space.complement
        case "n": return ScalarSet("\n")
        case "r": return ScalarSet("\r")
        case "t": return ScalarSet("\t")
        case "f": return ScalarSet("\u{0C}")
        case "v": return ScalarSet("\u{0B}")
        case "b" where inClass: return ScalarSet("\u{08}")
        case "x", "u":
            do {
                return ScalarSet(String(try text.hexadecimal(digits: letter == "x" ? 2 : 4)))
            } catch {
                throw refused(error.kind.description)
            }
        case _ where letter.isASCII && !letter.properties.isAlphabetic && !("0"..."9").contains(letter):
            return ScalarSet(String(letter))
        default: throw refused("\"\\\(letter)\"")
        }
    }
}

extension ScalarSet {
    /// The scalar of a set of one; nil for others.
    fileprivate var only: Unicode.Scalar? {
        guard ranges.count == 1, ranges[0].count == 1 else { return nil }
        return Unicode.Scalar(ranges[0].lowerBound)
    }
}
