/// Values as text, and text as Python's methods treat it.
enum TemplateText {
    // MARK: Written out

    /// What `str` gives.
    static func string(of value: TemplateValue) -> String {
        switch value {
        case .string(let text): text
        case .undefined: ""
        default: representation(of: value)
        }
    }

    /// What `repr` gives: as it stands inside a list that is written out.
    private static func representation(of value: TemplateValue) -> String {
        switch value {
        case .undefined: return "Undefined"
        case .none: return "None"
        case .boolean(let value): return value ? "True" : "False"
        case .integer(let value): return "\(value)"
        case .number(let value): return number(value, infinity: "inf", nan: "nan")
        case .string(let text): return quoted(text)
        case .list(let list):
            let parts = list.elements.map(representation).joined(separator: ", ")
            guard list.isTuple else { return "[" + parts + "]" }
            return "(" + parts + (list.elements.count == 1 ? ",)" : ")")
        case .dictionary(let dictionary):
            return "{"
                + dictionary.pairs.map { representation(of: $0.key) + ": " + representation(of: $0.value) }.joined(
                    separator: ", ") + "}"
        case .object(let object): return "<\(object.typeName)>"
        }
    }

    private static func number(_ value: Double, infinity: String, nan: String) -> String {
        if value.isNaN { return nan }
        if value.isInfinite { return value < 0 ? "-" + infinity : infinity }
        return "\(value)"
    }

