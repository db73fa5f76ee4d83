/// Ends a text where one of some strings comes up, though it comes in pieces.
///
/// Text that might begin such a string is held back until that is settled, so that no part of one is ever shown. How the text is
/// cut into pieces makes no difference.
package struct StopStrings: Sendable {
    private let stops: [[UInt8]]
    /// Bytes held back: a proper beginning of some stop string.
    private var held: [UInt8] = []

    /// The string that ended the text; nil while none has.
    package private(set) var matched: String?

    /// - Throws: ``LanguageError/option(name:expected:got:)`` for an empty string, more than 16, or one of over 1,024 bytes.
    package init(_ strings: [String]) throws(LanguageError) {
        guard strings.count <= 16 else {
            throw .option(name: "stop", expected: "at most 16 strings", got: "\(strings.count)")
        }
        for text in strings where text.isEmpty || text.utf8.count > 1024 {
            throw .option(name: "stop", expected: "strings of 1 to 1024 bytes", got: "\(text.utf8.count) bytes")
        }
        // Of those that end at the same place the longest, which began first.
        stops = strings.map { Array($0.utf8) }.sorted { $0.count > $1.count }
    }

    /// Takes the next piece of text and gives what may be shown; nothing any more once a string has matched.
    package mutating func add(_ text: String) -> String {
        guard matched == nil else { return "" }
        if stops.isEmpty { return text }
        var shown: [UInt8] = []
        for byte in text.utf8 {
            held.append(byte)
            if let stop = stops.first(where: { held.suffix($0.count).elementsEqual($0) }) {
                shown += held.dropLast(stop.count)
                held = []
                matched = String(decoding: stop, as: UTF8.self)
                break
            }
            let kept = longestBeginning()
            shown += held.dropLast(kept)
            held.removeFirst(held.count - kept)
        }
        return String(decoding: shown, as: UTF8.self)
    }

    /// What was held back, at the end of a text that no string ended.
    package mutating func finish() -> String {
        defer { held = [] }
        return String(decoding: held, as: UTF8.self)
    }

    /// How many of the last bytes begin a stop string.
    private func longestBeginning() -> Int {
        let longest = min(held.count, (stops.first?.count ?? 1) - 1)
        for count in stride(from: longest, to: 0, by: -1) {
            let end = held.suffix(count)
            if stops.contains(where: { $0.count > count && $0.prefix(count).elementsEqual(end) }) { return count }
        }
        return 0
    }
}
