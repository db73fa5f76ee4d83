/// Why bytes are no JSON document.
package struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    package let reason: String
    /// Bytes from the start of the document.
    package let offset: Int

    package var description: String { "\(reason) at byte \(offset)" }
}

extension JSON {
    /// Reads one document in UTF-8.
    ///
    /// - Throws: where it is malformed, followed by anything but blanks, or nested more than 32 deep.
    package init(parsing bytes: [UInt8]) throws(JSONError) {
        var parser = JSONParser(bytes)
        self = try parser.document()
    }
}

/// A recursive-descent reader of RFC 8259 over bytes in memory, with a limited depth.
private struct JSONParser {
    static let maximumDepth = 32

    let bytes: [UInt8]
    var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(JSONError) -> JSON {
        let value = try value(depth: 0)
        skipBlanks()
        guard offset == bytes.count else { throw fail("unexpected text after the document") }
        return value
    }

    private func fail(_ reason: String) -> JSONError { JSONError(reason: reason, offset: offset) }

    private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSON {
        skipBlanks()
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"): return try number()
        case let byte? where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte): return try number()
        case nil: throw fail("the document ends early")
        default: throw fail("unexpected character")
        }
    }

    private mutating func word(_ word: String, _ value: JSON) throws(JSONError) -> JSON {
        guard bytes[offset...].starts(with: word.utf8) else { throw fail("unexpected word") }
        offset += word.utf8.count
        return value
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSON {
        guard depth < Self.maximumDepth else { throw fail("nested more than \(Self.maximumDepth) deep") }
        offset += 1
        var members: [JSON.Member] = []
        skipBlanks()
        if take("}") { return .object(members) }
        repeat {
            skipBlanks()
            guard next == UInt8(ascii: "\"") else { throw fail("a member's name expected") }
            let name = try string()
            skipBlanks()
            guard take(":") else { throw fail("':' expected") }
            members.append(JSON.Member(name, try value(depth: depth + 1)))
            skipBlanks()
        } while take(",")
        guard take("}") else { throw fail("',' or '}' expected") }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSON {
        guard depth < Self.maximumDepth else { throw fail("nested more than \(Self.maximumDepth) deep") }
        offset += 1
        var elements: [JSON] = []
        skipBlanks()
        if take("]") { return .array(elements) }
        repeat {
            elements.append(try value(depth: depth + 1))
            skipBlanks()
        } while take(",")
        guard take("]") else { throw fail("',' or ']' expected") }
        return .array(elements)
    }

    private mutating func number() throws(JSONError) -> JSON {
        let start = offset
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
        }
        return .number(String(decoding: bytes[start..<offset], as: UTF8.self))
    }

    private mutating func digits() throws(JSONError) {
        let start = offset
        while let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { offset += 1 }
        guard offset > start else { throw fail("a digit expected") }
    }

    /// The string whose opening quote is next. Stretches without an escape are taken in one piece: a photo in
    /// base64 is a single stretch of megabytes.
    private mutating func string() throws(JSONError) -> String {
        offset += 1
        var text = ""
        while true {
            let start = offset
            while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { offset += 1 }
            guard let piece = String(validating: bytes[start..<offset], as: UTF8.self) else {
                throw JSONError(reason: "a string that is not UTF-8", offset: start)
            }
            text += piece
            switch next {
            case UInt8(ascii: "\""):
                offset += 1
                return text
            case UInt8(ascii: "\\"): text.unicodeScalars.append(try escape())
            case nil: throw fail("a string without an end")
            default: throw fail("a control character in a string")
            }
        }
    }

    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        offset += 1
        guard let letter = next else { throw fail("a string without an end") }
        offset += 1
        switch letter {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default:
            offset -= 1
            throw fail("an unknown escape")
        }
    }

    /// `XXXX`, or `XXXX\uXXXX` for a character outside the basic plane.
    private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let high = try hexadecimal()
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard (0xD800...0xDBFF).contains(high), take("\\"), take("u") else { throw fail("half of a surrogate pair") }
        let low = try hexadecimal()
        guard (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
        else { throw fail("half of a surrogate pair") }
        return scalar
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw fail("four hexadecimal digits expected")
            }
            value = value << 4 | UInt32(digit)
            offset += 1
        }
        return value
    }
}