    private static func quoted(_ text: String) -> String {
        let quote: Unicode.Scalar =
            text.unicodeScalars.contains("'") && !text.unicodeScalars.contains("\"") ? "\"" : "'"
        var result = String.UnicodeScalarView([quote])
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n".unicodeScalars
            case "\r": result += "\\r".unicodeScalars
            case "\t": result += "\\t".unicodeScalars
            case "\\": result += "\\\\".unicodeScalars
            case quote: result += ["\\", quote]
            default:
                if isPrintable(scalar) {
                    result.append(scalar)
                } else {
                    let (letter, width) =
                        scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
                    result += ("\\" + letter + hexadecimal(scalar.value, width)).unicodeScalars
                }
            }
        }
        result.append(quote)
        return String(result)
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7F { return scalar.value >= 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            return false
        default: return true
        }
    }

    private static func hexadecimal(_ value: UInt32, _ width: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    // MARK: JSON

    /// How `tojson` writes.
    struct JSONStyle {
        /// Spaces a level, on lines of their own; nil for one line.
        var indent: String?
        var escapesNonASCII = false
        var sortsKeys = false
        var itemSeparator = ", "
        var keySeparator = ": "
    }

    /// JSON as Python's `json.dumps` writes it; nil for a value that JSON has not.
    static func json(_ value: TemplateValue, _ style: JSONStyle, level: Int = 0) -> String? {
        switch value {
        case .none: return "null"
        case .boolean(let value): return value ? "true" : "false"
        case .integer(let value): return "\(value)"
        case .number(let value): return number(value, infinity: "Infinity", nan: "NaN")
        case .string(let text): return json(text, style)
        case .undefined, .object: return nil
        case .list(let list):
            var parts: [String] = []
            for element in list.elements {
                guard let part = json(element, style, level: level + 1) else { return nil }
                parts.append(part)
            }
            return enclosed("[", parts, "]", style, level)
        case .dictionary(let dictionary):
            var pairs: [(key: String, value: TemplateValue)] = []
            for pair in dictionary.pairs {
                guard let key = key(pair.key) else { return nil }
                pairs.append((key, pair.value))
            }
            if style.sortsKeys { pairs.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } }
            var parts: [String] = []
            for pair in pairs {
                guard let part = json(pair.value, style, level: level + 1) else { return nil }
                parts.append(json(pair.key, style) + style.keySeparator + part)
            }
            return enclosed("{", parts, "}", style, level)
        }
    }

    private static func key(_ value: TemplateValue) -> String? {
        if case .string(let text) = value { return text }
        return json(value, JSONStyle())
    }

    private static func enclosed(
        _ open: String, _ parts: [String], _ close: String, _ style: JSONStyle, _ level: Int
    ) -> String {
        guard let indent = style.indent, !parts.isEmpty else {
            return open + parts.joined(separator: style.itemSeparator) + close
        }
        let line = "\n" + String(repeating: indent, count: level + 1)
        return open + line + parts.joined(separator: style.itemSeparator + line) + "\n"
            + String(repeating: indent, count: level) + close
    }

    private static func json(_ text: String, _ style: JSONStyle) -> String {
        var result = String.UnicodeScalarView(["\""])
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\"".unicodeScalars
            case "\\": result += "\\\\".unicodeScalars
            case "\n": result += "\\n".unicodeScalars
            case "\r": result += "\\r".unicodeScalars
            case "\t": result += "\\t".unicodeScalars
            case "\u{8}": result += "\\b".unicodeScalars
            case "\u{C}": result += "\\f".unicodeScalars
            default:
                if scalar.value < 0x20 || style.escapesNonASCII && scalar.value > 0x7E {
                    for unit in Character(scalar).utf16 {
                        result += ("\\u" + hexadecimal(UInt32(unit), 4)).unicodeScalars
                    }
                } else {
                    result.append(scalar)
                }
            }
        }
        result.append("\"")
        return String(result)
    }

    // MARK: Methods of strings

    /// Where `wanted` begins in `text`, from `start` on; an empty one is everywhere.
    static func find(_ wanted: [UInt8], in text: [UInt8], from start: Int) -> Int? {
        guard let first = wanted.first else { return start <= text.count ? start : nil }
        var place = start
        while place + wanted.count <= text.count {
            guard text[place] == first else {
                place += 1
                continue
            }
            var length = 1
            while length < wanted.count, text[place + length] == wanted[length] { length += 1 }
            if length == wanted.count { return place }
            place += 1
        }
        return nil
    }

    /// Without characters at its ends: white space, or those of `characters`.
    static func stripped(_ text: String, _ characters: String?, left: Bool = true, right: Bool = true) -> String {
        let set = characters.map { Set($0.unicodeScalars) }
        func isOut(_ scalar: Unicode.Scalar) -> Bool { set?.contains(scalar) ?? scalar.isTemplateSpace }
        var scalars = text.unicodeScalars[...]
        if left { scalars = scalars.drop(while: isOut) }
        if right { while let last = scalars.last, isOut(last) { scalars.removeLast() } }
        return String(scalars)
    }

    /// Parts between separators, `most` of which are cut at, from the left or right end.
    static func split(_ text: String, at separator: String, most: Int, fromRight: Bool = false) -> [String] {
        let (bytes, wanted) = (Array(text.utf8), Array(separator.utf8))
        var places: [Int] = []
        var start = 0
        while let place = find(wanted, in: bytes, from: start) {
            places.append(place)
            start = place + wanted.count
        }
        if most >= 0, places.count > most { places = fromRight ? places.suffix(most) : Array(places.prefix(most)) }
        var parts: [String] = []
        start = 0
        for place in places {
            parts.append(String(decoding: bytes[start..<place], as: UTF8.self))
            start = place + wanted.count
        }
        parts.append(String(decoding: bytes[start...], as: UTF8.self))
        return parts
    }

    /// Words between runs of white space.
    static func words(_ text: String, most: Int) -> [String] {
        var parts: [String] = []
        var rest = text.unicodeScalars.drop(while: \.isTemplateSpace)
        while !rest.isEmpty {
            if most >= 0, parts.count == most {
                parts.append(stripped(String(rest), nil, left: false))
                break
            }
            parts.append(String(rest.prefix { !$0.isTemplateSpace }))
            rest = rest.drop { !$0.isTemplateSpace }.drop(while: \.isTemplateSpace)
        }
        return parts
    }

    /// Lines without their ends.
    static func lines(_ text: String) -> [String] {
        var lines: [String] = []
        var line = String.UnicodeScalarView()
        var last: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            defer { last = scalar }
            if scalar == "\n", last == "\r" { continue }
            switch scalar.value {
            case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029:
                lines.append(String(line))
                line = String.UnicodeScalarView()
            default: line.append(scalar)
            }
        }
        if !line.isEmpty { lines.append(String(line)) }
        return lines
    }

    /// With `old` replaced by `new`, `most` times where that is not negative.
    static func replaced(_ text: String, _ old: String, _ new: String, most: Int) -> String {
        guard !old.isEmpty else {
            var result = ""
            var count = 0
            for scalar in text.unicodeScalars {
                if most < 0 || count < most { result += new }
                count += 1
                result.unicodeScalars.append(scalar)
            }
            return most < 0 || count < most ? result + new : result
        }
        return split(text, at: old, most: most).joined(separator: new)
    }

    static func upper(_ text: String) -> String { String(mapped(text) { $0.properties.uppercaseMapping }) }

    static func lower(_ text: String) -> String { text.lowercased() }

    private static func mapped(_ text: String, _ map: (Unicode.Scalar) -> String) -> String {
        var result = ""
        for scalar in text.unicodeScalars { result += map(scalar) }
        return result
    }

    static func capitalized(_ text: String) -> String {
        guard let first = text.unicodeScalars.first else { return "" }
        return first.properties.titlecaseMapping + lower(String(text.unicodeScalars.dropFirst()))
    }

    /// Words with a capital first letter; `isInside` says what goes on with a word.
    static func titled(_ text: String, isInside: (Unicode.Scalar) -> Bool) -> String {
        var inside = false
        return mapped(text) { scalar in
            defer { inside = isInside(scalar) }
            return inside ? scalar.properties.lowercaseMapping : scalar.properties.titlecaseMapping
        }
    }
}
