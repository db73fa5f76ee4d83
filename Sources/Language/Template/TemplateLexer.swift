/// A template cut into text and tags, and the tags into tokens, as Jinja does with `trim_blocks` and `lstrip_blocks`.
///
/// Source: the Jinja documentation, "Template Designer Documentation", sections Whitespace Control and Line Statements; chat
/// templates are written for these two options.
struct TemplateLexer {
    enum Token: Equatable, Sendable {
        case name(String)
        case string(String)
        case integer(Int)
        case number(Double)
        case sign(String)
        /// The end of a tag.
        case end
    }

    /// A part of the template.
    enum Segment: Sendable {
        case text(String)
        /// `{{ }}`
        case output([(token: Token, position: TemplatePosition)])
        /// `{% %}`
        case block([(token: Token, position: TemplatePosition)])
    }

    private let source: [Unicode.Scalar]
    private var place = 0
    private var position = TemplatePosition()
    private var segments: [Segment] = []

    /// - Throws: `.syntax` for a tag, string or comment that does not end, or a sign that is none.
    static func segments(of source: String) throws(TemplateError) -> [Segment] {
        var lexer = TemplateLexer(source)
        try lexer.run()
        return lexer.segments
    }

    private init(_ text: String) {
        var source: [Unicode.Scalar] = []
        source.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            // Line ends are all "\n"; the last one of the template is dropped.
            if scalar == "\n", source.last == "\r" { source.removeLast() }
            source.append(scalar)
        }
        source = source.map { $0 == "\r" ? "\n" : $0 }
        if source.last == "\n" { source.removeLast() }
        self.source = source
    }

    // MARK: Steps

    private mutating func advance(_ count: Int = 1) {
        for _ in 0..<count where place < source.count {
            if source[place] == "\n" {
                position.line += 1
                position.column = 1
            } else {
                position.column += 1
            }
            place += 1
        }
    }

    private func matches(_ text: String, at place: Int) -> Bool {
        var place = place
        for scalar in text.unicodeScalars {
            guard place < source.count, source[place] == scalar else { return false }
            place += 1
        }
        return true
    }

    private mutating func skipSpace() { while place < source.count, isSpace(source[place]) { advance() } }

    private func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar.isTemplateSpace }

    // MARK: Segments

    private mutating func run() throws(TemplateError) {
        // Whether what stands at `place` begins a line, though no "\n" is before it in the text at hand.
        var startsLine = true
        while place < source.count {
            let start = place
            while place < source.count, !isTag(place) { advance() }
            guard place < source.count else {
                add(String(String.UnicodeScalarView(source[start...])))
                return
            }
            let kind = source[place + 1]
            add(stripped(start..<place, kind, startsLine))
            startsLine = try tag(kind)
        }
    }

    private func isTag(_ place: Int) -> Bool {
        guard source[place] == "{", place + 1 < source.count else { return false }
        return source[place + 1] == "{" || source[place + 1] == "%" || source[place + 1] == "#"
    }

    private mutating func add(_ text: String) { if !text.isEmpty { segments.append(.text(text)) } }

    /// The text before a tag, without what the tag takes of it.
    private func stripped(_ range: Range<Int>, _ kind: Unicode.Scalar, _ startsLine: Bool) -> String {
        var end = range.upperBound
        let sign = range.upperBound + 2 < source.count ? source[range.upperBound + 2] : " "
        if sign == "-" {
            while end > range.lowerBound, isSpace(source[end - 1]) { end -= 1 }
        } else if sign != "+", kind != "{" {
            var line = end
            while line > range.lowerBound, source[line - 1] != "\n", isSpace(source[line - 1]) { line -= 1 }
            let begins = line > range.lowerBound ? source[line - 1] == "\n" : startsLine
            if begins { end = line }
        }
        return String(String.UnicodeScalarView(source[range.lowerBound..<end]))
    }

    /// Reads the tag at `place`; whether its end took a line's end.
    private mutating func tag(_ kind: Unicode.Scalar) throws(TemplateError) -> Bool {
        let start = position
        advance(2)
        if kind == "#" {
            while place < source.count, !matches("#}", at: place) { advance() }
            guard place < source.count else { throw start.error(.syntax, "a comment that does not end") }
            let sign = source[place - 1]
            advance(2)
            return after(sign)
        }
        if place < source.count, source[place] == "-" || source[place] == "+" && kind == "%" { advance() }
        if kind == "%", let isRaw = try raw(start) { return isRaw }
        let (tokens, sign) = try tokens(closing: kind == "%" ? "%" : "}", start)
        if kind == "%" {
            segments.append(.block(tokens))
            return after(sign)
        }
        segments.append(.output(tokens))
        if sign == "-" { skipSpace() }
        return place > 0 && source[place - 1] == "\n"
    }

    /// Skips what a block's or comment's end takes of the text behind; whether that ends with a line's end.
    private mutating func after(_ sign: Unicode.Scalar) -> Bool {
        if sign == "-" {
            skipSpace()
        } else if sign != "+", place < source.count, source[place] == "\n" {
            advance()
        }
        return place > 0 && source[place - 1] == "\n"
    }

    /// `{% raw %}...{% endraw %}`; nil if another tag is here.
    private mutating func raw(_ start: TemplatePosition) throws(TemplateError) -> Bool? {
        var end = place
        while end < source.count, isSpace(source[end]) { end += 1 }
        guard matches("raw", at: end) else { return nil }
        end += 3
        while end < source.count, isSpace(source[end]) { end += 1 }
        let trims = matches("-%}", at: end)
        guard trims || matches("%}", at: end) else { return nil }
        advance(end + (trims ? 3 : 2) - place)
        if trims { skipSpace() }
        let begin = place
        while place < source.count {
            if matches("{%", at: place) {
                var name = place + 2
                if name < source.count, source[name] == "-" || source[name] == "+" { name += 1 }
                while name < source.count, isSpace(source[name]) { name += 1 }
                if matches("endraw", at: name) {
                    name += 6
                    while name < source.count, isSpace(source[name]) { name += 1 }
                    let sign = name < source.count ? source[name] : " "
                    let close = sign == "-" || sign == "+" ? name + 1 : name
                    if matches("%}", at: close) {
                        add(stripped(begin..<place, "%", false))
                        advance(close + 2 - place)
                        return after(sign)
                    }
                }
            }
            advance()
        }
        throw start.error(.syntax, "a raw block that does not end")
    }

    // MARK: Tokens

    private mutating func tokens(
        closing: Unicode.Scalar, _ start: TemplatePosition
    ) throws(TemplateError) -> ([(token: Token, position: TemplatePosition)], sign: Unicode.Scalar) {
        var tokens: [(token: Token, position: TemplatePosition)] = []
        var open: [Unicode.Scalar] = []
        while true {
            skipSpace()
            guard place < source.count else { throw start.error(.syntax, "a tag that does not end") }
            let here = position
            let next = place + 1 < source.count ? source[place + 1] : " "
            if open.isEmpty {
                let signed = source[place] == "-" || source[place] == "+" && closing == "%"
                let first = signed ? place + 1 : place
                if first + 1 < source.count, source[first] == closing, source[first + 1] == "}" {
                    let sign = signed ? source[place] : " "
                    advance(signed ? 3 : 2)
                    tokens.append((.end, here))
                    return (tokens, sign)
                }
            }
            let scalar = source[place]
            if scalar == "\"" || scalar == "'" {
                tokens.append((.string(try string(here)), here))
            } else if scalar.isTemplateDigit {
                tokens.append((try number(here), here))
            } else if scalar == "_" || scalar.properties.isXIDStart {
                tokens.append((.name(name()), here))
            } else {
                tokens.append((.sign(try sign(scalar, next, &open, here)), here))
            }
        }
    }

    private mutating func sign(
        _ scalar: Unicode.Scalar, _ next: Unicode.Scalar, _ open: inout [Unicode.Scalar], _ here: TemplatePosition
    ) throws(TemplateError) -> String {
        let pair = String(String.UnicodeScalarView([scalar, next]))
        if ["==", "!=", ">=", "<=", "//", "**"].contains(pair) {
            advance(2)
            return pair
        }
        guard "+-*/%~[](){}<>=.:|,".unicodeScalars.contains(scalar) else {
            throw here.error(.syntax, "\"\(scalar)\" has no meaning here")
        }
        switch scalar {
        case "(", "[", "{": open.append(scalar == "(" ? ")" : scalar == "[" ? "]" : "}")
        case ")", "]", "}":
            guard open.popLast() == scalar else { throw here.error(.syntax, "\"\(scalar)\" closes nothing") }
        default: break
        }
        advance()
        return String(scalar)
    }

    private mutating func name() -> String {
        let start = place
        while place < source.count, source[place] == "_" || source[place].properties.isXIDContinue { advance() }
        return String(String.UnicodeScalarView(source[start..<place]))
    }

    private mutating func number(_ here: TemplatePosition) throws(TemplateError) -> Token {
        let start = place
        func isDigit(_ place: Int) -> Bool {
            place < source.count && (source[place].isTemplateDigit || source[place] == "_")
        }
        while isDigit(place) { advance() }
        var isWhole = true
        if place + 1 < source.count, source[place] == ".", source[place + 1].isTemplateDigit {
            isWhole = false
            advance()
            while isDigit(place) { advance() }
        }
        if place + 1 < source.count, source[place] == "e" || source[place] == "E" {
            let signed = source[place + 1] == "+" || source[place + 1] == "-"
            if isDigit(place + (signed ? 2 : 1)) {
                isWhole = false
                advance(signed ? 2 : 1)
                while isDigit(place) { advance() }
            }
        }
        let text = String(String.UnicodeScalarView(source[start..<place].filter { $0 != "_" }))
        if isWhole, let value = Int(text) { return .integer(value) }
        if !isWhole, let value = Double(text), value.isFinite { return .number(value) }
        throw here.error(.syntax, "the number \(text) is out of range")
    }

    private mutating func string(_ here: TemplatePosition) throws(TemplateError) -> String {
        let quote = source[place]
        advance()
        var text = String.UnicodeScalarView()
        while place < source.count, source[place] != quote {
            if source[place] == "\\", place + 1 < source.count {
                try escape(&text)
            } else {
                text.append(source[place])
                advance()
            }
        }
        guard place < source.count else { throw here.error(.syntax, "a string that does not end") }
        advance()
        return String(text)
    }

    /// One `\` and what it stands for, as in a Python string.
    private mutating func escape(_ text: inout String.UnicodeScalarView) throws(TemplateError) {
        let here = position
        let letter = source[place + 1]
        let plain: [Unicode.Scalar: Unicode.Scalar] = [
            "n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", "\"": "\"", "a": "\u{7}", "b": "\u{8}",
            "f": "\u{C}", "v": "\u{B}",
        ]
        if let scalar = plain[letter] {
            text.append(scalar)
            advance(2)
        } else if letter == "\n" {
            advance(2)
        } else if letter == "x" || letter == "u" || letter == "U" {
            let count = letter == "x" ? 2 : letter == "u" ? 4 : 8
            let digits = source[(place + 2)...].prefix(count).map { Character($0) }
            guard digits.count == count, let value = UInt32(String(digits), radix: 16),
                digits.allSatisfy(\.isHexDigit), let scalar = Unicode.Scalar(value)
            else { throw here.error(.syntax, "\\\(letter) needs \(count) hexadecimal digits that name a character") }
            text.append(scalar)
            advance(2 + count)
        } else if ("0"..."7").contains(letter) {
            var value: UInt32 = 0
            var count = 0
            while count < 3, place + 1 + count < source.count, ("0"..."7").contains(source[place + 1 + count]) {
                value = value * 8 + source[place + 1 + count].value - 0x30
                count += 1
            }
            text.append(Unicode.Scalar(value) ?? "\u{FFFD}")
            advance(1 + count)
        } else {
            text.append("\\")
            text.append(letter)
            advance(2)
        }
    }
}

extension Unicode.Scalar {
    /// White space as Python strips it.
    var isTemplateSpace: Bool { properties.isWhitespace || (0x1C...0x1F).contains(value) }

    var isTemplateDigit: Bool { (0x30...0x39).contains(value) }
}
