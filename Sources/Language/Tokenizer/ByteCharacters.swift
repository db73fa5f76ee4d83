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

    /// The bytes that a token's text stands for, or nil if a character of it stands for none.
    static func bytes(of text: some Sequence<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var iterator = text.makeIterator()
        while let first = iterator.next() {
            var value = Int(first)
            if first >= 0x80 {
                // All characters of the table take at most two bytes.
                guard (0xC2...0xC5).contains(first), let second = iterator.next(), second & 0xC0 == 0x80 else {
                    return nil
                }
                value = Int(first & 0x1F) << 6 | Int(second & 0x3F)
            }
            guard value < byteOf.count, byteOf[value] >= 0 else { return nil }
            bytes.append(UInt8(byteOf[value]))
        }
        return bytes
    }
}
