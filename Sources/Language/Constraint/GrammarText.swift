/// A text that is read scalar by scalar, with the place of each.
struct GrammarText {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var line = 1
    private var lineStart = 0

    init(_ text: String, most: Int) throws(GrammarError) {
        guard text.utf8.count <= most else { throw GrammarError(.tooLarge("bytes", limit: most)) }
        scalars = Array(text.unicodeScalars)
    }

    var position: GrammarError.Place { .text(line: line, column: index - lineStart + 1) }

    /// How many scalars were read.
    var offset: Int { index }

    /// What comes next; nil at the end.
    var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    /// What comes behind ``next``.
    var following: Unicode.Scalar? { index + 1 < scalars.count ? scalars[index + 1] : nil }

    mutating func advance() {
        if scalars[index] == "\n" {
            line += 1
            lineStart = index + 1
        }
        index += 1
    }

    /// Reads a word if it comes next.
    mutating func take(_ word: String) -> Bool {
        let wanted = word.unicodeScalars
        guard scalars[index...].starts(with: wanted) else { return false }
        for _ in wanted { advance() }
        return true
    }

    mutating func takeAny() throws(GrammarError) -> Unicode.Scalar {
        guard let scalar = next else { throw expected("a character") }
        advance()
        return scalar
    }

    /// A decimal number, if one comes next; one too large for the machine counts as the largest.
    mutating func number() -> Int? {
        var value: Int?
        while let digit = next, ("0"..."9").contains(digit) {
            let (product, overflow) = (value ?? 0).multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int(digit.value) - 0x30)
            value = overflow || carry || value == .max ? .max : sum
            advance()
        }
        return value
    }

    /// The scalar of a number of so many hexadecimal digits.
    mutating func hexadecimal(digits: Int) throws(GrammarError) -> Unicode.Scalar {
        let place = position
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = next, digit.isASCII, let number = Character(digit).hexDigitValue else {
                throw expected("\(digits) hexadecimal digits")
            }
            value = value << 4 | UInt32(number)
            advance()
        }
        guard let scalar = Unicode.Scalar(value) else {
            let got = "U+\(String(value, radix: 16, uppercase: true))"
            throw GrammarError(.expected("a Unicode scalar", got: got), at: place)
        }
        return scalar
    }

    func expected(_ what: String) -> GrammarError {
        GrammarError(.expected(what, got: next.map(Self.name(of:)) ?? "the end of the text"), at: position)
    }

    /// A scalar for a message.
    static func name(of scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": "the end of the line"
        case " "..."~": "\"\(scalar)\""
        default: "U+\(String(scalar.value, radix: 16, uppercase: true))"
        }
    }
}
