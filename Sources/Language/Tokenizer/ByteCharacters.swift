/// GPT-2's one-to-one table between bytes and printable characters, in which byte-level vocabularies are written.
///
/// Bytes 0x21...0x7E, 0xA1...0xAC and 0xAE...0xFF stand for themselves as Latin-1; the others, in order, for U+0100 and on.
enum ByteCharacters {
    /// The byte of each character below U+0144; -1 for the characters in between that stand for none.
    private static let byteOf: [Int16] = {
        var table = [Int16](repeating: -1, count: 0x144)
        var next = 0x100
        for byte in 0...255 {
            if (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || (0xAE...0xFF).contains(byte) {
                table[byte] = Int16(byte)
            } else {
                table[next] = Int16(byte)
                next += 1
            }
        }
        return table
    }()

    /// Appends the bytes that a part of a text stands for; false, with some of them appended, if a character stands for none.
    static func append(_ text: Span<UInt8>, _ range: Range<Int>, to bytes: inout [UInt8]) -> Bool {
        let table = byteOf
        var place = range.lowerBound
        while place < range.upperBound {
            let first = text[place]
            var value = Int(first)
            place += 1
            if first >= 0x80 {
                // All characters of the table take at most two bytes.
                guard (0xC2...0xC5).contains(first), place < range.upperBound, text[place] & 0xC0 == 0x80 else {
                    return false
                }
                value = Int(first & 0x1F) << 6 | Int(text[place] & 0x3F)
                place += 1
            }
            guard value < table.count, table[value] >= 0 else { return false }
            bytes.append(UInt8(table[value]))
        }
        return true
    }
}
