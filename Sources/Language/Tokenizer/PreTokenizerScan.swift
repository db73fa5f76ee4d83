/// The scanners behind ``PreTokenizerRule``: each returns one past its match at a place of a text, or nil.
///
/// A class, so that handing it on costs nothing.
final class PreTokenizerScanner: Sendable {
    static let shared = PreTokenizerScanner()

    let classes = ScalarClassTable.shared
    /// The kind of each byte.
    let byteKinds = (0...UInt8.max).map(ByteKinds.init(byte:))

    private init() {}

    // MARK: Parts of rules

    @inline(__always)
    func isNewline(_ text: Span<UInt8>, _ place: Int) -> Bool { text[place] == 0x0A || text[place] == 0x0D }

    /// A run's end, or nil where it is empty.
    @inline(__always)
    private func some(_ stop: Int, _ start: Int) -> Int? { stop > start ? stop : nil }

    /// One past the scalar that begins at `place`.
    @inline(__always)
    private func after(_ text: Span<UInt8>, _ place: Int) -> Int { place + UTF8Text.width(text[place]) }

    @inline(__always)
    func run(_ text: Span<UInt8>, _ place: Int, while predicate: (Int) -> Bool) -> Int? {
        var stop = place
        while stop < text.count, predicate(stop) { stop = after(text, stop) }
        return some(stop, place)
    }

    func run(_ text: Span<UInt8>, _ place: Int, among ranges: [ClosedRange<UInt32>]) -> Int? {
        run(text, place) { Self.contains(ranges, UTF8Text.value(text, $0)) }
    }

    private static func contains(_ ranges: [ClosedRange<UInt32>], _ value: UInt32) -> Bool {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < value { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].lowerBound <= value
    }

    /// One past `'s`, `'re` and the like at `place`, or nil.
    private func contraction(_ text: Span<UInt8>, _ place: Int, anyCase: Bool) -> Int? {
        guard place + 1 < text.count, text[place] == 0x27 else { return nil }
        func letter(_ place: Int) -> UInt8 {
            let byte = text[place]
            return anyCase && (0x41...0x5A).contains(byte) ? byte + 0x20 : byte
        }
        let first = letter(place + 1)
        switch first {
        case 0x73, 0x74, 0x6D, 0x64: return place + 2  // s t m d
        case 0x72, 0x76, 0x6C:  // re ve ll
            guard place + 2 < text.count else { return nil }
            return letter(place + 2) == (first == 0x6C ? 0x6C : 0x65) ? place + 3 : nil
        default: return nil
        }
    }

    /// `\s+(?!\S)`: the white space from `place`, without its last scalar if something follows; nil if nothing is left.
    private func trailingSpace(_ text: Span<UInt8>, _ place: Int) -> Int? {
        let stop = classes.run(text, of: .space, from: place, to: text.count)
        guard stop < text.count, stop > place else { return some(stop, place) }
        return some(UTF8Text.before(text, stop), place)
    }

    /// `\s*[\r\n]+|\s+(?!\S)|\s+`
    private func space(_ text: Span<UInt8>, _ place: Int) -> Int? {
        let stop = classes.run(text, of: .space, from: place, to: text.count)
        guard stop > place else { return nil }
        var newline = stop - 1
        while newline >= place, !isNewline(text, newline) { newline -= 1 }
        if newline >= place { return newline + 1 }
        guard stop < text.count else { return stop }
        return some(UTF8Text.before(text, stop), place) ?? stop
    }

    private func newlines(_ text: Span<UInt8>, _ place: Int, slash: Bool = false) -> Int {
        var stop = place
        while stop < text.count, isNewline(text, stop) || slash && text[stop] == 0x2F { stop += 1 }
        return stop
    }

    /// `\p{N}{1,most}`
    func digits(_ text: Span<UInt8>, _ place: Int, _ most: Int) -> Int? {
        var (stop, count) = (place, 0)
        while count < most, stop < text.count, classes.scalarClass(text, stop) == .number {
            stop = after(text, stop)
            count += 1
        }
        return some(stop, place)
    }

    // MARK: Rules

    func gpt2(_ text: Span<UInt8>, _ place: Int) -> Int? {
        if let match = contraction(text, place, anyCase: false) { return match }
        let first = text[place] == 0x20 ? place + 1 : place
        guard first < text.count else { return trailingSpace(text, place) }
        let kind = classes.scalarClass(text, first)
        if !kind.isDisjoint(with: .letter) { return classes.run(text, of: .letter, from: first, to: text.count) }
        if kind == .number { return classes.run(text, of: .number, from: first, to: text.count) }
        if kind == .space { return trailingSpace(text, place) }
        return classes.run(text, of: [.letter, .number, .space], among: false, from: first, to: text.count)
    }

