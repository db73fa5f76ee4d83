/// The types of JSON values; an integer is a number as well.
enum JSONType: String, CaseIterable {
    case object, array, string, number, integer, boolean, null

    /// The type of a value: `integer` for a whole number.
    init(of value: TemplateValue) {
        switch value {
        case .boolean: self = .boolean
        case .integer: self = .integer
        case .number(let number): self = number.rounded() == number ? .integer : .number
        case .string: self = .string
        case .list: self = .array
        case .dictionary: self = .object
        default: self = .null
        }
    }

    /// The types of values that are of one of each.
    static func intersection(_ first: Set<JSONType>, _ second: Set<JSONType>) -> Set<JSONType> {
        var both = first.intersection(second)
        if first.contains(.number), second.contains(.integer) { both.insert(.integer) }
        if second.contains(.number), first.contains(.integer) { both.insert(.integer) }
        return both
    }
}

/// What one or several schemas ask of the same value.
struct SchemaConstraints {
    /// What one schema says of the properties of objects.
    struct ObjectPart {
        var properties: [(name: String, part: SchemaPart)] = []
        /// Of all other properties.
        var additional: SchemaPart?
    }

    /// What one schema says of the elements of arrays.
    struct ArrayPart {
        var first: [SchemaPart] = []
        /// Of all further ones.
        var others: SchemaPart?
    }

    /// A limit of numbers, and whether it is excluded.
    struct Limit {
        let part: SchemaPart
        let isExclusive: Bool
    }

    let pointer: String
    /// Nil for all.
    var types: Set<JSONType>?
    /// The types that its other keywords speak of.
    var mentioned: Set<JSONType> = []
    /// The values of `enum` and `const`; nil without.
    var values: [TemplateValue]?
    var objects: [ObjectPart] = []
    var required: [String] = []
    var arrays: [ArrayPart] = []
    var items = 0...Int.max
    var length = 0...Int.max
    var minima: [Limit] = []
    var maxima: [Limit] = []
    /// `pattern` and `format`.
    var patterns: [(name: String, part: SchemaPart)] = []
    /// How many choices among alternatives led here.
    var depth = 0
    /// Lists of which one each has to hold.
    var alternatives: [[SchemaPart]] = []
    /// The types of which no value fits.
    var impossible: Set<JSONType> = []
    /// Whether no value fits at all.
    var isImpossible = false

    init(pointer: String) { self.pointer = pointer }

    /// Whether it says nothing but ``alternatives``.
    var hasOnlyAlternatives: Bool { types == nil && values == nil && mentioned.isEmpty && !isImpossible }

    func error(_ kind: GrammarError.Kind) -> GrammarError { GrammarError(kind, at: .pointer(pointer)) }

    /// Narrows a range of what values of a type have; the type is out where the limits cross.
    mutating func narrow(
        _ range: WritableKeyPath<SchemaConstraints, ClosedRange<Int>>, of type: JSONType, from low: Int, to high: Int
    ) {
        mentioned.insert(type)
        let (low, high) = (max(low, self[keyPath: range].lowerBound), min(high, self[keyPath: range].upperBound))
        if low <= high { self[keyPath: range] = low...high } else { impossible.insert(type) }
    }
}

extension SchemaCompiler {
    /// Most references, or choices among alternatives, that lead to one another within one value.
    static let deepest = 32

    /// Keywords that say nothing about which values are valid.
    private static let annotations: Set<String> = [
        "$schema", "$id", "$comment", "$anchor", "$defs", "definitions", "$vocabulary", "title", "description",
        "default",
        "examples", "deprecated", "readOnly", "writeOnly", "contentEncoding", "contentMediaType", "contentSchema",
    ]

