// What constraints allow, as grammars.
extension SchemaCompiler {
    mutating func grammar(of constraints: SchemaConstraints) throws(GrammarError) -> Grammar {
        if constraints.isImpossible { return .choice([]) }
        if let parts = constraints.alternatives.first { return try choice(of: parts, in: constraints) }
        if let values = constraints.values { return try choice(of: values, in: constraints) }
        var types = constraints.types ?? constraints.mentioned
        if types.isEmpty, constraints.types == nil {
            return JSONGrammar.value
        }
        if types.contains(.number) { types.remove(.integer) }
        types.subtract(constraints.impossible)
        var parts: [Grammar] = []
        for type in JSONType.allCases where types.contains(type) {
            switch type {
            case .object: parts.append(try objects(constraints))
            case .array: parts.append(try arrays(constraints))
            case .string: parts.append(try strings(constraints))
            case .number, .integer: parts.append(try numbers(constraints, isWhole: type == .integer))
            case .boolean: parts.append(.choice([.literal("true"), .literal("false")]))
            case .null: parts.append(.literal("null"))
            }
        }
        return parts.count == 1 ? parts[0] : .choice(parts)
    }

    /// One of the first list of alternatives, with all else that holds.
    private mutating func choice(
        of parts: [SchemaPart], in constraints: SchemaConstraints
    ) throws(GrammarError) -> Grammar {
        guard constraints.depth < Self.deepest else { throw constraints.error(.tooDeep(limit: Self.deepest)) }
        var rest = constraints
        rest.depth += 1
        rest.alternatives.removeFirst()
        var choices: [Grammar] = []
        for part in parts {
            try spend(1 + rest.required.count + rest.objects.reduce(0) { $0 + $1.properties.count })
            if rest.hasOnlyAlternatives && rest.alternatives.isEmpty {
                choices.append(try reference(to: [part]))
            } else {
                var both = rest
                try gather(part, into: &both)
                choices.append(try grammar(of: both))
            }
        }
        return .choice(choices)
    }

    private func choice(
        of values: [TemplateValue], in constraints: SchemaConstraints
    ) throws(GrammarError) -> Grammar {
        if let other = JSONType.allCases.first(where: constraints.mentioned.contains) {
            throw constraints.error(
                .combination(["enum or const", "a keyword about \(other.rawValue) values"], reason: "say one of both"))
        }
        let fitting = values.filter { value in
            guard let types = constraints.types else { return true }
            return !JSONType.intersection(types, [JSONType(of: value)]).isEmpty
        }
        return .choice(fitting.map { .literal($0.json()) })
    }

    private func strings(_ constraints: SchemaConstraints) throws(GrammarError) -> Grammar {
        let isBounded = constraints.length != 0...Int.max
        guard let first = constraints.patterns.first else {
            guard isBounded else { return JSONGrammar.string }
            let most = constraints.length.upperBound == .max ? nil : constraints.length.upperBound
            let least = constraints.length.lowerBound
            guard max(least, most ?? 0) <= Grammar.mostRepetitions else {
                throw constraints.error(.repetition(atLeast: least, atMost: most))
            }
            return json.quoted(.repetition(JSONGrammar.character, atLeast: least, atMost: most))
        }
        let text = try first.part.string()
        for other in constraints.patterns.dropFirst() {
            guard other.name == first.name, try other.part.string() == text else {
                throw constraints.error(.combination([first.name, other.name], reason: "only one can be followed"))
            }
        }
        guard !isBounded else {
            throw constraints.error(
                .combination([first.name, "minLength or maxLength"], reason: "write the length into the pattern"))
        }
        if first.name == "pattern" { return json.quoted(try JSONPattern.grammar(text, at: first.part.pointer)) }
        guard let format = JSONFormatGrammar.grammar(of: text) else {
            let known = JSONFormatGrammar.names.joined(separator: ", ")
            throw first.part.error(.unsupported("format \(text)", reason: "known: \(known)"))
        }
        return json.quoted(format)
    }

