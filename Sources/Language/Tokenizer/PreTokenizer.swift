/// Cuts a text into the pieces that byte-level BPE merges within: `tokenizer.ggml.pre`.
///
/// Each kind is a list of rules; a rule is a pattern, published with the model as a regular expression, here a scanner written
/// by hand. The first rule cuts the text into what it matches and what lies between; the next cuts each of these pieces, and
/// so on.
package struct PreTokenizer: Sendable {
    package let name: String
    private let rules: [Rule]

    /// Whether a piece that is a token of the vocabulary is that token, whatever merges would give.
    var keepsWholeWords: Bool { Self.llama3Names.contains(name) }

    /// Whether models with this pre-tokenizer begin a text with a token for it, unless their file says otherwise.
    var addsBOS: Bool { Self.llama3Names.contains(name) }

    private static let llama3Names = ["llama-bpe", "llama3", "llama-v3"]

    /// The pre-tokenizer of a name, or nil for one not known here.
    package init?(name: String) {
        guard let rules = Self.table[name] else { return nil }
        self.name = name
        self.rules = rules
    }

    /// The names known here.
    package static var known: [String] { table.keys.sorted() }

    private static let table: [String: [Rule]] = {
        let llama3: [Rule] = [.words(digits: 3)]
        let qwen2: [Rule] = [.words(digits: 1)]
        let singleDigits: [Rule] = [.digits(atMost: 1), .gpt2]
        return [
            "default": [.symbols(backtick: false), .gpt2, .digits(atMost: .max), .threeASCIIDigits],
            "gpt-2": [.gpt2], "gpt2": [.gpt2], "phi-2": [.gpt2], "mpt": [.gpt2], "olmo": [.gpt2], "jina-en": [.gpt2],
            "llama-bpe": llama3, "llama3": llama3, "llama-v3": llama3, "dbrx": llama3, "smaug-bpe": llama3,
            "qwen2": qwen2, "stablelm2": qwen2, "hunyuan": qwen2, "deepseek-r1-qwen": qwen2,
            "smollm": singleDigits, "starcoder": singleDigits, "refact": singleDigits, "command-r": singleDigits,
            "codeshell": singleDigits, "exaone": singleDigits,
            "falcon": [.symbols(backtick: true), .gpt2, .threeASCIIDigits],
            "deepseek-coder": [
                .newline, .spaced(.letter), .spaced(.punctuation), .eastAsian, .digits(atMost: 1),
            ],
        ]
    }()

    /// The pieces of a text, which joined are the text.
    package func pieces(of text: String) -> [String] {
        let scalars = Array(text.unicodeScalars)
        var start = 0
        return pieceEnds(of: ScalarText(text)).map { end in
            defer { start = end }
            return String(String.UnicodeScalarView(scalars[start..<end]))
        }
    }

    /// The ends of the pieces of a text, in scalars, ascending; the last is the text's end.
    func pieceEnds(of text: ScalarText) -> [Int] {
        var ends = text.count > 0 ? [text.count] : []
        for rule in rules {
            var finer: [Int] = []
            finer.reserveCapacity(text.count / 4 + ends.count)
            var start = 0
            for end in ends {
                cut(text, start..<end, by: rule, into: &finer)
                start = end
            }
            ends = finer
        }
        return ends
    }

    private func cut(_ text: ScalarText, _ piece: Range<Int>, by rule: Rule, into ends: inout [Int]) {
        var place = piece.lowerBound
        var matched = place
        while place < piece.upperBound {
            guard let end = rule.match(text, at: place, to: piece.upperBound) else {
                place += 1
                continue
            }
            if matched < place { ends.append(place) }
            ends.append(end)
            place = end
            matched = end
        }
        if matched < piece.upperBound { ends.append(piece.upperBound) }
    }
}

