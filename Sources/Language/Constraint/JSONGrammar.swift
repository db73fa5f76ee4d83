/// How much white space the JSON of a grammar has.
package enum JSONWhitespace: Sendable {
    /// None.
    case none
    /// At most one space or line break behind `{`, `[`, `:` and `,` and before `}` and `]`: a model can neither be forced out of
    /// its habit nor fill the answer with blanks.
    case single
    /// The same, with up to 32 spaces of indentation behind a line break.
    case indented
}

/// The rules that every grammar of JSON shares. Numbers and their digits are bounded; escapes of surrogates come in pairs.
struct JSONGrammar {
    let whitespace: JSONWhitespace

    static let value = Grammar.rule("JSON value")
    static let object = Grammar.rule("JSON object")
    static let array = Grammar.rule("JSON array")
    static let string = Grammar.rule("JSON string")
    static let number = Grammar.rule("JSON number")
    static let integer = Grammar.rule("JSON integer")
    /// One scalar of a string, escaped or not.
    static let character = Grammar.rule("JSON character")

    /// What needs no escape in a string.
    static let plain = ScalarSet([0x20...0x21, 0x23...0x5B, 0x5D...0x10FFFF])
    static let digit = Grammar.bytes(ByteSet(0x30...0x39))
    private static let hexadecimal = Grammar.bytes(ByteSet(0x30...0x39, 0x41...0x46, 0x61...0x66))

    var space: Grammar {
        switch whitespace {
        case .none: return .sequence([])
        case .single: return .optional(.bytes(ByteSet(0x20...0x20, 0x0A...0x0A)))
        case .indented:
            let indentation = Grammar.repetition(.literal(" "), atLeast: 0, atMost: 32)
            return .optional(.choice([.literal(" "), .sequence([.literal("\n"), indentation])]))
        }
    }

    var rules: [(name: String, body: Grammar)] {
        let member = Grammar.sequence([Self.string, .literal(":"), space, Self.value])
        let literals = ["true", "false", "null"].map(Grammar.literal)
        return [
            ("JSON value", .choice([Self.object, Self.array, Self.string, Self.number] + literals)),
            ("JSON object", list(of: member, "{", "}")), ("JSON array", list(of: Self.value, "[", "]")),
            ("JSON string", quoted(.repetition(characterBody, atLeast: 0, atMost: nil))),
            ("JSON character", characterBody), ("JSON integer", Self.integerBody),
            ("JSON number", .sequence([Self.integerBody, .optional(Self.fraction), .optional(exponent)])),
        ]
    }

    /// Any number of parts between brackets.
    private func list(of part: Grammar, _ open: String, _ close: String) -> Grammar {
        let more = Grammar.repetition(.sequence([.literal(","), space, part]), atLeast: 0, atMost: nil)
        return .sequence([.literal(open), .optional(.sequence([space, part, more, space])), .literal(close)])
    }

    func quoted(_ body: Grammar) -> Grammar { .sequence([.literal("\""), body, .literal("\"")]) }

    private var characterBody: Grammar {
        let short = Grammar.bytes(
            ByteSet(
                [0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74].map { $0...$0 }))
        func digits(_ count: Int) -> Grammar { .repetition(Self.hexadecimal, atLeast: count, atMost: count) }
        let d = Grammar.bytes(ByteSet(0x44...0x44, 0x64...0x64))
        let notD = Grammar.bytes(ByteSet(0x30...0x39, 0x41...0x43, 0x45...0x46, 0x61...0x63, 0x65...0x66))
        let low = Grammar.sequence([
            .literal("\\u"), d, .bytes(ByteSet(0x43...0x46, 0x63...0x66)), digits(2),
        ])
        let unit = Grammar.choice([
            .sequence([notD, digits(3)]), .sequence([d, .bytes(ByteSet(0x30...0x37)), digits(2)]),
            .sequence([d, .bytes(ByteSet(0x38...0x39, 0x41...0x42, 0x61...0x62)), digits(2), low]),
        ])
        let escape = Grammar.choice([short, .sequence([.literal("u"), unit])])
        return .choice([.scalars(Self.plain), .sequence([.literal("\\"), escape])])
    }

    /// At most 16 digits.
    private static var integerBody: Grammar {
        let more = Grammar.repetition(digit, atLeast: 0, atMost: 15)
        return .sequence([
            .optional(.literal("-")), .choice([.literal("0"), .sequence([.bytes(ByteSet(0x31...0x39)), more])]),
        ])
    }

    private static var fraction: Grammar { .sequence([.literal("."), .repetition(digit, atLeast: 1, atMost: 16)]) }

    /// At most two digits, which any double holds.
    private var exponent: Grammar {
        let sign = Grammar.optional(.bytes(ByteSet(0x2B...0x2B, 0x2D...0x2D)))
        return .sequence([
            .bytes(ByteSet(0x45...0x45, 0x65...0x65)), sign, .repetition(Self.digit, atLeast: 1, atMost: 2),
        ])
    }
}

extension ContextFreeGrammar {
    /// Any JSON value.
    package static func jsonValue(whitespace: JSONWhitespace = .single) throws(GrammarError) -> ContextFreeGrammar {
        try ContextFreeGrammar(JSONGrammar.value, rules: JSONGrammar(whitespace: whitespace).rules)
    }

    /// Any JSON object. No grammar without context can tell that a key comes twice; nor does this one.
    package static func jsonObject(whitespace: JSONWhitespace = .single) throws(GrammarError) -> ContextFreeGrammar {
        try ContextFreeGrammar(JSONGrammar.object, rules: JSONGrammar(whitespace: whitespace).rules)
    }
}

extension TemplateValue {
    /// The value as JSON without white space. Equal values give equal texts where `isSorted`, which orders the keys of objects:
    /// 1 and 1.0 are equal, 1 and true are not.
    func json(isSorted: Bool = false) -> String {
        switch self {
        case .boolean(let value): return value ? "true" : "false"
        case .integer(let value): return String(value)
        case .number(let value): return Int(exactly: value).map(String.init) ?? "\(value)"
        case .string(let text): return Self.quoted(text)
        case .list(let list): return "[\(list.elements.map { $0.json(isSorted: isSorted) }.joined(separator: ","))]"
        case .dictionary(let dictionary):
            let members = dictionary.pairs.map { "\($0.key.json()):\($0.value.json(isSorted: isSorted))" }
            return "{\((isSorted ? members.sorted() : members).joined(separator: ","))}"
        default: return "null"
        }
    }

    /// A text as a JSON string.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars { quoted += jsonEscape(of: scalar) ?? String(scalar) }
        return quoted + "\""
    }

    /// How a scalar that needs an escape is written in a JSON string; nil for others.
    static func jsonEscape(of scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        case "\u{08}": return "\\b"
        case "\u{0C}": return "\\f"
        default:
            guard scalar.value < 0x20 else { return nil }
            return "\\u00" + (scalar.value < 0x10 ? "0" : "") + String(scalar.value, radix: 16)
        }
    }
}
