/// Reads big-endian numbers of a file's header; every read is checked.
struct BigEndianReader {
    let bytes: [UInt8]
    /// Where the next read begins.
    private(set) var offset: Int

    /// - Parameter offset: 0 to `bytes.count`.
    init(_ bytes: [UInt8], at offset: Int) {
        self.bytes = bytes
        self.offset = offset
    }

    var left: Int { bytes.count - offset }

    /// The next byte, or nil at the end.
    mutating func byte() -> UInt8? {
        guard left >= 1 else { return nil }
        defer { offset += 1 }
        return bytes[offset]
    }

    /// The next two bytes as a number.
    mutating func short() -> Int? {
        guard left >= 2 else { return nil }
        defer { offset += 2 }
        return Int(bytes[offset]) << 8 | Int(bytes[offset + 1])
    }

    /// The next four bytes as a number.
    mutating func long() -> Int? {
        guard let high = short(), let low = short() else { return nil }
        return high << 16 | low
    }

    /// Passes over `count` bytes, or gives nil where there are fewer.
    mutating func skip(_ count: Int) -> Void? {
        guard count >= 0, count <= left else { return nil }
        offset += count
        return ()
    }
}
