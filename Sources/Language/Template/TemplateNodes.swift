/// A part of a template that has a value.
indirect enum TemplateExpression: Sendable {
    case literal(TemplateValue)
    case name(String)
    case list([TemplateExpression], isTuple: Bool)
    case dictionary([(key: TemplateExpression, value: TemplateExpression)], TemplatePosition)
    case negative(TemplateExpression, TemplatePosition)
    case positive(TemplateExpression, TemplatePosition)
    case not(TemplateExpression)
    /// Operators of one rank, from left to right.
    case chain(TemplateExpression, [TemplateOperation])
    /// `a < b < c`: all have to hold.
    case comparison(TemplateExpression, [TemplateOperation])
    /// `~` of all.
    case joined([TemplateExpression], TemplatePosition)
    case all([TemplateExpression])
    case any([TemplateExpression])
    case conditional(TemplateExpression, then: TemplateExpression, otherwise: TemplateExpression?)
    /// What follows a value: attributes, subscripts, calls, filters, tests.
    case postfix(TemplateExpression, [TemplatePostfix])
}

struct TemplateOperation: Sendable {
    let sign: String
    let operand: TemplateExpression
    let position: TemplatePosition
}

struct TemplatePostfix: Sendable {
    enum Kind: Sendable {
        case attribute(String)
        case subscripted(TemplateExpression)
        case slice(TemplateExpression?, TemplateExpression?, TemplateExpression?)
        case call([TemplateArgument])
        case filter(String, [TemplateArgument])
        case test(String, [TemplateArgument], negated: Bool)
    }

    let kind: Kind
    let position: TemplatePosition
}

struct TemplateArgument: Sendable {
    /// Of a keyword argument.
    let name: String?
    let value: TemplateExpression
}

/// A part of a template that does something.
indirect enum TemplateStatement: Sendable {
    case text(String)
    case output(TemplateExpression, TemplatePosition)
    case condition([(test: TemplateExpression, body: [TemplateStatement])], otherwise: [TemplateStatement])
    case loop(TemplateLoop)
    case set(TemplateTarget, TemplateExpression, TemplatePosition)
    case setBlock(TemplateTarget, [TemplatePostfix], [TemplateStatement], TemplatePosition)
    case macro(TemplateMacro)
    /// `{% call(parameters) callee(...) %}`: the callee sees the block as `caller`.
    case call(TemplateMacro, TemplateExpression, TemplatePosition)
    case filtered([TemplatePostfix], [TemplateStatement], TemplatePosition)
    /// `with`: names that only the block sees.
    case scoped([(name: String, value: TemplateExpression)], [TemplateStatement])
    /// `do`: a value that is not written.
    case evaluate(TemplateExpression)
    case leave
    case proceed
}

/// What `set` gives a value to.
enum TemplateTarget: Sendable {
    case names([String])
    /// A name of a namespace.
    case attribute(String, String)
}

struct TemplateLoop: Sendable {
    let names: [String]
    let items: TemplateExpression
    let filter: TemplateExpression?
    let body: [TemplateStatement]
    let otherwise: [TemplateStatement]
    let position: TemplatePosition
}

struct TemplateMacro: Sendable {
    let name: String
    let parameters: [(name: String, fallback: TemplateExpression?)]
    let body: [TemplateStatement]
    let position: TemplatePosition
}
