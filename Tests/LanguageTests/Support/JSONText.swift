/// JSON as RFC 8259 writes it, read plainly and strictly: what the engine's own reader is not trusted for.
enum JSONText: Equatable {
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)
    case array([JSONText])
    /// Of keys that come twice, the last.
    case object([String: JSONText])

    /// Nil for what is no JSON.
    init?(_ text: String) {
        var rest = Array(text.unicodeScalars)[...]
        guard let value = Self.value(&rest) else { return nil }
        Self.skip(&rest)
        guard rest.isEmpty else { return nil }
        self = value
    }

    private typealias Rest = ArraySlice<Unicode.Scalar>

    private static func skip(_ rest: inout Rest) { rest = rest.drop { " \n\r\t".unicodeScalars.contains($0) } }

    private static func take(_ word: String, _ rest: inout Rest) -> Bool {
        guard rest.starts(with: word.unicodeScalars) else { return false }
        rest = rest.dropFirst(word.unicodeScalars.count)
        return true
    }

    private static func value(_ rest: inout Rest) -> JSONText? {
        skip(&rest)
        if take("null", &rest) { return .null }
        if take("true", &rest) { return .boolean(true) }
        if take("false", &rest) { return .boolean(false) }
        if take("\"", &rest) { return string(&rest).map(JSONText.string) }
        if take("[", &rest) {
            let elements = list(&rest, "]") { rest in value(&rest) }
            return elements.map(JSONText.array)
        }
        if take("{", &rest) {
            let members = list(&rest, "}") { rest -> (String, JSONText)? in
                skip(&rest)
                guard take("\"", &rest), let key = string(&rest) else { return nil }
                skip(&rest)
                guard take(":", &rest), let value = value(&rest) else { return nil }
                return (key, value)
            }
            return members.map { .object(Dictionary($0) { _, last in last }) }
        }
        return number(&rest)
    }

    private static func list<Part>(_ rest: inout Rest, _ close: String, _ part: (inout Rest) -> Part?) -> [Part]? {
        var parts: [Part] = []
        skip(&rest)
        if take(close, &rest) { return parts }
        repeat {
            guard let next = part(&rest) else { return nil }
            parts.append(next)
            skip(&rest)
        } while take(",", &rest)
        return take(close, &rest) ? parts : nil
    }

    private static func number(_ rest: inout Rest) -> JSONText? {
        let start = rest
        func digits() -> Int {
            let count = rest.prefix { ("0"..."9").contains($0) }.count
            rest = rest.dropFirst(count)
            return count
        }
        _ = take("-", &rest)
        let leadsWithZero = rest.first == "0"
        let count = digits()
        guard count == 1 || (count > 1 && !leadsWithZero) else { return nil }
        if take(".", &rest), digits() == 0 { return nil }
        if take("e", &rest) || take("E", &rest) {
            _ = take("+", &rest) || take("-", &rest)
            if digits() == 0 { return nil }
        }
        let text = String(String.UnicodeScalarView(start[..<rest.startIndex]))
        return Double(text).flatMap { $0.isFinite ? .number($0) : nil }
    }

    private static func string(_ rest: inout Rest) -> String? {
        var text = String.UnicodeScalarView()
        while let next = rest.popFirst() {
            if next == "\"" { return String(text) }
            guard next.value >= 0x20 else { return nil }
            guard next == "\\" else {
                text.append(next)
                continue
            }
            guard let scalar = escape(&rest) else { return nil }
            text.append(scalar)
        }
        return nil
    }

    private static func escape(_ rest: inout Rest) -> Unicode.Scalar? {
        guard let letter = rest.popFirst() else { return nil }
        let short: [Unicode.Scalar: Unicode.Scalar] = [
            "\"": "\"", "\\": "\\", "/": "/", "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t",
        ]
        guard letter == "u" else { return short[letter] }
        func unit() -> UInt32? {
            let text = String(String.UnicodeScalarView(rest.prefix(4)))
            rest = rest.dropFirst(4)
            return text.utf8.count == 4 && text.allSatisfy(\.isHexDigit) ? UInt32(text, radix: 16) : nil
        }
        guard let first = unit() else { return nil }
        guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) }
        guard take("\\u", &rest), let second = unit(), (0xDC00..<0xE000).contains(second) else { return nil }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }
}
