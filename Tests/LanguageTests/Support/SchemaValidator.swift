import Foundation

/// Validates JSON against a schema by the letter of draft 2020-12: independent of the engine, slow and plain.
struct SchemaValidator {
    private let root: JSONText

    init?(_ schema: String) {
        guard let root = JSONText(schema) else { return nil }
        self.root = root
    }

    /// Whether a text is JSON that the schema allows.
    func allows(_ text: String) -> Bool { JSONText(text).map { allows($0, root) } ?? false }

    private static func types(_ value: JSONText) -> Set<String> {
        switch value {
        case .null: ["null"]
        case .boolean: ["boolean"]
        case .number(let number): number.rounded() == number ? ["number", "integer"] : ["number"]
        case .string: ["string"]
        case .array: ["array"]
        case .object: ["object"]
        }
    }

    private func target(_ reference: String) -> JSONText? {
        var place: JSONText? = root
        for step in (reference.removingPercentEncoding ?? reference).dropFirst(2).split(separator: "/") {
            let key = String(step).replacing("~1", with: "/").replacing("~0", with: "~")
            switch place {
            case .array(let list)?: place = Int(key).map { list[$0] }
            case .object(let members)?: place = members[key]
            default: return nil
            }
        }
        return place
    }

    private func allows(_ value: JSONText, _ schema: JSONText) -> Bool {
        if case .boolean(let all) = schema { return all }
        guard case .object(let schema) = schema else { return false }
        if case .string(let reference)? = schema["$ref"] {
            guard let target = target(reference), allows(value, target) else { return false }
        }
        if case .array(let all)? = schema["allOf"], !all.allSatisfy({ allows(value, $0) }) { return false }
        if case .array(let any)? = schema["anyOf"], !any.contains(where: { allows(value, $0) }) { return false }
        if case .array(let one)? = schema["oneOf"], one.filter({ allows(value, $0) }).count != 1 { return false }
        if case .array(let values)? = schema["enum"], !values.contains(value) { return false }
        if let constant = schema["const"], constant != value { return false }
        if case .string(let type)? = schema["type"], !Self.types(value).contains(type) { return false }
        if case .array(let types)? = schema["type"],
            !types.contains(where: { type in Self.types(value).contains { type == .string($0) } })
        {
            return false
        }
        switch value {
        case .object(let members): return allows(members, schema)
        case .array(let elements): return allows(elements, schema)
        case .string(let text): return allows(text, schema)
        case .number(let number): return allows(number, schema)
        default: return true
        }
    }

    private func number(_ name: String, _ schema: [String: JSONText]) -> Double? {
        if case .number(let number)? = schema[name] { number } else { nil }
    }

    private func allows(_ members: [String: JSONText], _ schema: [String: JSONText]) -> Bool {
        if case .array(let names)? = schema["required"] {
            for case .string(let name) in names where members[name] == nil { return false }
        }
        var properties: [String: JSONText] = [:]
        if case .object(let own)? = schema["properties"] { properties = own }
        return members.allSatisfy { name, value in
            guard let own = properties[name] ?? schema["additionalProperties"] else { return true }
            return allows(value, own)
        }
    }

    private func allows(_ elements: [JSONText], _ schema: [String: JSONText]) -> Bool {
        if let least = number("minItems", schema), Double(elements.count) < least { return false }
        if let most = number("maxItems", schema), Double(elements.count) > most { return false }
        var first: [JSONText] = []
        if case .array(let list)? = schema["prefixItems"] { first = list }
        if case .array(let list)? = schema["items"] { first = list }
        return elements.enumerated().allSatisfy { index, value in
            if index < first.count { return allows(value, first[index]) }
            guard let others = schema["items"] else { return true }
            if case .array = others { return true }
            return allows(value, others)
        }
    }

    private func allows(_ text: String, _ schema: [String: JSONText]) -> Bool {
        let length = Double(text.unicodeScalars.count)
        if let least = number("minLength", schema), length < least { return false }
        if let most = number("maxLength", schema), length > most { return false }
        if case .string(let pattern)? = schema["pattern"] {
            let range = NSRange(text.startIndex..., in: text)
            return (try? NSRegularExpression(pattern: pattern))?.firstMatch(in: text, range: range) != nil
        }
        if case .string(let format)? = schema["format"] { return Self.has(format, text) }
        return true
    }

    private func allows(_ value: Double, _ schema: [String: JSONText]) -> Bool {
        number("minimum", schema).map { value >= $0 } ?? true && number("maximum", schema).map { value <= $0 } ?? true
            && number("exclusiveMinimum", schema).map { value > $0 } ?? true
            && number("exclusiveMaximum", schema).map { value < $0 } ?? true
    }

    private static func has(_ format: String, _ text: String) -> Bool {
        switch format {
        case "uuid": return UUID(uuidString: text) != nil
        case "date": return isDate(text)
        case "time": return isTime(text)
        case "date-time":
            let parts = text.split(separator: "T", omittingEmptySubsequences: false).map(String.init)
            return parts.count == 2 && isDate(parts[0]) && isTime(parts[1])
        default: return false
        }
    }

    private static func isDate(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2], let year = Int(parts[0]), let month = Int(parts[1]),
            let day = Int(parts[2]),
            (1...12).contains(month)
        else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return (1...[31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]).contains(day)
    }

    private static func isTime(_ text: String) -> Bool {
        guard let match = text.wholeMatch(of: /(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-](\d\d):(\d\d))/) else { return false }
        func isBelow(_ part: Substring?, _ limit: Int) -> Bool { part.flatMap { Int($0) }.map { $0 < limit } ?? true }
        return isBelow(match.1, 24) && isBelow(match.2, 60) && isBelow(match.3, 60) && isBelow(match.6, 24)
            && isBelow(match.7, 60)
    }
}
