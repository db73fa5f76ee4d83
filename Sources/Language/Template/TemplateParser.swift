/// Reads a template's statements; ``TemplateParser+Expressions.swift`` reads what is inside tags.
struct TemplateParser {
    typealias Token = TemplateLexer.Token

    private var segments: ArraySlice<TemplateLexer.Segment>
    /// The tag at hand, and how far it is read.
    var tokens: [(token: Token, position: TemplatePosition)] = []
    var index = 0
    var nesting = 0
    private var loops = 0
    let limits: TemplateLimits

    /// The statements of a template.
    ///
    /// - Throws: `.syntax`, `.unsupported` or `.limit`.
    static func parse(_ source: String, _ limits: TemplateLimits) throws(TemplateError) -> [TemplateStatement] {
        guard source.utf8.count <= limits.source else {
            throw TemplatePosition().error(.limit, "more than \(limits.source) bytes of source")
        }
        var parser = TemplateParser(
            segments: try TemplateLexer.segments(of: source)[...], limits: limits)
        let (body, _) = try parser.body(until: [], of: nil)
        return body
    }

    private init(segments: ArraySlice<TemplateLexer.Segment>, limits: TemplateLimits) {
        self.segments = segments
        self.limits = limits
    }

    // MARK: Tokens

    var token: Token { tokens[index].token }
    var position: TemplatePosition { tokens[index].position }

    mutating func next() { if index + 1 < tokens.count { index += 1 } }

    mutating func take(_ sign: String) -> Bool {
        guard token == .sign(sign) else { return false }
        next()
        return true
    }

    mutating func take(name: String) -> Bool {
        guard token == .name(name) else { return false }
        next()
        return true
    }

    mutating func expect(_ sign: String) throws(TemplateError) {
        guard take(sign) else { throw unexpected("\"\(sign)\"") }
    }

    mutating func expectEnd() throws(TemplateError) { guard token == .end else { throw unexpected("the tag's end") } }

    mutating func expectName() throws(TemplateError) -> String {
        guard case .name(let name) = token else { throw unexpected("a name") }
        next()
        return name
    }

    func unexpected(_ wanted: String) -> TemplateError {
        let found =
            switch token {
            case .name(let text), .sign(let text): "\"\(text)\""
            case .string: "a string"
            case .integer, .number: "a number"
            case .end: "the tag's end"
            }
        return position.error(.syntax, "\(wanted) expected, found \(found)")
    }

    /// Runs `body` one level deeper.
    mutating func nested<Result>(
        _ body: (inout TemplateParser) throws(TemplateError) -> Result
    ) throws(TemplateError) -> Result {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= limits.nesting else { throw position.error(.limit, "nested deeper than \(limits.nesting)") }
        return try body(&self)
    }

    // MARK: Bodies

    /// Statements up to a tag with one of these names, which is left at the word behind its name.
    private mutating func body(
        until ends: [String], of start: (name: String, position: TemplatePosition)?
    ) throws(TemplateError) -> ([TemplateStatement], end: String) {
        var statements: [TemplateStatement] = []
        while let segment = segments.popFirst() {
            switch segment {
            case .text(let text): statements.append(.text(text))
            case .output(let tokens):
                (self.tokens, index) = (tokens, 0)
                let position = position
                let value = try nested { parser throws(TemplateError) in try parser.tuple() }
                try expectEnd()
                statements.append(.output(value, position))
            case .block(let tokens):
                (self.tokens, index) = (tokens, 0)
                let position = position
                let name = try expectName()
                if ends.contains(name) { return (statements, name) }
                let statement = try nested { parser throws(TemplateError) in try parser.statement(name, position) }
                if let statement { statements.append(statement) }
                statements += pending
                pending = []
            }
        }
        guard let start else { return (statements, "") }
        throw start.position.error(.syntax, "\"\(start.name)\" without its end")
    }

    /// Statements of a block that stand in its place.
    private var pending: [TemplateStatement] = []

    /// Statements up to the tag `end`, which holds nothing else.
    private mutating func body(
        to end: String, _ name: String, _ position: TemplatePosition
    ) throws(TemplateError) -> [TemplateStatement] {
        let (body, _) = try body(until: [end], of: (name, position))
        // `{% endmacro name %}` repeats the name.
        if name == "macro", case .name = token { next() }
        try expectEnd()
        return body
    }

    // MARK: Statements

