/// Text of users inside a template's text: control tokens that they write out, `<|end|>`, must stay text.
///
/// U+FDD0, which Unicode keeps free for a program's own use, goes before each. The template carries it along, and encoding
/// takes it out again.
private enum Guard {
    /// UTF-8 of U+FDD0.
    static let bytes: [UInt8] = [0xEF, 0xB7, 0x90]
}

extension Tokenizer {
    /// A text to be written into a template, marked so that ``encode(template:)`` finds no control token in it.
    package func guarded(_ text: String) -> String {
        // A mark that was there before would be taken out as ours.
        let source = Self.unmarked(Array(text.utf8)[...])
        var result: [UInt8] = []
        var start = 0
        while let literal = special.next(in: source.span, from: start) {
            let place = literal.range.lowerBound
            result += source[start..<place]
            if isControl(literal.token) { result += Guard.bytes }
            // Another may begin inside this one.
            result.append(source[place])
            start = place + 1
        }
        return String(decoding: result + source[start...], as: UTF8.self)
    }

    /// The tokens of what a template made of texts from ``guarded(_:)``: control tokens that the template writes become
    /// tokens, those of the texts stay text.
    ///
    /// - Parameter addBOS: whether ``bos`` comes first where the model is used to it and the template did not write it.
    package func encode(template text: String, addBOS: Bool = true) -> [Token] {
        let marked = Array(text.utf8)
        var clean: [UInt8] = []
        var literals: [(range: Range<Int>, token: Token)] = []
        var (start, search) = (0, 0)
        while let literal = special.next(in: marked.span, from: search) {
            let place = literal.range.lowerBound
            search = place + 1
            guard
                !isControl(literal.token) || !marked[start..<place].suffix(Guard.bytes.count).elementsEqual(Guard.bytes)
            else { continue }
            clean += Self.unmarked(marked[start..<place])
            literals.append((clean.count..<clean.count + literal.range.count, literal.token))
            clean += marked[literal.range]
            start = literal.range.upperBound
            search = start
        }
        clean += Self.unmarked(marked[start...])
        var tokens: [Token] = []
        if addBOS, addsBOS, let bos, literals.first.map({ $0.token == bos && $0.range.lowerBound == 0 }) != true {
            tokens.append(bos)
        }
        var next = 0
        encode(clean.span, into: &tokens) { _, place in
            while next < literals.count, literals[next].range.lowerBound < place { next += 1 }
            return next < literals.count ? literals[next] : nil
        }
        return tokens
    }

    private static func unmarked(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var rest = bytes
        while let byte = rest.first {
            if byte == Guard.bytes[0], rest.starts(with: Guard.bytes) {
                rest.removeFirst(Guard.bytes.count)
            } else {
                result.append(byte)
                rest.removeFirst()
            }
        }
        return result
    }

    /// All tokens whose text has one of some bytes in it.
    package func tokens(containingAnyOf bytes: Set<UInt8>) -> Set<Token> {
        Set((0..<count).filter { token in !isControl(token) && self.bytes(of: token).contains(where: bytes.contains) })
    }
}
