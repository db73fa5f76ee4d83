/// Kinds of bytes of UTF-8, told apart as far as ``PreTokenizerRule``s need.
struct ByteKinds: OptionSet {
    let rawValue: UInt8

    /// `[A-Za-z]`
    static let letter = ByteKinds(rawValue: 1)
    /// `[0-9]`
    static let digit = ByteKinds(rawValue: 2)
    /// `[\r\n]`
    static let newline = ByteKinds(rawValue: 4)
    /// What is left of ASCII.
    static let otherASCII = ByteKinds(rawValue: 8)
    /// Parts of scalars that are not ASCII.
    static let wide = ByteKinds(rawValue: 16)
    static let all: ByteKinds = [.letter, .digit, .newline, .otherASCII, .wide]

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(byte: UInt8) {
        self =
            switch byte {
            case 0x41...0x5A, 0x61...0x7A: .letter
            case 0x30...0x39: .digit
            case 0x0A, 0x0D: .newline
            case 0x80...: .wide
            default: .otherASCII
            }
    }

    /// The kinds that occur in a part of a text.
    ///
    /// - Parameter table: the kind of each byte.
    static func of(_ text: Span<UInt8>, _ range: Range<Int>, _ table: Span<ByteKinds>) -> ByteKinds {
        var kinds: ByteKinds = []
        for place in range { kinds.formUnion(table[Int(text[place])]) }
        return kinds
    }
}

extension PreTokenizerRule {
    /// Where none of these occurs, the rule matches nothing.
    var needs: ByteKinds {
        switch self {
        case .newline: .newline
        case .threeASCIIDigits: .digit
        case .digits: [.digit, .wide]
        case .eastAsian, .hanAndKana: .wide
        case .symbols, .spaced(.punctuation): [.otherASCII, .wide]
        case .spaced(.letters), .spaced(.deepSeekLetters): [.letter, .wide]
        case .spaced(.deepSeekSymbols): [.letter, .otherASCII, .wide]
        case .endSpace: [.newline, .otherASCII, .wide]
        case .gpt2, .words, .casedWords, .symbolWords, .unpunctuated: .all
        }
    }

    /// No match begins with any other.
    var starts: ByteKinds {
        switch self {
        case .spaced: needs.union([.newline, .otherASCII])
        default: needs
        }
    }
}