    /// Adds what a schema asks for.
    ///
    /// - Parameter through: the references that led here.
    mutating func gather(
        _ part: SchemaPart, into constraints: inout SchemaConstraints, through: Set<String> = []
    ) throws(GrammarError) {
        try spend(1)
        if case .boolean(let value) = part.value {
            constraints.isImpossible = constraints.isImpossible || !value
            return
        }
        guard case .dictionary = part.value else { throw part.expected("a schema") }
        var object = SchemaConstraints.ObjectPart()
        var array = SchemaConstraints.ArrayPart()
        for (name, keyword) in try part.members() where !Self.annotations.contains(name) {
            try spend(1)
            switch name {
            case "$ref":
                let target = try resolve(keyword)
                guard through.count < Self.deepest else { throw keyword.error(.tooDeep(limit: Self.deepest)) }
                guard !through.contains(target.pointer) else { throw keyword.error(.leftRecursion([target.pointer])) }
                try gather(target, into: &constraints, through: through.union([target.pointer]))
            case "allOf":
                for part in try keyword.elements(atLeast: 1) { try gather(part, into: &constraints, through: through) }
            case "anyOf": constraints.alternatives.append(try keyword.elements(atLeast: 1))
            case "oneOf":
                let parts = try keyword.elements(atLeast: 1)
                try checkDisjoint(parts, keyword)
                constraints.alternatives.append(parts)
            case "type": try gatherType(keyword, into: &constraints)
            case "enum": Self.restrict(&constraints, to: try keyword.elements(atLeast: 1).map(\.value))
            case "const": Self.restrict(&constraints, to: [keyword.value])
            case "properties", "required", "additionalProperties":
                constraints.mentioned.insert(.object)
                try gatherObject(name, keyword, &object, &constraints)
            case "items", "prefixItems", "minItems", "maxItems":
                constraints.mentioned.insert(.array)
                try gatherArray(name, keyword, &array, &constraints)
            default: try gatherScalar(name, keyword, &constraints)
            }
        }
        if !object.properties.isEmpty || object.additional != nil { constraints.objects.append(object) }
        if !array.first.isEmpty || array.others != nil { constraints.arrays.append(array) }
    }

    private func gatherType(_ part: SchemaPart, into constraints: inout SchemaConstraints) throws(GrammarError) {
        var types: Set<JSONType> = []
        let parts: [SchemaPart]
        if case .list = part.value { parts = try part.elements(atLeast: 1) } else { parts = [part] }
        for part in parts {
            guard let type = JSONType(rawValue: try part.string()) else {
                throw part.expected("one of \(JSONType.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            types.insert(type)
        }
        constraints.types = constraints.types.map { JSONType.intersection($0, types) } ?? types
    }

    private static func restrict(_ constraints: inout SchemaConstraints, to values: [TemplateValue]) {
        guard let known = constraints.values else {
            constraints.values = values
            return
        }
        let texts = Set(values.map { $0.json(isSorted: true) })
        constraints.values = known.filter { texts.contains($0.json(isSorted: true)) }
    }

    private mutating func gatherObject(
        _ name: String, _ part: SchemaPart, _ object: inout SchemaConstraints.ObjectPart,
        _ constraints: inout SchemaConstraints
    ) throws(GrammarError) {
        switch name {
        case "properties":
            object.properties = try part.members()
            try spend(object.properties.count)
        case "additionalProperties": object.additional = part
        default:
            for part in try part.elements() {
                let name = try part.string()
                if !constraints.required.contains(name) { constraints.required.append(name) }
            }
        }
    }

    private func gatherArray(
        _ name: String, _ part: SchemaPart, _ array: inout SchemaConstraints.ArrayPart,
        _ constraints: inout SchemaConstraints
    ) throws(GrammarError) {
        switch name {
        case "prefixItems": array.first = try part.elements(atLeast: 1)
        case "minItems": constraints.narrow(\.items, of: .array, from: try part.count(), to: .max)
        case "maxItems": constraints.narrow(\.items, of: .array, from: 0, to: try part.count())
        default: if case .list = part.value { array.first = try part.elements() } else { array.others = part }
        }
    }

    private func gatherScalar(
        _ name: String, _ part: SchemaPart, _ constraints: inout SchemaConstraints
    ) throws(GrammarError) {
        switch name {
        case "minLength": constraints.narrow(\.length, of: .string, from: try part.count(), to: .max)
        case "maxLength": constraints.narrow(\.length, of: .string, from: 0, to: try part.count())
        case "pattern", "format": constraints.patterns.append((name, part))
        case "minimum", "exclusiveMinimum":
            constraints.minima.append(.init(part: part, isExclusive: name == "exclusiveMinimum"))
        case "maximum", "exclusiveMaximum":
            constraints.maxima.append(.init(part: part, isExclusive: name == "exclusiveMaximum"))
        case "uniqueItems": if case .boolean(false) = part.value { return } else { fallthrough }
        default: throw part.error(.unsupported(name, reason: "it may constrain, and is not known here"))
        }
        constraints.mentioned.insert(name.hasSuffix("imum") ? .number : .string)
    }
}