    private func numbers(_ constraints: SchemaConstraints, isWhole: Bool) throws(GrammarError) -> Grammar {
        var (low, high): (JSONNumberGrammar.Bound?, JSONNumberGrammar.Bound?)
        for limit in constraints.minima {
            let bound = try bound(limit, isWhole: isWhole, rounding: .up)
            let isHigher = low.map { ($0.value, $0.isExclusive ? 1 : 0) < (bound.value, bound.isExclusive ? 1 : 0) }
            if isHigher ?? true { low = bound }
        }
        for limit in constraints.maxima {
            let bound = try bound(limit, isWhole: isWhole, rounding: .down)
            let isLower = high.map { ($0.value, $0.isExclusive ? 0 : 1) > (bound.value, bound.isExclusive ? 0 : 1) }
            if isLower ?? true { high = bound }
        }
        if low == nil && high == nil { return isWhole ? JSONGrammar.integer : JSONGrammar.number }
        if let low, let high, low.value > high.value { return .choice([]) }
        guard isWhole else { return JSONNumberGrammar.numbers(from: low, to: high) }
        let least = low.map { $0.value + ($0.isExclusive ? 1 : 0) }
        let most = high.map { $0.value - ($0.isExclusive ? 1 : 0) }
        if let least, let most, least > most { return .choice([]) }
        return JSONNumberGrammar.integers(from: least, to: most)
    }

    /// A limit as a whole number; integers may have one with a fraction.
    private func bound(
        _ limit: SchemaConstraints.Limit, isWhole: Bool, rounding: FloatingPointRoundingRule
    ) throws(GrammarError) -> JSONNumberGrammar.Bound {
        let largest = 1_000_000_000_000_000
        let value: Double
        switch limit.part.value {
        case .integer(let integer): value = Double(integer)
        case .number(let number): value = number
        default: throw limit.part.expected("a number")
        }
        guard abs(value) <= Double(largest) else {
            throw limit.part.error(.tooLarge("as a bound of numbers", limit: largest))
        }
        let rounded = value.rounded(rounding)
        guard isWhole || rounded == value else {
            throw limit.part.error(.unsupported("a bound with a fraction", reason: "of numbers that are not integers"))
        }
        return .init(value: Int(rounded), isExclusive: limit.isExclusive && rounded == value)
    }

    private mutating func arrays(_ constraints: SchemaConstraints) throws(GrammarError) -> Grammar {
        let parts = constraints.arrays
        let least = constraints.items.lowerBound
        let most = constraints.items.upperBound == .max ? nil : constraints.items.upperBound
        guard max(least, most ?? 0) <= Grammar.mostRepetitions else {
            throw constraints.error(.repetition(atLeast: least, atMost: most))
        }
        // Elements that one schema lists and another does not are among the others of that one.
        let listed = min(parts.map(\.first.count).max() ?? 0, most ?? .max)
        let comma = Grammar.sequence([.literal(","), json.space])
        var elements: [Grammar] = []
        for index in 0..<listed {
            let own = parts.compactMap { $0.first.indices.contains(index) ? $0.first[index] : $0.others }
            elements.append(try reference(to: own))
        }
        let others = parts.compactMap(\.others)
        var rest: Grammar?
        if most.map({ $0 > listed }) ?? true, listed == 0 || !others.isEmpty || least > listed {
            rest = try reference(to: others)
        }
        // From the last element backwards: each may be left out with all that follow, unless there have to be more.
        var body = rest.map { element in
            Grammar.repetition(
                .sequence([comma, element]), atLeast: max(0, least - max(listed, 1)),
                atMost: most.map { $0 - max(listed, 1) })
        }
        let all = elements.isEmpty ? [rest].compactMap { $0 } : elements
        for (index, element) in all.enumerated().reversed() {
            let part = Grammar.sequence([index > 0 ? comma : json.space, element, body ?? .sequence([])])
            body = try nested(part, isNeeded: index < least, "\(constraints.pointer)~ elements from \(index)")
        }
        guard let body else { return .literal("[]") }
        return .sequence([.literal("["), body, json.space, .literal("]")])
    }

    /// A part that may follow, as a rule, so that many within one another do not nest.
    private mutating func nested(_ part: Grammar, isNeeded: Bool, _ name: String) throws(GrammarError) -> Grammar {
        let name = try unusedName(name)
        add(name, part)
        return isNeeded ? .rule(name) : .optional(.rule(name))
    }
}
