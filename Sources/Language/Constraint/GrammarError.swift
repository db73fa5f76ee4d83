/// Why a grammar, its text or a JSON schema cannot be used.
package struct GrammarError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: Sendable, Equatable {
        /// A schema's text that is no JSON.
        case notJSON(String)
        /// Text that is no GBNF, or a value of the wrong kind.
        case expected(String, got: String)
        /// A literal without its closing quote.
        case unterminatedLiteral
        /// A character class without its closing bracket.
        case unterminatedClass
        /// A range of characters whose end comes before its beginning.
        case range(from: Unicode.Scalar, to: Unicode.Scalar)
        /// A repetition that ends before it begins, or of more than ``Grammar/mostRepetitions``.
        case repetition(atLeast: Int, atMost: Int?)
        /// A rule, or what a `$ref` points to, that is not there.
        case undefinedRule(String)
        /// A rule that is defined twice.
        case duplicateRule(String)
        /// No rule of the name `root`.
        case missingRoot
        /// Rules each of which may begin with the next, and the last with the first: no parser from left to right ends on them.
        case leftRecursion([String])
        /// A bound that was passed: what is counted, and how many there may be.
        case tooLarge(String, limit: Int)
        /// Nested deeper than the limit.
        case tooDeep(limit: Int)
        /// No text fits.
        case describesNothing
        /// A keyword of JSON schema, or a part of a pattern, that constrains and is not supported here.
        case unsupported(String, reason: String)
        /// Keywords that are supported, but not beside one another.
        case combination([String], reason: String)
    }

    /// Where the cause lies.
    package enum Place: Sendable, Equatable {
        /// In no text: a grammar that code put together.
        case none
        /// From 1; columns in Unicode scalars.
        case text(line: Int, column: Int)
        /// A JSON pointer (RFC 6901) into the schema; the whole is `#`.
        case pointer(String)
    }

    package let kind: Kind
    package let place: Place

    package init(_ kind: Kind, at place: Place = .none) {
        self.kind = kind
        self.place = place
    }

    package var description: String {
        switch place {
        case .none: kind.description
        case .text(let line, let column): "line \(line), column \(column): \(kind.description)"
        case .pointer(let pointer): "\(pointer): \(kind.description)"
        }
    }
}

extension GrammarError.Kind: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notJSON(let reason): "not JSON: \(reason)"
        case .expected(let what, let got): "\(what) expected, got \(got)"
        case .unterminatedLiteral: "a literal that does not end on its line"
        case .unterminatedClass: "a character class that does not end on its line"
        case .range(let from, let to):
            "a range from U+\(String(from.value, radix: 16, uppercase: true)) down to U+\(String(to.value, radix: 16, uppercase: true))"
        case .repetition(let least, let most):
            "a repetition of \(least) to \(most.map(String.init) ?? "any number"), \(Grammar.mostRepetitions) at most"
        case .undefinedRule(let name): "\(name) is not defined"
        case .duplicateRule(let name): "\(name) is defined twice"
        case .missingRoot: "no rule is named root"
        case .leftRecursion(let names):
            "left recursion: \((names.prefix(8) + (names.count > 8 ? ["..."] : []) + names.prefix(1)).joined(separator: " -> "))"
        case .tooLarge(let what, let limit): "more than \(limit) \(what)"
        case .tooDeep(let limit): "nested deeper than \(limit)"
        case .describesNothing: "it describes no text"
        case .unsupported(let name, let reason): "\(name) is not supported: \(reason)"
        case .combination(let names, let reason): "\(names.joined(separator: " beside ")) is not supported: \(reason)"
        }
    }
}
