/// A text as Unicode scalars with the property that pre-tokenizers ask for.
struct ScalarText {
    /// Coarse classes of scalars: Unicode's general categories L, N and P, white space, and the rest.
    enum Kind: UInt8 {
        case letter, number, punctuation, space, other
    }

    /// Scalar values.
    private(set) var values: [UInt32] = []
    private(set) var kinds: [Kind] = []
    /// Where each scalar begins, in UTF-8 bytes, and one past the last.
    private(set) var offsets: [Int32] = [0]

    var count: Int { values.count }

    init(_ text: some StringProtocol) {
        let length = text.utf8.count
        values.reserveCapacity(length)
        kinds.reserveCapacity(length)
        offsets.reserveCapacity(length + 1)
        var offset: Int32 = 0
        for scalar in text.unicodeScalars {
            values.append(scalar.value)
            kinds.append(Self.kind(of: scalar))
            offset += Int32(UTF8.width(scalar))
            offsets.append(offset)
        }
    }

    private static let ascii: [Kind] = (0..<128).map { classify(Unicode.Scalar(UInt8($0))) }

    static func kind(of scalar: Unicode.Scalar) -> Kind {
        scalar.value < 128 ? ascii[Int(scalar.value)] : classify(scalar)
    }

    private static func classify(_ scalar: Unicode.Scalar) -> Kind {
        if scalar.properties.isWhitespace { return .space }
        return switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: .letter
        case .decimalNumber, .letterNumber, .otherNumber: .number
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            .punctuation
        default: .other
        }
    }

    /// One past the run of scalars from `place` that satisfy `predicate`.
    func run(from place: Int, to end: Int, while predicate: (Int) -> Bool) -> Int {
        var place = place
        while place < end, predicate(place) { place += 1 }
        return place
    }

    func run(of kind: Kind, from place: Int, to end: Int) -> Int { run(from: place, to: end) { kinds[$0] == kind } }

    func isNewline(_ place: Int) -> Bool { values[place] == 0x0A || values[place] == 0x0D }
}
