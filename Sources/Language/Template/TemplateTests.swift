/// What may follow `is`.
struct TemplateTests {
    static let known: Set<String> = [
        "defined", "undefined", "none", "string", "number", "integer", "float", "boolean", "true", "false", "mapping",
        "iterable", "sequence", "callable", "even", "odd", "divisibleby", "equalto", "eq", "ne", "lt", "lessthan", "gt",
        "greaterthan", "le", "ge", "in", "sameas", "lower", "upper",
    ]

    private let interpreter: TemplateInterpreter
    private let position: TemplatePosition

    init(_ interpreter: TemplateInterpreter, _ position: TemplatePosition) {
        self.interpreter = interpreter
        self.position = position
    }

    func holds(_ name: String, _ value: TemplateValue, _ arguments: TemplateArguments) throws(TemplateError) -> Bool {
        switch name {
        case "defined": return !value.isUndefined
        case "undefined": return value.isUndefined
        case "none", "boolean", "true", "false", "string", "integer", "float", "number", "mapping", "iterable",
            "sequence", "callable":
            return isOfType(name, value)
        case "even", "odd":
            guard let integer = value.integer else { throw position.error(.value, "a \(value.typeName) as a number") }
            return (integer % 2 == 0) == (name == "even")
        case "divisibleby":
            guard let integer = value.integer, let divisor = arguments.positional.first?.integer, divisor != 0 else {
                throw position.error(.value, "divisibleby needs integers, the second of which is not 0")
            }
            return divisor == -1 || integer % divisor == 0
        case "lower", "upper":
            let text = try interpreter.text(of: value, position)
            return TemplateMethods.hasCase(name == "upper" ? "isupper" : "islower", text)
        default: return try compares(name, value, arguments)
        }
    }

    private func isOfType(_ name: String, _ value: TemplateValue) -> Bool {
        switch (name, value) {
        case ("none", .none), ("boolean", .boolean), ("true", .boolean(true)), ("false", .boolean(false)),
            ("string", .string), ("integer", .integer), ("float", .number), ("mapping", .dictionary):
            true
        case ("number", .integer), ("number", .number), ("number", .boolean): true
        case ("iterable", .string), ("iterable", .list), ("iterable", .dictionary), ("iterable", .undefined): true
        case ("sequence", .string), ("sequence", .list), ("sequence", .dictionary), ("sequence", .undefined): true
        case ("callable", .undefined): true
        case ("callable", .object(let object)): !(object is TemplateNamespace) && !(object is TemplateLoopState)
        default: false
        }
    }

    private func compares(
        _ name: String, _ value: TemplateValue, _ arguments: TemplateArguments
    ) throws(TemplateError) -> Bool {
        guard let other = arguments.positional.first else { throw position.error(.value, "\"\(name)\" needs a value") }
        switch name {
        case "equalto", "eq": return try interpreter.holds("==", value, other, position)
        case "ne": return try interpreter.holds("!=", value, other, position)
        case "lt", "lessthan": return try interpreter.holds("<", value, other, position)
        case "gt", "greaterthan": return try interpreter.holds(">", value, other, position)
        case "le": return try interpreter.holds("<=", value, other, position)
        case "ge": return try interpreter.holds(">=", value, other, position)
        case "in": return try interpreter.holds("in", value, other, position)
        default:
            // Data has no identity: only what Python keeps once is the same.
            return value.typeName == other.typeName && TemplateValue.equal(value, other)
        }
    }
}
