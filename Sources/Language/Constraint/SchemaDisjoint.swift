// Whether schemas can be told apart, as `oneOf` needs it: a grammar cannot say that others do not fit.
extension SchemaCompiler {
    /// What is sure about the values of a schema.
    private struct Summary {
        var types = Set(JSONType.allCases)
        var values: [TemplateValue]?
        var properties: [String: SchemaPart] = [:]
        var required: Set<String> = []
        /// Whether there are no other properties.
        var isClosed = false
        var isImpossible = false
    }

    private static let deepestCompared = 8
    private static let mostCompared = 256

    mutating func checkDisjoint(_ parts: [SchemaPart], _ keyword: SchemaPart) throws(GrammarError) {
        guard parts.count <= Self.mostCompared else {
            throw keyword.error(.tooLarge("alternatives of oneOf", limit: Self.mostCompared))
        }
        for (index, part) in parts.enumerated() {
            for other in parts[..<index] {
                guard try !areDisjoint(part, other, depth: 0) else { continue }
                throw keyword.error(
                    .unsupported(
                        "oneOf",
                        reason:
                            "\(other.pointer) and \(part.pointer) are not told apart by a type, a value or a property; anyOf may serve"
                    ))
            }
        }
    }

    private mutating func areDisjoint(_ first: SchemaPart, _ second: SchemaPart, depth: Int) throws(GrammarError)
        -> Bool
    {
        guard depth < Self.deepestCompared else { return false }
        let (a, b) = (try summary(of: first), try summary(of: second))
        if a.isImpossible || b.isImpossible { return true }
        if JSONType.intersection(a.types, b.types).isEmpty { return true }
        if let values = a.values, let others = b.values {
            return Set(values.map { $0.json(isSorted: true) }).isDisjoint(with: others.map { $0.json(isSorted: true) })
        }
        if let values = a.values, values.allSatisfy({ !Self.has($0, b.types) }) { return true }
        if let values = b.values, values.allSatisfy({ !Self.has($0, a.types) }) { return true }
        guard JSONType.intersection(a.types, b.types) == [.object] else { return false }
        for (one, other) in [(a, b), (b, a)] {
            if other.isClosed, one.required.contains(where: { other.properties[$0] == nil }) { return true }
        }
        for name in a.required.intersection(b.required).sorted() {
            guard let one = a.properties[name], let other = b.properties[name] else { continue }
            if try areDisjoint(one, other, depth: depth + 1) { return true }
        }
        return false
    }

    private static func has(_ value: TemplateValue, _ types: Set<JSONType>) -> Bool {
        !JSONType.intersection(types, [JSONType(of: value)]).isEmpty
    }

    private mutating func summary(of part: SchemaPart) throws(GrammarError) -> Summary {
        var part = part
        var summary = Summary()
        for _ in 0..<Self.deepestCompared {
            try spend(1)
            if case .boolean(let value) = part.value { summary.isImpossible = summary.isImpossible || !value }
            guard case .dictionary(let dictionary) = part.value else { break }
            if case .string(let type)? = dictionary["type"], let type = JSONType(rawValue: type) {
                summary.types = JSONType.intersection(summary.types, [type])
            }
            if case .list(let types)? = dictionary["type"] {
                let names = types.elements.compactMap {
                    if case .string(let name) = $0 { JSONType(rawValue: name) } else { nil }
                }
                summary.types = JSONType.intersection(summary.types, Set(names))
            }
            if let value = dictionary["const"] { summary.values = [value] }
            if case .list(let values)? = dictionary["enum"] { summary.values = values.elements }
            if case .dictionary? = dictionary["properties"], let properties = dictionary["properties"] {
                let members = try part.part("properties", properties).members()
                try spend(members.count)
                for (name, property) in members {
                    summary.properties[name] = property
                }
            }
            if case .list(let names)? = dictionary["required"] {
                for case .string(let name) in names.elements { summary.required.insert(name) }
            }
            if case .boolean(false)? = dictionary["additionalProperties"] { summary.isClosed = true }
            guard let target = dictionary["$ref"] else { break }
            part = try resolve(part.part("$ref", target))
        }
        return summary
    }
}
