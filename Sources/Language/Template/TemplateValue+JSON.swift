extension TemplateValue {
    /// The value of a JSON text (RFC 8259); dictionaries keep the order of their keys, of which none comes twice.
    ///
    /// - Throws: ``TemplateError`` `.syntax` or `.limit`, with line and column in bytes.
    package init(json text: [UInt8], limits: TemplateLimits = TemplateLimits()) throws(TemplateError) {
        var reader = JSONReader(text: text, limits: limits)
        self = try reader.document()
    }
}

/// Reads JSON byte by byte.
private struct JSONReader {
    private let text: [UInt8]
    private let limits: TemplateLimits
    private var place = 0

    init(text: [UInt8], limits: TemplateLimits) {
        self.text = text
        self.limits = limits
    }

    mutating func document() throws(TemplateError) -> TemplateValue {
        guard text.count <= limits.bytes else { throw error(.limit, "more than \(limits.bytes) bytes of JSON") }
        let value = try value(depth: 0)
        skipSpace()
        guard place == text.count else { throw error(.syntax, "text behind the JSON value") }
        return value
    }

    private func error(_ kind: TemplateError.Kind, _ reason: String) -> TemplateError {
        var position = TemplatePosition()
        for byte in text[..<min(place, text.count)] {
            position.column = byte == 0x0A ? 1 : position.column &+ 1
            if byte == 0x0A { position.line &+= 1 }
        }
        return position.error(kind, reason)
    }

    private var next: UInt8? { place < text.count ? text[place] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard next == byte else { return false }
        place += 1
        return true
    }

    private mutating func take(_ word: String) -> Bool {
        guard text[place...].starts(with: word.utf8) else { return false }
        place += word.utf8.count
        return true
    }

    private mutating func value(depth: Int) throws(TemplateError) -> TemplateValue {
        guard depth < limits.valueDepth else { throw error(.limit, "nested deeper than \(limits.valueDepth)") }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try dictionary(depth: depth)
        case UInt8(ascii: "["): return try list(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t") where take("true"): return .boolean(true)
        case UInt8(ascii: "f") where take("false"): return .boolean(false)
        case UInt8(ascii: "n") where take("null"): return .none
        default: return try number()
        }
    }

    private mutating func list(depth: Int) throws(TemplateError) -> TemplateValue {
        place += 1
        var elements: [TemplateValue] = []
        if take(UInt8(ascii: "]")) { return .list([]) }
        repeat { elements.append(try value(depth: depth + 1)) } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw error(.syntax, "\"]\" expected") }
        return .list(elements)
    }

    private mutating func dictionary(depth: Int) throws(TemplateError) -> TemplateValue {
        place += 1
        var dictionary = TemplateDictionary()
        if take(UInt8(ascii: "}")) { return .dictionary(dictionary) }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw error(.syntax, "a key expected") }
            let key = try string()
            guard dictionary[key] == nil else { throw error(.syntax, "the key \"\(key)\" comes twice") }
            guard take(UInt8(ascii: ":")) else { throw error(.syntax, "\":\" expected") }
            dictionary[.string(key)] = try value(depth: depth + 1)
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw error(.syntax, "\"}\" expected") }
        return .dictionary(dictionary)
    }

    private mutating func number() throws(TemplateError) -> TemplateValue {
        let start = place
        func isDigit(_ byte: UInt8?) -> Bool { byte.map { (0x30...0x39).contains($0) } ?? false }
        if next == UInt8(ascii: "-") { place += 1 }
        let first = place
        while isDigit(next) { place += 1 }
        guard place > first, place == first + 1 || text[first] != 0x30 else { throw error(.syntax, "a value expected") }
        var isWhole = true
        if next == UInt8(ascii: "."), place + 1 < text.count, isDigit(text[place + 1]) {
            isWhole = false
            place += 1
            while isDigit(next) { place += 1 }
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            isWhole = false
            place += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { place += 1 }
            guard isDigit(next) else { throw error(.syntax, "a digit expected") }
            while isDigit(next) { place += 1 }
        }
        let digits = String(decoding: text[start..<place], as: UTF8.self)
        if isWhole, let integer = Int(digits) { return .integer(integer) }
        guard let number = Double(digits), number.isFinite else {
            throw error(.syntax, "the number \(digits) is out of range")
        }
        return .number(number)
    }

    private mutating func string() throws(TemplateError) -> String {
        place += 1
        var bytes: [UInt8] = []
        while let byte = next, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw error(.syntax, "a control character in a string") }
            place += 1
            if byte == UInt8(ascii: "\\") { try escape(&bytes) } else { bytes.append(byte) }
        }
        guard next != nil else { throw error(.syntax, "a string that does not end") }
        place += 1
        guard let string = String(validating: bytes, as: UTF8.self) else {
            throw error(.syntax, "a string that is not UTF-8")
        }
        return string
    }

    private mutating func escape(_ bytes: inout [UInt8]) throws(TemplateError) {
        guard let letter = next else { throw error(.syntax, "a string that does not end") }
        place += 1
        switch letter {
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(letter)
        case UInt8(ascii: "u"):
            var value = try unit()
            if (0xD800...0xDBFF).contains(value), take("\\u") {
                let low = try unit()
                guard (0xDC00...0xDFFF).contains(low) else { throw error(.syntax, "half of a surrogate pair") }
                value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(value) else { throw error(.syntax, "half of a surrogate pair") }
            bytes += String(scalar).utf8
        default: throw error(.syntax, "an unknown escape")
        }
    }

    private mutating func unit() throws(TemplateError) -> UInt32 {
        let digits = text[place...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw error(.syntax, "four hexadecimal digits expected") }
        place += 4
        return value
    }
}
