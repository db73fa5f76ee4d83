extension ContextFreeGrammar {
    /// The JSON texts that a JSON schema (draft 2020-12, and `definitions` and lists of `items` of earlier ones) allows, or some
    /// of them, never others.
    ///
    /// Some of them, in that
    /// - properties come in the schema's order, and where `properties` are listed there are no others unless
    ///   `additionalProperties` says so; names beyond those listed have no escapes;
    /// - a schema without `type` that speaks of objects, arrays, strings or numbers only is for these;
    /// - numbers have at most 16 digits before and behind the point and two of an exponent, those with bounds no exponent;
    /// - texts have the white space of `whitespace`, values of `enum` and `const` none.
    ///
    /// Keywords that only annotate are passed over. What constrains and cannot be followed is an error, as is `oneOf` of schemas
    /// that are not told apart by a type, a value or a property; so are unknown keywords, since they may be misspelt. That a key
    /// comes twice among additional properties cannot be excluded.
    ///
    /// - Parameter schema: a JSON text.
    /// - Throws: ``GrammarError`` with a JSON pointer; line and column where the text is no JSON.
    package init(jsonSchema schema: [UInt8], whitespace: JSONWhitespace = .single) throws(GrammarError) {
        var limits = TemplateLimits()
        limits.bytes = 1 << 20
        let value: TemplateValue
        do {
            value = try TemplateValue(json: schema, limits: limits)
        } catch {
            throw GrammarError(
                .notJSON(error.reason), at: .text(line: error.line, column: error.column))
        }
        var compiler = SchemaCompiler(value, whitespace: whitespace)
        let rules = try compiler.rules()
        do {
            try self.init(.rule("#"), rules: rules)
        } catch {
            guard case .leftRecursion(let names) = error.kind, let name = names.first else {
                throw GrammarError(error.kind, at: .pointer("#"))
            }
            throw GrammarError(error.kind, at: .pointer(name))
        }
    }
}

/// A part of a schema, and where it stands.
struct SchemaPart {
    let value: TemplateValue
    /// A JSON pointer, beginning with `#`.
    let pointer: String

    /// Longest pointer, in bytes, of a part that has parts.
    private static let longestPointer = 1024

    /// A part of this one, by its key or number.
    func part(_ key: String, _ value: TemplateValue) -> SchemaPart {
        var bytes = Array(pointer.utf8)
        bytes.append(UInt8(ascii: "/"))
        for byte in key.utf8 {
            switch byte {
            case UInt8(ascii: "~"): bytes += "~0".utf8
            case UInt8(ascii: "/"): bytes += "~1".utf8
            default: bytes.append(byte)
            }
        }
        return SchemaPart(value: value, pointer: String(decoding: bytes, as: UTF8.self))
    }

    func error(_ kind: GrammarError.Kind) -> GrammarError { GrammarError(kind, at: .pointer(pointer)) }

    func expected(_ what: String) -> GrammarError {
        let json = value.json()
        return error(.expected(what, got: json.count > 60 ? "\(json.prefix(60))..." : json))
    }

    /// The members of an object.
    func members() throws(GrammarError) -> [(name: String, part: SchemaPart)] {
        guard case .dictionary(let dictionary) = value else { throw expected("an object") }
        try checkPointer()
        return dictionary.pairs.compactMap { pair in
            guard case .string(let name) = pair.key else { return nil }
            return (name, part(name, pair.value))
        }
    }

    private func checkPointer() throws(GrammarError) {
        guard pointer.utf8.count <= Self.longestPointer else {
            throw GrammarError(.tooLarge("bytes of a pointer", limit: Self.longestPointer), at: .pointer("#"))
        }
    }

    /// The elements of a list, at least so many.
    func elements(atLeast least: Int = 0) throws(GrammarError) -> [SchemaPart] {
        guard case .list(let list) = value, list.elements.count >= least else {
            throw expected(least > 0 ? "a list that is not empty" : "a list")
        }
        try checkPointer()
        return list.elements.enumerated().map { part(String($0), $1) }
    }

    func string() throws(GrammarError) -> String {
        guard case .string(let text) = value else { throw expected("a string") }
        return text
    }

    /// A number of characters or elements.
    func count() throws(GrammarError) -> Int {
        switch value {
        case .integer(let count) where count >= 0: return count
        case .number(let number): if let count = Int(exactly: number), count >= 0 { return count }
        default: break
        }
        throw expected("a whole number that is not negative")
    }
}

