extension JSON {
    /// The value as one line of text.
    package var text: String {
        var text = ""
        write(to: &text, indent: nil)
        return text
    }

    /// The value with one member a line, for people.
    package var prettyText: String {
        var text = ""
        write(to: &text, indent: 0)
        return text
    }

    /// - Parameter indent: how deep the value lies; nil for no line breaks.
    private func write(to text: inout String, indent: Int?) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .number(let digits): text += digits
        case .string(let value): JSON.quote(value, to: &text)
        case .array(let elements):
            JSON.list(elements, between: ("[", "]"), to: &text, indent: indent) { element, text, indent in
                element.write(to: &text, indent: indent)
            }
        case .object(let members):
            JSON.list(members, between: ("{", "}"), to: &text, indent: indent) { member, text, indent in
                JSON.quote(member.name, to: &text)
                text += indent == nil ? ":" : ": "
                member.value.write(to: &text, indent: indent)
            }
        }
    }

    private static func list<Element>(
        _ elements: [Element], between marks: (String, String), to text: inout String, indent: Int?,
        write: (Element, inout String, Int?) -> Void
    ) {
        text += marks.0
        for (index, element) in elements.enumerated() {
            if index > 0 { text += "," }
            if let indent { text += "\n" + String(repeating: "  ", count: indent + 1) }
            write(element, &text, indent.map { $0 + 1 })
        }
        if let indent, !elements.isEmpty { text += "\n" + String(repeating: "  ", count: indent) }
        text += marks.1
    }

    /// Also escapes what would end a line for some readers (U+2028 and U+2029), so that one event stays one line.
    private static func quote(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F || (0x2028...0x2029).contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
