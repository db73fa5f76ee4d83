/// A JSON value, to build answers of and to read requests and kept answers into.
package enum JSON: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSON])
    /// Written in alphabetical order.
    case object([String: JSON])

    /// A number rounded to `places` decimals; null where it is not finite, which JSON cannot say.
    ///
    /// - Parameter places: 0...6.
    package static func decimal(_ value: Double, places: Int) -> JSON {
        precondition((0...6).contains(places), "\(places) decimals")
        let factor: Double = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000][places]
        let rounded = (value * factor).rounded() / factor
        // Adding zero turns -0, which some readers stumble over, into 0.
        return rounded.isFinite ? .number(rounded + 0) : .null
    }

    /// As above.
    package static func decimal(_ value: Float, places: Int) -> JSON { decimal(Double(value), places: places) }

    /// A seed: a number where every reader of JSON keeps its digits (up to 2^53), else a string of them.
    package static func seed(_ value: UInt64) -> JSON {
        value <= 1 << 53 ? .integer(Int(value)) : .string(String(value))
    }

    /// The value, or null for none.
    package static func optional<Value>(_ value: Value?, _ render: (Value) -> JSON) -> JSON {
        value.map(render) ?? .null
    }

    /// The object's member of this name; nil for other values.
    package subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    /// The object with more members, which go first where both have one of a name; other values as they are.
    package func with(_ more: [String: JSON]) -> JSON {
        guard case .object(let members) = self else { return self }
        return .object(members.merging(more) { $1 })
    }

    /// What kind of value it is, for messages: `a string`.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer, .number: "a number"
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
    package init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(Dictionary(uniqueKeysWithValues: elements))
    }
}
