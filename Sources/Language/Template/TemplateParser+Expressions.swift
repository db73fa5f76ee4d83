extension TemplateParser {
    /// Ranks of binary operators, loosest first; those of one rank go from left to right.
    private static let ranks: [[String]] = [["+", "-"], ["~"], ["*", "/", "//", "%"], ["**"]]

    /// An expression, or several with commas between: a tuple.
    mutating func tuple(conditional: Bool = true) throws(TemplateError) -> TemplateExpression {
        let first = conditional ? try expression() : try disjunction()
        guard token == .sign(",") else { return first }
        var elements = [first]
        while take(",") {
            if token == .end || token == .sign(")") { break }
            elements.append(conditional ? try expression() : try disjunction())
        }
        return .list(elements, isTuple: true)
    }

    /// `a if b else c` and all that binds closer.
    mutating func expression() throws(TemplateError) -> TemplateExpression {
        let value = try nested { parser throws(TemplateError) in try parser.disjunction() }
        guard take(name: "if") else { return value }
        let test = try nested { parser throws(TemplateError) in try parser.disjunction() }
        guard take(name: "else") else { return .conditional(test, then: value, otherwise: nil) }
        let otherwise = try nested { parser throws(TemplateError) in try parser.expression() }
        return .conditional(test, then: value, otherwise: otherwise)
    }

    private mutating func disjunction() throws(TemplateError) -> TemplateExpression {
        var parts = [try conjunction()]
        while take(name: "or") { parts.append(try conjunction()) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func conjunction() throws(TemplateError) -> TemplateExpression {
        var parts = [try negation()]
        while take(name: "and") { parts.append(try negation()) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func negation() throws(TemplateError) -> TemplateExpression {
        guard take(name: "not") else { return try comparison() }
        return .not(try nested { parser throws(TemplateError) in try parser.negation() })
    }

    private mutating func comparison() throws(TemplateError) -> TemplateExpression {
        let first = try binary(0)
        var operations: [TemplateOperation] = []
        while let sign = comparisonSign() {
            let position = position
            for _ in 0..<(sign == "not in" ? 2 : 1) { next() }
            operations.append(TemplateOperation(sign: sign, operand: try binary(0), position: position))
        }
        return operations.isEmpty ? first : .comparison(first, operations)
    }

    private func comparisonSign() -> String? {
        switch token {
        case .sign(let sign) where ["==", "!=", "<", ">", "<=", ">="].contains(sign): return sign
        case .name("in"): return "in"
        case .name("not") where index + 1 < tokens.count && tokens[index + 1].token == .name("in"): return "not in"
        default: return nil
        }
    }

    private mutating func binary(_ rank: Int) throws(TemplateError) -> TemplateExpression {
        guard rank < Self.ranks.count else { return try unary(filters: true) }
        let first = try binary(rank + 1)
        var operations: [TemplateOperation] = []
        while case .sign(let sign) = token, Self.ranks[rank].contains(sign) {
            let position = position
            next()
            operations.append(TemplateOperation(sign: sign, operand: try binary(rank + 1), position: position))
        }
        guard let operation = operations.first else { return first }
        return operation.sign == "~"
            ? .joined([first] + operations.map(\.operand), operation.position) : .chain(first, operations)
    }

    private mutating func unary(filters: Bool) throws(TemplateError) -> TemplateExpression {
        let position = position
        var value: TemplateExpression
        if take("-") {
            value = .negative(try nested { parser throws(TemplateError) in try parser.unary(filters: false) }, position)
        } else if take("+") {
            value = .positive(try nested { parser throws(TemplateError) in try parser.unary(filters: false) }, position)
        } else {
            value = try primary()
        }
        var parts: [TemplatePostfix] = []
        while let part = try postfix() { parts.append(part) }
        if filters {
            while true {
                if token == .sign("|") {
                    parts += try self.filters(first: false)
                } else if token == .name("is") {
                    parts.append(try test())
                } else if token == .sign("(") {
                    let position = self.position
                    parts.append(TemplatePostfix(kind: .call(try arguments()), position: position))
                } else {
                    break
                }
            }
        }
        if !parts.isEmpty { value = .postfix(value, parts) }
        return value
    }

    // MARK: Values

    private mutating func primary() throws(TemplateError) -> TemplateExpression {
        let position = position
        switch token {
        case .name(let name):
            next()
            switch name {
            case "true", "True": return .literal(.boolean(true))
            case "false", "False": return .literal(.boolean(false))
            case "none", "None": return .literal(.none)
            case "and", "or", "not", "if", "else", "in", "is":
                throw position.error(.syntax, "a value expected, found \"\(name)\"")
            default: return .name(name)
            }
        case .string(var text):
            next()
            while case .string(let more) = token {
                text += more
                next()
            }
            return .literal(.string(text))
        case .integer(let value):
            next()
            return .literal(.integer(value))
        case .number(let value):
            next()
            return .literal(.number(value))
        case .sign("("):
            next()
            if take(")") { return .list([], isTuple: true) }
            let value = try nested { parser throws(TemplateError) in try parser.tuple() }
            try expect(")")
            return value
        case .sign("["): return try list()
        case .sign("{"): return try dictionary()
        default: throw unexpected("a value")
        }
    }

    private mutating func list() throws(TemplateError) -> TemplateExpression {
        try expect("[")
        var elements: [TemplateExpression] = []
        while !take("]") {
            if !elements.isEmpty {
                try expect(",")
                if take("]") { break }
            }
            elements.append(try expression())
        }
        return .list(elements, isTuple: false)
    }

    private mutating func dictionary() throws(TemplateError) -> TemplateExpression {
        let position = position
        try expect("{")
        var pairs: [(key: TemplateExpression, value: TemplateExpression)] = []
        while !take("}") {
            if !pairs.isEmpty {
                try expect(",")
                if take("}") { break }
            }
            let key = try expression()
            try expect(":")
            pairs.append((key, try expression()))
        }
        return .dictionary(pairs, position)
    }

    // MARK: What follows a value

    private mutating func postfix() throws(TemplateError) -> TemplatePostfix? {
        let position = position
        switch token {
        case .sign("."):
            next()
            if case .integer(let index) = token {
                next()
                return TemplatePostfix(kind: .subscripted(.literal(.integer(index))), position: position)
            }
            return TemplatePostfix(kind: .attribute(try expectName()), position: position)
        case .sign("["):
            next()
            let kind = try subscripted()
            try expect("]")
            return TemplatePostfix(kind: kind, position: position)
        case .sign("("): return TemplatePostfix(kind: .call(try arguments()), position: position)
        default: return nil
        }
    }

    private mutating func subscripted() throws(TemplateError) -> TemplatePostfix.Kind {
        var bounds: [TemplateExpression?] = [nil]
        while token != .sign("]") {
            if take(":") {
                guard bounds.count < 3 else { throw unexpected("\"]\"") }
                bounds.append(nil)
            } else {
                guard bounds[bounds.count - 1] == nil else { throw unexpected("\"]\"") }
                bounds[bounds.count - 1] = try expression()
            }
        }
        if bounds.count == 1 {
            guard let index = bounds[0] else { throw unexpected("a subscript") }
            return .subscripted(index)
        }
        return .slice(bounds[0], bounds[1], bounds.count == 3 ? bounds[2] : nil)
    }

    private mutating func arguments() throws(TemplateError) -> [TemplateArgument] {
        try expect("(")
        var arguments: [TemplateArgument] = []
        while !take(")") {
            if !arguments.isEmpty {
                try expect(",")
                if take(")") { break }
            }
            if token == .sign("*") || token == .sign("**") {
                throw position.error(.unsupported, "arguments from a list or dictionary are not supported")
            }
            if case .name(let name) = token, index + 1 < tokens.count, tokens[index + 1].token == .sign("=") {
                next()
                next()
                arguments.append(TemplateArgument(name: name, value: try expression()))
            } else {
                if let named = arguments.last?.name {
                    throw position.error(.syntax, "an argument without a name behind \"\(named)\"")
                }
                arguments.append(TemplateArgument(name: nil, value: try expression()))
            }
        }
        return arguments
    }

    /// `| name(arguments) | ...`; the first bar is missing in `filter` blocks.
    mutating func filters(first: Bool) throws(TemplateError) -> [TemplatePostfix] {
        var filters: [TemplatePostfix] = []
        while filters.isEmpty && first || take("|") {
            let position = position
            let name = try expectName()
            guard TemplateFilters.known.contains(name) else {
                throw position.error(.unsupported, "the filter \"\(name)\" is not known")
            }
            let arguments = token == .sign("(") ? try arguments() : []
            filters.append(TemplatePostfix(kind: .filter(name, arguments), position: position))
        }
        return filters
    }

    private mutating func test() throws(TemplateError) -> TemplatePostfix {
        let position = position
        next()
        let negated = take(name: "not")
        let name = try expectName()
        guard TemplateTests.known.contains(name) else {
            throw position.error(.unsupported, "the test \"\(name)\" is not known")
        }
        var arguments: [TemplateArgument] = []
        switch token {
        case .sign("("): arguments = try self.arguments()
        case .name(let word) where ["else", "or", "and", "is", "if", "in", "not"].contains(word): break
        case .name, .string, .integer, .number, .sign("["), .sign("{"):
            var value = try primary()
            var parts: [TemplatePostfix] = []
            while let part = try postfix() { parts.append(part) }
            if !parts.isEmpty { value = .postfix(value, parts) }
            arguments = [TemplateArgument(name: nil, value: value)]
        default: break
        }
        return TemplatePostfix(kind: .test(name, arguments, negated: negated), position: position)
    }
}