/// Writes the rules of a schema: one for each part that something refers to, named by its pointer, and the shared ones of JSON.
struct SchemaCompiler {
    private let root: SchemaPart
    let json: JSONGrammar
    private var written: [(name: String, body: Grammar)] = []
    /// The rules that are known, and those of them that are still to be written: all of their parts hold at once.
    private var named: Set<String> = ["#"]
    private var waiting: [(name: String, parts: [SchemaPart])]
    /// How many rules were given a number.
    private var helpers = 0
    /// Keywords and names that may still be looked at: schemas whose alternatives multiply look at them again and again.
    private var workLeft = mostWork
    private static let mostWork = 400_000

    init(_ schema: TemplateValue, whitespace: JSONWhitespace) {
        root = SchemaPart(value: schema, pointer: "#")
        json = JSONGrammar(whitespace: whitespace)
        written = json.rules
        waiting = [("#", [root])]
    }

    mutating func rules() throws(GrammarError) -> [(name: String, body: Grammar)] {
        while let (name, parts) = waiting.popLast() {
            try checkRules()
            add(name, try grammar(of: parts))
        }
        return written
    }

    /// Counts work.
    mutating func spend(_ amount: Int) throws(GrammarError) {
        workLeft -= amount
        guard workLeft >= 0 else {
            throw GrammarError(.tooLarge("steps through the schema", limit: Self.mostWork), at: .pointer("#"))
        }
    }

    /// Adds a rule that a part is written with.
    mutating func add(_ name: String, _ body: Grammar) { written.append((name, body)) }

    /// A name that no rule has: this one with a number.
    ///
    /// No pointer holds a `~` before a space, so that names with one are none of a part's.
    mutating func unusedName(_ name: String) throws(GrammarError) -> String {
        try checkRules()
        helpers += 1
        return "\(name) \(helpers)"
    }

    private func checkRules() throws(GrammarError) {
        guard written.count < GrammarNetwork.mostRules else {
            throw GrammarError(.tooLarge("rules", limit: GrammarNetwork.mostRules), at: .pointer("#"))
        }
    }

    /// A rule for what all of these parts allow.
    mutating func reference(to parts: [SchemaPart]) throws(GrammarError) -> Grammar {
        var parts = parts
        // What only refers is what it refers to.
        if parts.count == 1, case .dictionary(let dictionary) = parts[0].value, dictionary.pairs.count == 1,
            let target = dictionary["$ref"]
        {
            parts = [try resolve(parts[0].part("$ref", target))]
        }
        if parts.isEmpty { return JSONGrammar.value }
        let name = parts.map(\.pointer).joined(separator: "~& ")
        if named.insert(name).inserted { waiting.append((name, parts)) }
        return .rule(name)
    }

    private mutating func grammar(of parts: [SchemaPart]) throws(GrammarError) -> Grammar {
        // A rule that is nothing but a reference stays one, so that a circle of them is seen.
        if parts.count == 1, case .dictionary(let dictionary) = parts[0].value, dictionary.pairs.count == 1,
            dictionary["$ref"] != nil
        {
            return try reference(to: parts)
        }
        var constraints = SchemaConstraints(pointer: parts.first?.pointer ?? "#")
        for part in parts { try gather(part, into: &constraints) }
        return try grammar(of: constraints)
    }

    /// What a `$ref` points to.
    func resolve(_ reference: SchemaPart) throws(GrammarError) -> SchemaPart {
        let text = try reference.string()
        guard text == "#" || text.hasPrefix("#/") else {
            throw reference.error(.unsupported("$ref", reason: "\(text) is no JSON pointer into this schema"))
        }
        var part = root
        for step in text.dropFirst(2).split(separator: "/", omittingEmptySubsequences: false) where text != "#" {
            guard let step = Self.unescaped(step) else { throw reference.error(.undefinedRule(text)) }
            let key = step.replacing("~1", with: "/").replacing("~0", with: "~")
            switch part.value {
            case .dictionary(let dictionary):
                guard let value = dictionary[key] else { throw reference.error(.undefinedRule(text)) }
                part = part.part(key, value)
            case .list(let list):
                guard let index = Int(key), list.elements.indices.contains(index) else {
                    throw reference.error(.undefinedRule(text))
                }
                part = part.part(key, list.elements[index])
            default: throw reference.error(.undefinedRule(text))
            }
        }
        return part
    }

    /// A step of a pointer in a URL fragment without its percent signs; nil where they are none.
    private static func unescaped(_ step: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(step.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), rest.count >= 2 else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
