/// One pattern of a ``PreTokenizer``. The regular expression that each stands for is beside it.
enum PreTokenizerRule: Sendable {
    /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)`
    case gpt2
    case words(Words)
    /// Words cut where a small letter is followed by a capital one; A is `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`, B is
    /// `[\p{Ll}\p{Lm}\p{Lo}\p{M}]`, contractions are optional: `[^\r\n\p{L}\p{N}]?A*B+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|`
    /// `[^\r\n\p{L}\p{N}]?A+B*(...)?|\p{N}{1,digits}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`
    case casedWords(digits: Int, contractions: Bool)
    /// `[!-/:-@\[-`{-~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
    case symbolWords
    /// `\p{N}{1,atMost}`
    case digits(atMost: Int)
    /// `[0-9][0-9][0-9]`
    case threeASCIIDigits
    /// `[\p{P}\$\+<=>\^~\|]+`, with a backtick for some
    case symbols(backtick: Bool)
    /// `[\r\n]`
    case newline
    /// `\s+$`
    case endSpace
    /// `\s?X+`, X being a set
    case spaced(ScalarSet)
    /// `[一-龥ࠀ-一가-퟿]+`
    case eastAsian
    /// `[一-龥぀-ゟ゠-ヿ]+`
    case hanAndKana
    /// ` ?[^(\s|.,!?…。，、।۔،)]+`
    case unpunctuated

    /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,digits}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
    struct Words: Sendable {
        var digits: Int
        /// `\p{M}` stands with `\p{L}` in words and is not among what words exclude.
        var marksAreLetters = false
        /// Whether `[\r\n]*` follows symbols.
        var newlinesFollow = true
    }

    enum ScalarSet: Sendable {
        case letters, punctuation, deepSeekLetters, deepSeekSymbols
    }

    /// What a scan from one place found.
    struct Found {
        /// One past the match; without one, the next place where a match could begin.
        let end: Int
        let isMatch: Bool

        static func match(_ end: Int) -> Found { Found(end: end, isMatch: true) }
        static func none(next: Int) -> Found { Found(end: next, isMatch: false) }
    }

    /// Tries to match at `place`, which lies before the text's end.
    func scan(_ text: Span<UInt8>, at place: Int, _ scan: PreTokenizerScanner) -> Found {
        let match: Int? =
            switch self {
            case .gpt2: scan.gpt2(text, place)
            case .words(let words): scan.words(text, place, words)
            case .casedWords(let digits, let contractions): scan.casedWords(text, place, digits, contractions)
            case .symbolWords: scan.symbolWords(text, place)
            case .digits(let most): scan.digits(text, place, most)
            case .threeASCIIDigits: scan.threeASCIIDigits(text, place)
            case .symbols(let backtick): scan.run(text, place) { scan.isSymbol(text, $0, backtick) }
            case .newline: scan.isNewline(text, place) ? place + 1 : nil
            case .endSpace: nil
            case .spaced(let set): scan.spaced(text, place, set)
            case .eastAsian: scan.run(text, place, among: PreTokenizerScanner.eastAsian)
            case .hanAndKana: scan.run(text, place, among: PreTokenizerScanner.hanAndKana)
            case .unpunctuated: scan.unpunctuated(text, place)
            }
        if let match { return .match(match) }
        if case .endSpace = self {
            // A run that does not reach the end holds no match anywhere.
            let stop = scan.classes.run(text, of: .space, from: place, to: text.count)
            return stop == text.count ? .match(stop) : .none(next: max(stop, place + UTF8Text.width(text[place])))
        }
        return .none(next: place + UTF8Text.width(text[place]))
    }
}
