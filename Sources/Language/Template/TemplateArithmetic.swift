/// Operators on numbers and the order of values, as Python has them; integers are of 64 bits and never wrap.
enum TemplateArithmetic {
    static func negative(_ value: TemplateValue, _ position: TemplatePosition) throws(TemplateError) -> TemplateValue {
        if case .number(let number) = value { return .number(-number) }
        guard let integer = value.integer else { throw position.error(.value, "- of a \(value.typeName)") }
        let (result, overflow) = (0).subtractingReportingOverflow(integer)
        if overflow { throw position.error(.value, "an integer of more than 64 bits") }
        return .integer(result)
    }

    static func apply(
        _ sign: String, _ left: TemplateValue, _ right: TemplateValue, _ position: TemplatePosition
    ) throws(TemplateError) -> TemplateValue {
        if sign != "/", let a = left.integer, let b = right.integer, sign != "**" || b >= 0 {
            return .integer(try integers(sign, a, b, position))
        }
        guard let a = left.number, let b = right.number else {
            throw position.error(.value, "\(sign) of a \(left.typeName) and a \(right.typeName)")
        }
        if sign == "/" || sign == "//" || sign == "%", b == 0 { throw position.error(.value, "division by zero") }
        switch sign {
        case "+": return .number(a + b)
        case "-": return .number(a - b)
        case "*": return .number(a * b)
        case "/": return .number(a / b)
        case "//": return .number((a / b).rounded(.down))
        case "%":
            let rest = a.truncatingRemainder(dividingBy: b)
            return .number(rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest)
        default: return .number(try power(a, b, position))
        }
    }

    private static func integers(
        _ sign: String, _ a: Int, _ b: Int, _ position: TemplatePosition
    ) throws(TemplateError) -> Int {
        func checked(_ result: (partialValue: Int, overflow: Bool)) throws(TemplateError) -> Int {
            if result.overflow { throw position.error(.value, "an integer of more than 64 bits") }
            return result.partialValue
        }
        switch sign {
        case "+": return try checked(a.addingReportingOverflow(b))
        case "-": return try checked(a.subtractingReportingOverflow(b))
        case "*": return try checked(a.multipliedReportingOverflow(by: b))
        case "//", "%":
            guard b != 0 else { throw position.error(.value, "division by zero") }
            let quotient = try checked(a.dividedReportingOverflow(by: b))
            let rest = b == -1 ? 0 : a % b
            let isBelow = rest != 0 && (rest < 0) != (b < 0)
            return sign == "%" ? (isBelow ? rest + b : rest) : (isBelow ? quotient - 1 : quotient)
        default:
            // Powers of anything but 0, 1 and -1 pass 64 bits soon.
            if abs(max(a, -2)) < 2 { return a == -1 ? (b % 2 == 0 ? 1 : -1) : (b == 0 ? 1 : a) }
            var result = 1
            for _ in 0..<min(b, 65) { result = try checked(result.multipliedReportingOverflow(by: a)) }
            return result
        }
    }

    /// Powers with whole exponents: others are no part of chat templates.
    private static func power(
        _ base: Double, _ exponent: Double, _ position: TemplatePosition
    ) throws(TemplateError) -> Double {
        guard exponent == exponent.rounded(), abs(exponent) <= 1024 else {
            throw position.error(.unsupported, "a power of \(exponent)")
        }
        var result = 1.0
        for _ in 0..<Int(abs(exponent)) { result *= base }
        guard exponent < 0 else { return result }
        guard result != 0 else { throw position.error(.value, "division by zero") }
        return 1 / result
    }

    /// Below 0 where `left` comes first, above where `right` does.
    static func order(
        _ left: TemplateValue, _ right: TemplateValue, _ position: TemplatePosition
    ) throws(TemplateError) -> Int {
        switch (left, right) {
        case (.undefined(let name), _), (_, .undefined(let name)):
            throw position.error(.undefined, "\"\(name)\" is undefined")
        case (.string(let a), .string(let b)):
            // The order of UTF-8 is that of scalars.
            return a.utf8.elementsEqual(b.utf8) ? 0 : a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : 1
        case (.list(let a), .list(let b)):
            for (first, second) in zip(a.elements, b.elements) where !TemplateValue.equal(first, second) {
                return try order(first, second, position)
            }
            return a.elements.count - b.elements.count
        default:
            if let a = left.integer, let b = right.integer { return a < b ? -1 : a > b ? 1 : 0 }
            guard let a = left.number, let b = right.number else {
                throw position.error(.value, "a \(left.typeName) and a \(right.typeName) have no order")
            }
            return a < b ? -1 : a > b ? 1 : 0
        }
    }
}
