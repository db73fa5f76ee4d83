/// What can go wrong with a template; `line` and `column` count from 1, columns in Unicode scalars.
package struct TemplateError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: Sendable, Equatable {
        /// Text that is no template of this dialect.
        case syntax
        /// A statement, filter, test, function or method that is not known here.
        case unsupported
        /// A value that is not defined was used.
        case undefined
        /// A value of the wrong type or out of range.
        case value
        /// A bound on size, time or depth was passed.
        case limit
        /// The template called `raise_exception`.
        case raised
    }

    package let kind: Kind
    package let line: Int
    package let column: Int
    package let reason: String

    package init(kind: Kind, line: Int, column: Int, reason: String) {
        self.kind = kind
        self.line = line
        self.column = column
        self.reason = reason
    }

    package var description: String { "template, line \(line), column \(column): \(reason)" }
}

/// A place in a template's source.
struct TemplatePosition: Sendable {
    var line: Int32 = 1
    var column: Int32 = 1

    func error(_ kind: TemplateError.Kind, _ reason: String) -> TemplateError {
        TemplateError(kind: kind, line: Int(line), column: Int(column), reason: reason)
    }
}

/// Bounds on what a template may cost. Those of published models stay far below.
package struct TemplateLimits: Sendable {
    /// Bytes of source.
    package var source = 1 << 20
    /// How deep statements and expressions may nest in the source.
    package var nesting = 48
    /// How deep evaluation may nest, macros that call themselves included.
    package var depth = 160
    /// Statements and parts of expressions evaluated, and one for each 16 bytes or elements made on the way.
    package var steps = 2_000_000
    /// Bytes of one string, and of the output.
    package var bytes = 1 << 24
    /// Elements of one list or dictionary.
    package var elements = 1 << 17
    /// How deep lists and dictionaries may hold others.
    package var valueDepth = 64

    package init() {}
}