extension PreTokenizer {
    /// One pattern. The regular expression that each stands for is beside it.
    fileprivate enum Rule {
        /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)`
        case gpt2
        /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,digits}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
        case words(digits: Int)
        /// `\p{N}{1,atMost}`
        case digits(atMost: Int)
        /// `[0-9][0-9][0-9]`
        case threeASCIIDigits
        /// `[\p{P}\$\+<=>\^~\|]+`, with a backtick for some
        case symbols(backtick: Bool)
        /// `[\r\n]`
        case newline
        /// `\s?\p{L}+` and the like
        case spaced(ScalarText.Kind)
        /// `[一-龥ࠀ-一가-퟿]+`
        case eastAsian

        /// One past the match that begins at `place`, or nil.
        func match(_ text: ScalarText, at place: Int, to end: Int) -> Int? {
            switch self {
            case .gpt2: return gpt2(text, place, end)
            case .words(let digits): return words(text, place, end, digits)
            case .digits(let most):
                let stop = most < end - place ? place + most : end
                return some(text.run(of: .number, from: place, to: stop), place)
            case .threeASCIIDigits:
                guard end - place >= 3, (place..<place + 3).allSatisfy({ (0x30...0x39).contains(text.values[$0]) })
                else { return nil }
                return place + 3
            case .symbols(let backtick):
                return some(text.run(from: place, to: end) { isSymbol(text, $0, backtick) }, place)
            case .newline: return text.isNewline(place) ? place + 1 : nil
            case .spaced(let kind):
                let first = text.kinds[place] == .space ? place + 1 : place
                return some(text.run(of: kind, from: first, to: end), first)
            case .eastAsian:
                return some(
                    text.run(from: place, to: end) {
                        let value = text.values[$0]
                        return (0x4E00...0x9FA5).contains(value) || (0x0800...0x4E00).contains(value)
                            || (0xAC00...0xD7FF).contains(value)
                    }, place)
            }
        }

        /// A run's end, or nil where it is empty.
        private func some(_ end: Int, _ start: Int) -> Int? { end > start ? end : nil }

        private func isSymbol(_ text: ScalarText, _ place: Int, _ backtick: Bool) -> Bool {
            if text.kinds[place] == .punctuation { return true }
            return switch text.values[place] {
            case 0x24, 0x2B, 0x3C, 0x3D, 0x3E, 0x5E, 0x7E, 0x7C: true
            case 0x60: backtick
            default: false
            }
        }

        /// One past `'s`, `'re` and the like at `place`, or nil.
        private func contraction(_ text: ScalarText, _ place: Int, _ end: Int, anyCase: Bool) -> Int? {
            guard text.values[place] == 0x27, place + 1 < end else { return nil }
            func letter(_ index: Int) -> UInt32 {
                let value = text.values[index]
                return anyCase && (0x41...0x5A).contains(value) ? value + 0x20 : value
            }
            let first = letter(place + 1)
            switch first {
            case 0x73, 0x74, 0x6D, 0x64: return place + 2  // s t m d
            case 0x72, 0x76, 0x6C:  // re ve ll
                guard place + 2 < end else { return nil }
                let second = letter(place + 2)
                return second == (first == 0x6C ? 0x6C : 0x65) ? place + 3 : nil
            default: return nil
            }
        }

        private func isOther(_ text: ScalarText, _ place: Int) -> Bool {
            text.kinds[place] == .other || text.kinds[place] == .punctuation
        }

        /// `\s+(?!\S)`: the white space from `place`, without its last scalar if something follows; nil if nothing is left.
        private func trailingSpace(_ text: ScalarText, _ place: Int, _ end: Int) -> Int? {
            let stop = text.run(of: .space, from: place, to: end)
            return some(stop < end ? stop - 1 : stop, place)
        }

        private func gpt2(_ text: ScalarText, _ place: Int, _ end: Int) -> Int? {
            if let match = contraction(text, place, end, anyCase: false) { return match }
            let first = text.values[place] == 0x20 ? place + 1 : place
            if first < end {
                switch text.kinds[first] {
                case .letter: return text.run(of: .letter, from: first, to: end)
                case .number: return text.run(of: .number, from: first, to: end)
                case .punctuation, .other: return text.run(from: first, to: end) { isOther(text, $0) }
                case .space: break
                }
            }
            return trailingSpace(text, place, end)
        }

        private func words(_ text: ScalarText, _ place: Int, _ end: Int, _ digits: Int) -> Int? {
            if let match = contraction(text, place, end, anyCase: true) { return match }
            let kind = text.kinds[place]
            if kind == .letter { return text.run(of: .letter, from: place, to: end) }
            if kind == .number {
                return text.run(of: .number, from: place, to: min(end, place + digits))
            }
            if !text.isNewline(place), place + 1 < end, text.kinds[place + 1] == .letter {
                return text.run(of: .letter, from: place + 1, to: end)
            }
            let first = text.values[place] == 0x20 ? place + 1 : place
            if first < end, isOther(text, first) {
                let stop = text.run(from: first, to: end) { isOther(text, $0) }
                return text.run(from: stop, to: end) { text.isNewline($0) }
            }
            let stop = text.run(of: .space, from: place, to: end)
            if let newline = (place..<stop).last(where: { text.isNewline($0) }) { return newline + 1 }
            return trailingSpace(text, place, end) ?? some(stop, place)
        }
    }
}