    func words(_ text: Span<UInt8>, _ place: Int, _ rule: PreTokenizerRule.Words) -> Int? {
        if let match = contraction(text, place, anyCase: true) { return match }
        let letters: ScalarClass = rule.marksAreLetters ? [.letter, .mark] : .letter
        let kind = classes.scalarClass(text, place)
        if !kind.isDisjoint(with: letters) { return classes.run(text, of: letters, from: place, to: text.count) }
        if kind == .number { return digits(text, place, rule.digits) }
        if !isNewline(text, place) {
            let next = after(text, place)
            if next < text.count, !classes.scalarClass(text, next).isDisjoint(with: letters) {
                return classes.run(text, of: letters, from: next, to: text.count)
            }
        }
        let first = text[place] == 0x20 ? place + 1 : place
        let stop = classes.run(text, of: letters.union([.number, .space]), among: false, from: first, to: text.count)
        if stop > first { return rule.newlinesFollow ? newlines(text, stop) : stop }
        return space(text, place)
    }

    func casedWords(_ text: Span<UInt8>, _ place: Int, _ most: Int, _ contractions: Bool) -> Int? {
        let kind = classes.scalarClass(text, place)
        if kind == .number { return digits(text, place, most) }
        if let stop = casedWord(text, place, kind) {
            return contractions ? contraction(text, stop, anyCase: true) ?? stop : stop
        }
        let first = text[place] == 0x20 ? place + 1 : place
        let stop = classes.run(text, of: [.letter, .number, .space], among: false, from: first, to: text.count)
        return stop > first ? newlines(text, stop, slash: true) : space(text, place)
    }

    private func casedWord(_ text: Span<UInt8>, _ place: Int, _ kind: ScalarClass) -> Int? {
        let isLetter = !kind.isDisjoint(with: .letter)
        let prefixed = isLetter || isNewline(text, place) ? nil : after(text, place)
        // As the expression would: each branch first with something before the word, then without.
        let starts = [prefixed, isLetter || kind == .mark ? place : nil]
        let large: ScalarClass = [.upper, .caseless, .mark]
        let small: ScalarClass = [.lower, .caseless, .mark]
        for case let start? in starts {
            let stop = classes.run(text, of: large, from: start, to: text.count)
            if stop < text.count, classes.scalarClass(text, stop) == .lower {
                return classes.run(text, of: small, from: stop, to: text.count)
            }
            // Back to the last one that may stand for a small letter.
            var last = stop
            while last > start {
                let before = UTF8Text.before(text, last)
                if !classes.scalarClass(text, before).isDisjoint(with: small) { return last }
                last = before
            }
        }
        for case let start? in starts {
            let stop = classes.run(text, of: large, from: start, to: text.count)
            if stop > start { return classes.run(text, of: small, from: stop, to: text.count) }
        }
        return nil
    }

    func symbolWords(_ text: Span<UInt8>, _ place: Int) -> Int? {
        func isASCIILetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
        let kind = classes.scalarClass(text, place)
        let isSign = !kind.isDisjoint(with: [.punctuation, .symbol])
        if isSign, text[place] < 0x80, place + 1 < text.count, isASCIILetter(text[place + 1]) {
            var stop = place + 1
            while stop < text.count, isASCIILetter(text[stop]) { stop += 1 }
            return stop
        }
        let letters: ScalarClass = [.letter, .mark]
        if !kind.isDisjoint(with: letters) { return classes.run(text, of: letters, from: place, to: text.count) }
        if !isSign, !isNewline(text, place) {
            let next = after(text, place)
            if next < text.count, !classes.scalarClass(text, next).isDisjoint(with: letters) {
                return classes.run(text, of: letters, from: next, to: text.count)
            }
        }
        let first = text[place] == 0x20 ? place + 1 : place
        let stop = classes.run(text, of: [.punctuation, .symbol], from: first, to: text.count)
        return stop > first ? newlines(text, stop) : space(text, place)
    }

    func threeASCIIDigits(_ text: Span<UInt8>, _ place: Int) -> Int? {
        guard text.count - place >= 3 else { return nil }
        for digit in place..<place + 3 where !(0x30...0x39).contains(text[digit]) { return nil }
        return place + 3
    }

    func isSymbol(_ text: Span<UInt8>, _ place: Int, _ backtick: Bool) -> Bool {
        switch text[place] {
        case 0x24, 0x2B, 0x3C, 0x3D, 0x3E, 0x5E, 0x7E, 0x7C: true
        case 0x60: backtick
        default: classes.scalarClass(text, place) == .punctuation
        }
    }

