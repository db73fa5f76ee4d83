/// Texts of a vocabulary, one after the other in one piece of memory.
struct TextList: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Where each text begins, and one past the last one's end.
    private var starts: [Int32] = [0]

    /// - Parameters:
    ///   - count: about how many will come.
    ///   - size: about how many bytes they have together, at most `Int32.max`.
    init(count: Int, size: Int) {
        bytes.reserveCapacity(size)
        starts.reserveCapacity(count + 1)
    }

    var count: Int { starts.count - 1 }

    /// Where a text lies in ``bytes``.
    @inline(__always)
    func range(of index: Int) -> Range<Int> { Int(starts[index])..<Int(starts[index + 1]) }

    subscript(index: Int) -> ArraySlice<UInt8> { bytes[range(of: index)] }

    mutating func append(_ text: Span<UInt8>, _ range: Range<Int>) {
        for place in range { bytes.append(text[place]) }
        starts.append(Int32(bytes.count))
    }

    /// Appends what is written at the end of the bytes; nothing where that fails.
    mutating func append(_ write: (inout [UInt8]) -> Bool) -> Bool {
        let before = bytes.count
        guard write(&bytes) else {
            bytes.removeSubrange(before...)
            return false
        }
        starts.append(Int32(bytes.count))
        return true
    }

    /// Whether a text has these bytes.
    @inline(__always)
    func matches(_ index: Int, _ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let own = self.range(of: index)
        guard own.count == range.count else { return false }
        let all = bytes.span
        var offset = 0
        while offset < range.count, all[own.lowerBound + offset] == text[range.lowerBound + offset] { offset += 1 }
        return offset == range.count
    }
}

/// Finds texts of a list by their bytes: open addressing, at most half full.
struct TextTable: Sendable {
    /// Indices of texts; -1 is free.
    private var slots: [Int32]

    /// - Parameter capacity: most texts that will come.
    init(capacity: Int) {
        var count = 16
        while count < capacity * 2 { count *= 2 }
        slots = [Int32](repeating: -1, count: count)
    }

    /// Takes note of a text of the list.
    ///
    /// - Returns: the one noted before that has the same bytes, which then stays; nil where there was none.
    mutating func insert(_ index: Int, of texts: TextList) -> Int? {
        let (range, bytes) = (texts.range(of: index), texts.bytes.span)
        var slot = TextHash(bytes, range).folded & (slots.count - 1)
        while slots[slot] >= 0 {
            if texts.matches(Int(slots[slot]), bytes, range) { return Int(slots[slot]) }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = Int32(index)
        return nil
    }

    /// The text of these bytes and this hash, or nil.
    func find(_ text: Span<UInt8>, _ range: Range<Int>, _ hash: TextHash, in texts: TextList) -> Int? {
        var slot = hash.folded & (slots.count - 1)
        while slots[slot] >= 0 {
            if texts.matches(Int(slots[slot]), text, range) { return Int(slots[slot]) }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }
}

/// FNV-1a of bytes that come one after the other, from a beginning that nobody can foretell: texts of a file that were chosen
/// to fall on one another do so in no run.
struct TextHash {
    private static let start = UInt64.random(in: .min ... .max)

    private var value = Self.start

    init() {}

    @inline(__always)
    init(_ text: Span<UInt8>, _ range: Range<Int>) { for place in range { add(text[place]) } }

    @inline(__always)
    mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }

    /// 31 bits that depend on all.
    @inline(__always)
    var folded: Int { Int(truncatingIfNeeded: (value ^ (value >> 29)) & 0x7fff_ffff) }
}
