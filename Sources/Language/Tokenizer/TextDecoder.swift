/// Turns tokens, one after the other, into text that never ends inside a character.
///
/// Bytes of an unfinished UTF-8 sequence wait for the token that finishes it; bytes that cannot be UTF-8 become U+FFFD.
package struct TextDecoder {
    private let tokenizer: Tokenizer
    private let renderControl: Bool
    private var waiting: [UInt8] = []

    init(tokenizer: Tokenizer, renderControl: Bool) {
        self.tokenizer = tokenizer
        self.renderControl = renderControl
    }

    /// The characters that are whole with this token; control tokens give nothing unless they are to be shown.
    package mutating func add(_ token: Token) -> String {
        if !renderControl && tokenizer.isControl(token) { return "" }
        waiting += tokenizer.bytes(of: token)
        let whole = waiting.count - Self.unfinished(waiting)
        guard whole > 0 else { return "" }
        defer { waiting.removeFirst(whole) }
        return String(decoding: waiting[..<whole], as: UTF8.self)
    }

    /// What still waits; U+FFFD for a character that never came whole.
    package mutating func finish() -> String {
        defer { waiting.removeAll() }
        return String(decoding: waiting, as: UTF8.self)
    }

    /// How many bytes at the end begin a character that more bytes could finish: 0 to 3.
    private static func unfinished(_ bytes: [UInt8]) -> Int {
        for back in 1...3 where back <= bytes.count {
            let byte = bytes[bytes.count - back]
            switch byte {
            case 0x80...0xBF: continue
            case 0xC2...0xDF: return back < 2 ? back : 0
            case 0xE0...0xEF: return back < 3 ? back : 0
            case 0xF0...0xF4: return back < 4 ? back : 0
            default: return 0
            }
        }
        return 0
    }
}
