import Engine

/// The options of a request, in whatever form they came: text in a form or a query, values in JSON.
///
/// Names that nobody asks for are ignored. Of a name given twice the first counts, save in lists.
struct RequestOptions: Sendable {
    private struct Field {
        let name: String
        let value: JSON
        /// Whether it came as text, so that `3` is a number and `true` a truth value.
        let isText: Bool
    }

    private var fields: [Field] = []

    /// Adds a field of a form or a query. An empty value is as good as none.
    mutating func add(_ name: String, text: String) {
        guard !text.isEmpty else { return }
        fields.append(Field(name: name, value: .string(text), isText: true))
    }

    /// Adds a member of a JSON document. Null is as good as none.
    mutating func add(_ name: String, json: JSON) {
        guard json != .null else { return }
        fields.append(Field(name: name, value: json, isText: false))
    }

    private func field(_ name: String) -> Field? { fields.first { $0.name == name } }

    func string(_ name: String) throws(Problem) -> String? {
        guard let field = field(name) else { return nil }
        guard case .string(let text) = field.value else {
            throw .option(name, "a string is expected, not \(field.value.kind)")
        }
        return text
    }

    /// One of a closed set of words.
    func choice<Value: RawRepresentable<String>>(_ name: String, of values: [Value]) throws(Problem) -> Value? {
        guard let text = try string(name) else { return nil }
        guard let value = values.first(where: { $0.rawValue == text }) else {
            let words = values.map(\.rawValue).joined(separator: ", ")
            throw .option(name, "\(excerpt(text)) is none of \(words)")
        }
        return value
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let field = field(name) else { return nil }
        var value: Int?
        switch field.value {
        case .integer(let number): value = number
        case .string(let text) where field.isText: value = Int(text)
        default: break
        }
        guard let value, range.contains(value) else {
            throw .option(name, "a whole number from \(range.lowerBound) to \(range.upperBound) is expected")
        }
        return value
    }

    /// A whole number from 0: in JSON up to 2^53 as a number, where readers of JSON agree, and any as a string.
    func seed(_ name: String) throws(Problem) -> UInt64? {
        guard let field = field(name) else { return nil }
        switch field.value {
        case .integer(let number) where (0...1 << 53).contains(number): return UInt64(number)
        case .string(let digits):
            if let value = UInt64(digits), digits.first != "+" { return value }
        default: break
        }
        throw .option(
            name, "a whole number from 0 to 2^53 is expected, or a string of digits up to \(UInt64.max)")
    }

    func flag(_ name: String) throws(Problem) -> Bool? {
        guard let field = field(name) else { return nil }
        switch field.value {
        case .bool(let value): return value
        case .string("true") where field.isText, .string("1") where field.isText: return true
        case .string("false") where field.isText, .string("0") where field.isText: return false
        default: throw .option(name, "true or false is expected")
        }
    }

    /// Words: a JSON array of strings, or text with commas, or a field given several times.
    ///
    /// - Parameter limit: how many at most.
    func list(_ name: String, limit: Int = 32) throws(Problem) -> [String]? {
        var words: [String]?
        for field in fields where field.name == name {
            switch field.value {
            case .string(let text) where field.isText:
                words = (words ?? []) + text.split(separator: ",").map { trimmed($0) }.filter { !$0.isEmpty }
            case .array(let elements):
                for element in elements {
                    guard case .string(let word) = element else {
                        throw .option(name, "strings are expected, not \(element.kind)")
                    }
                    words = (words ?? []) + [word]
                }
                words = words ?? []
            default: throw .option(name, "an array of strings is expected, not \(field.value.kind)")
            }
        }
        guard words?.count ?? 0 <= limit else { throw .option(name, "at most \(limit) are taken") }
        return words
    }

    /// A JSON object; text is none.
    func object(_ name: String) throws(Problem) -> JSON? {
        guard let field = field(name) else { return nil }
        guard case .object = field.value else { throw .option(name, "an object is expected, not \(field.value.kind)") }
        return field.value
    }

    private func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}

/// The beginning of a client's own words, quoted, to send back to it.
func excerpt(_ text: String) -> String { "'" + text.prefix(40) + (text.count > 40 ? "...'" : "'") }
