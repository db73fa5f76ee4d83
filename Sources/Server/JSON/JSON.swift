/// A JSON value (RFC 8259) that keeps the order of an object's members and the digits of its numbers.
///
/// Answers are written through it so that what a reader wants first comes first, and requests are read through it so
/// that a seed keeps every digit and a nested or endless document cannot exhaust the stack.
package enum JSON: Sendable, Hashable {
    case null
    case bool(Bool)
    /// The number as written: an optional sign, digits, fraction, exponent.
    case number(String)
    case string(String)
    case array([JSON])
    case object([Member])

    /// One name and value of an object.
    package struct Member: Sendable, Hashable {
        package let name: String
        package let value: JSON

        package init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }
    }

    /// A whole number.
    package static func integer(_ value: some BinaryInteger) -> JSON { .number(String(value)) }

    /// A number rounded to `places` decimals, without trailing zeros; null where it is not finite.
    ///
    /// - Parameter places: 0...6.
    package static func decimal(_ value: Double, places: Int) -> JSON {
        precondition((0...6).contains(places), "\(places) decimals")
        let factor = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000][places]
        let scaled = (value * Double(factor)).rounded()
        guard scaled.isFinite else { return .null }
        guard abs(scaled) < 9e15 else { return .number("\(value)") }
        let digits = Int(scaled.magnitude)
        var fraction = String(digits % factor + factor).dropFirst()
        while fraction.last == "0" { fraction.removeLast() }
        let sign = scaled < 0 ? "-" : ""
        return .number(sign + String(digits / factor) + (fraction.isEmpty ? "" : "." + fraction))
    }

    /// As above.
    package static func decimal(_ value: Float, places: Int) -> JSON { decimal(Double(value), places: places) }

    /// A seed: a number where every reader of JSON keeps its digits (up to 2^53), else a string of them.
    package static func seed(_ value: UInt64) -> JSON { value <= 1 << 53 ? .integer(value) : .string(String(value)) }

    /// The value, or null for none.
    package static func optional<Value>(_ value: Value?, _ render: (Value) -> JSON) -> JSON {
        value.map(render) ?? .null
    }

    /// The object's first member of this name; nil for other values.
    package subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// What kind of value it is, for messages: `a string`.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements.map { Member($0, $1) }) }
}
