/// Classes of Unicode scalars that pre-tokenizers tell apart, as bits; none for controls, unassigned and private scalars.
struct ScalarClass: OptionSet, Sendable {
    let rawValue: UInt8

    /// General categories Lu and Lt.
    static let upper = ScalarClass(rawValue: 1)
    /// Ll.
    static let lower = ScalarClass(rawValue: 2)
    /// Lm and Lo.
    static let caseless = ScalarClass(rawValue: 4)
    /// M.
    static let mark = ScalarClass(rawValue: 8)
    /// N.
    static let number = ScalarClass(rawValue: 16)
    /// P.
    static let punctuation = ScalarClass(rawValue: 32)
    /// S.
    static let symbol = ScalarClass(rawValue: 64)
    /// The property White_Space.
    static let space = ScalarClass(rawValue: 128)

    /// L.
    static let letter: ScalarClass = [.upper, .lower, .caseless]

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The class of one scalar, by the Unicode version of Swift's standard library.
    init(_ scalar: Unicode.Scalar) {
        if scalar.properties.isWhitespace {
            self = .space
            return
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .titlecaseLetter: self = .upper
        case .lowercaseLetter: self = .lower
        case .modifierLetter, .otherLetter: self = .caseless
        case .nonspacingMark, .spacingMark, .enclosingMark: self = .mark
        case .decimalNumber, .letterNumber, .otherNumber: self = .number
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            self = .punctuation
        case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: self = .symbol
        default: self = []
        }
    }
}

/// The class of every scalar in two levels: pages of 256, equal ones kept once.
struct ScalarClassTable: Sendable {
    /// Made at first use, in some milliseconds.
    static let shared = ScalarClassTable()

    /// For each page of scalars, where its classes begin in ``classes``; the first page lies at 0.
    private let pages: [Int32]
    private let classes: [UInt8]

    private init() {
        var classes: [UInt8] = []
        var starts: [[UInt8]: Int32] = [:]
        pages = (0..<0x1100).map { page in
            // Planes 4 to 13 are unassigned, 15 and 16 private: no class.
            let scalars: [UInt8] =
                page >= 0x400 && page != 0xE00 && page != 0xE01
                ? [UInt8](repeating: 0, count: 256)
                : (0..<256).map { low in
                    Unicode.Scalar(UInt32(page << 8 | low)).map { ScalarClass($0).rawValue } ?? 0
                }
            if let start = starts[scalars] { return start }
            let start = Int32(classes.count)
            starts[scalars] = start
            classes += scalars
            return start
        }
        self.classes = classes
    }

    /// The class of the scalar that begins at `place` of UTF-8 text.
    @inline(__always)
    func scalarClass(_ text: Span<UInt8>, _ place: Int) -> ScalarClass {
        let byte = text[place]
        return ScalarClass(rawValue: byte < 0x80 ? classes[Int(byte)] : wide(UTF8Text.value(text, place)))
    }

    private func wide(_ value: UInt32) -> UInt8 { classes[Int(pages[Int(value >> 8)]) + Int(value & 0xFF)] }

    /// One past the run of scalars from `place` whose class is among `set`, or, where `among` is false, is not.
    @inline(__always)
    func run(_ text: Span<UInt8>, of set: ScalarClass, among: Bool = true, from place: Int, to end: Int) -> Int {
        var place = place
        while place < end {
            let byte = text[place]
            let scalarClass = byte < 0x80 ? classes[Int(byte)] : wide(UTF8Text.value(text, place))
            guard (scalarClass & set.rawValue != 0) == among else { break }
            place += UTF8Text.width(byte)
        }
        return place
    }
}

/// Steps through text that is known to be UTF-8.
enum UTF8Text {
    /// How many bytes the scalar takes that begins with this byte.
    @inline(__always)
    static func width(_ byte: UInt8) -> Int { byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4 }

    /// The scalar that begins at `place`.
    @inline(__always)
    static func value(_ text: Span<UInt8>, _ place: Int) -> UInt32 {
        let first = UInt32(text[place])
        func low(_ offset: Int) -> UInt32 { UInt32(text[place + offset] & 0x3F) }
        if first < 0xC0 { return first }
        if first < 0xE0 { return (first & 0x1F) << 6 | low(1) }
        if first < 0xF0 { return (first & 0x0F) << 12 | low(1) << 6 | low(2) }
        return min((first & 0x07) << 18 | low(1) << 12 | low(2) << 6 | low(3), 0x10FFFF)
    }

    /// Where the scalar begins that ends right before `place`.
    @inline(__always)
    static func before(_ text: Span<UInt8>, _ place: Int) -> Int {
        var start = place - 1
        while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
        return start
    }
}