    private mutating func statement(
        _ name: String, _ position: TemplatePosition
    ) throws(TemplateError) -> TemplateStatement? {
        switch name {
        case "if": return try condition(position)
        case "for": return try loop(position)
        case "set": return try set(position)
        case "macro": return .macro(try macro(position))
        case "call": return try call(position)
        case "filter":
            let filters = try filters(first: true)
            try expectEnd()
            return .filtered(filters, try body(to: "endfilter", name, position), position)
        case "generation":
            // Marks what the model writes, for training; it is written as it is.
            try expectEnd()
            pending = try body(to: "endgeneration", name, position)
            return nil
        case "with": return try scoped(position)
        case "do":
            let value = try tuple()
            try expectEnd()
            return .evaluate(value)
        case "break", "continue":
            guard loops > 0 else { throw position.error(.syntax, "\"\(name)\" outside a loop") }
            try expectEnd()
            return name == "break" ? .leave : .proceed
        case "include", "import", "from", "extends", "block", "trans", "autoescape":
            throw position.error(.unsupported, "the statement \"\(name)\" is not supported in chat templates")
        default:
            throw position.error(.syntax, "\"\(name)\" is no statement, or not one that may stand here")
        }
    }

    private mutating func condition(_ position: TemplatePosition) throws(TemplateError) -> TemplateStatement {
        var branches: [(test: TemplateExpression, body: [TemplateStatement])] = []
        while true {
            let test = try tuple()
            try expectEnd()
            let (body, end) = try body(until: ["elif", "else", "endif"], of: ("if", position))
            branches.append((test, body))
            if end == "elif" { continue }
            try expectEnd()
            let otherwise = end == "else" ? try self.body(to: "endif", "if", position) : []
            return .condition(branches, otherwise: otherwise)
        }
    }

    private mutating func names(_ first: String? = nil) throws(TemplateError) -> [String] {
        let opened = first == nil && take("(")
        var names: [String] = []
        if let first { names.append(first) } else { names.append(try expectName()) }
        while take(",") {
            guard case .name(let name) = token, name != "in" else { break }
            names.append(name)
            next()
        }
        if opened { try expect(")") }
        return names
    }

    private mutating func loop(_ position: TemplatePosition) throws(TemplateError) -> TemplateStatement {
        let names = try names()
        guard take(name: "in") else { throw unexpected("\"in\"") }
        let items = try tuple(conditional: false)
        let filter = take(name: "if") ? try expression() : nil
        if token == .name("recursive") {
            throw self.position.error(.unsupported, "recursive loops are not supported in chat templates")
        }
        try expectEnd()
        loops += 1
        let (body, end) = try body(until: ["else", "endfor"], of: ("for", position))
        loops -= 1
        try expectEnd()
        let otherwise = end == "else" ? try self.body(to: "endfor", "for", position) : []
        return .loop(
            TemplateLoop(
                names: names, items: items, filter: filter, body: body, otherwise: otherwise, position: position))
    }

    private mutating func set(_ position: TemplatePosition) throws(TemplateError) -> TemplateStatement {
        let name = try expectName()
        let target: TemplateTarget =
            take(".") ? .attribute(name, try expectName()) : .names(try names(name))
        if take("=") {
            let value = try tuple()
            try expectEnd()
            return .set(target, value, position)
        }
        let filters = try filters(first: false)
        try expectEnd()
        return .setBlock(target, filters, try body(to: "endset", "set", position), position)
    }

    private mutating func parameters() throws(TemplateError) -> [(name: String, fallback: TemplateExpression?)] {
        var parameters: [(name: String, fallback: TemplateExpression?)] = []
        try expect("(")
        while !take(")") {
            if !parameters.isEmpty { try expect(",") }
            let name = try expectName()
            parameters.append((name, take("=") ? try expression() : nil))
        }
        return parameters
    }

    private mutating func macro(_ position: TemplatePosition) throws(TemplateError) -> TemplateMacro {
        let name = try expectName()
        let parameters = try parameters()
        try expectEnd()
        let outer = loops
        loops = 0
        defer { loops = outer }
        let body = try body(to: "endmacro", "macro", position)
        return TemplateMacro(name: name, parameters: parameters, body: body, position: position)
    }

    private mutating func call(_ position: TemplatePosition) throws(TemplateError) -> TemplateStatement {
        let parameters = token == .sign("(") ? try parameters() : []
        let callee = try expression()
        try expectEnd()
        guard case .postfix(_, let parts) = callee, case .call? = parts.last?.kind else {
            throw position.error(.syntax, "\"call\" needs a call")
        }
        let outer = loops
        loops = 0
        defer { loops = outer }
        let body = try body(to: "endcall", "call", position)
        return .call(
            TemplateMacro(name: "caller", parameters: parameters, body: body, position: position), callee, position)
    }

    private mutating func scoped(_ position: TemplatePosition) throws(TemplateError) -> TemplateStatement {
        var pairs: [(name: String, value: TemplateExpression)] = []
        while token != .end {
            if !pairs.isEmpty { try expect(",") }
            let name = try expectName()
            try expect("=")
            pairs.append((name, try expression()))
        }
        try expectEnd()
        return .scoped(pairs, try body(to: "endwith", "with", position))
    }
}