    func spaced(_ text: Span<UInt8>, _ place: Int, _ set: PreTokenizerRule.ScalarSet) -> Int? {
        let first = classes.scalarClass(text, place) == .space ? after(text, place) : place
        switch set {
        case .letters: return some(classes.run(text, of: .letter, from: first, to: text.count), first)
        case .punctuation: return some(classes.run(text, of: .punctuation, from: first, to: text.count), first)
        case .deepSeekLetters: return run(text, first, among: Self.deepSeekLetters)
        case .deepSeekSymbols:
            // U+3000 is both white space and in the set.
            return run(text, first, among: Self.deepSeekSymbols) ?? run(text, place, among: Self.deepSeekSymbols)
        }
    }

    func unpunctuated(_ text: Span<UInt8>, _ place: Int) -> Int? {
        func isOut(_ place: Int) -> Bool {
            switch UTF8Text.value(text, place) {
            case 0x28, 0x7C, 0x2E, 0x2C, 0x21, 0x3F, 0x29, 0x2026, 0x3002, 0xFF0C, 0x3001, 0x0964, 0x06D4, 0x060C: true
            default: classes.scalarClass(text, place) == .space
            }
        }
        return run(text, text[place] == 0x20 ? place + 1 : place) { !isOut($0) }
    }

    // MARK: Sets that models publish as ranges

    static let eastAsian: [ClosedRange<UInt32>] = [0x0800...0x9FA5, 0xAC00...0xD7FF]
    static let hanAndKana: [ClosedRange<UInt32>] = [0x3040...0x30FF, 0x4E00...0x9FA5]
    static let deepSeekSymbols: [ClosedRange<UInt32>] = [
        0x21...0x2F, 0x3A...0x7E, 0x2018...0x201F, 0x3000...0x3002, 0xFF01...0xFF0F, 0xFF1A...0xFF5E,
    ]
    /// Letters that have a case, as of the Unicode version that the model's authors used, without Armenian and Georgian small ones.
    static let deepSeekLetters: [ClosedRange<UInt32>] = [
        0x0041...0x005A, 0x0061...0x007A, 0x00B5...0x00B5, 0x00C0...0x00D6, 0x00D8...0x00F6, 0x00F8...0x01BA,
        0x01BC...0x01BF, 0x01C4...0x0293, 0x0295...0x02AF, 0x0370...0x0373, 0x0376...0x0376, 0x0377...0x0377,
        0x037B...0x037D, 0x037F...0x037F, 0x0386...0x0386, 0x0388...0x038A, 0x038C...0x038C, 0x038E...0x03A1,
        0x03A3...0x03F5, 0x03F7...0x0481, 0x048A...0x052F, 0x0531...0x0556, 0x10A0...0x10C5, 0x13A0...0x13F5,
        0x13F8...0x13FD, 0x1C90...0x1CBA, 0x1CBD...0x1CBF, 0x1D00...0x1D2B, 0x1D6B...0x1D77, 0x1D79...0x1D9A,
        0x1E00...0x1F15, 0x1F18...0x1F1D, 0x1F20...0x1F45, 0x1F48...0x1F4D, 0x1F50...0x1F57, 0x1F59...0x1F59,
        0x1F5B...0x1F5B, 0x1F5D...0x1F5D, 0x1F5F...0x1F7D, 0x1F80...0x1FB4, 0x1FB6...0x1FBC, 0x1FBE...0x1FBE,
        0x1FC2...0x1FC4, 0x1FC6...0x1FCC, 0x1FD0...0x1FD3, 0x1FD6...0x1FDB, 0x1FE0...0x1FEC, 0x1FF2...0x1FF4,
        0x1FF6...0x1FFC, 0x2102...0x2102, 0x2107...0x2107, 0x210A...0x2113, 0x2115...0x2115, 0x2119...0x211D,
        0x2124...0x2124, 0x2126...0x2126, 0x2128...0x2128, 0x212A...0x212D, 0x212F...0x2134, 0x2139...0x2139,
        0x213C...0x213F, 0x2145...0x2149, 0x214E...0x214E, 0x2183...0x2183, 0x2184...0x2184, 0x2C00...0x2C7B,
        0x2C7E...0x2CE4, 0x2CEB...0x2CEE, 0x2CF2...0x2CF2, 0x2CF3...0x2CF3, 0xA640...0xA66D, 0xA680...0xA69B,
        0xA722...0xA76F, 0xA771...0xA787, 0xA78B...0xA78E, 0xAB70...0xABBF, 0xFB00...0xFB06, 0xFB13...0xFB17,
        0xFF21...0xFF3A, 0xFF41...0xFF5A, 0x10400...0x1044F, 0x104B0...0x104D3, 0x104D8...0x104FB,
        0x10C80...0x10CB2, 0x10CC0...0x10CF2, 0x118A0...0x118DF, 0x1E900...0x1E943,
    ]
}
