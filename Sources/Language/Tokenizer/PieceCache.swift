/// The tokens of short pieces met before, by the piece's bytes: most pieces of a text are words met before.
///
/// One place a piece, taken by the newest: the size never changes.
struct PieceCache {
    /// A piece of 1 to 15 bytes; the last byte of `high` is its length, so that no piece is all zeros.
    struct Key: Equatable {
        var low: UInt64 = 0
        var high: UInt64 = 0

        /// The key of a piece, or nil for one that is too long.
        @inline(__always)
        init?(_ text: Span<UInt8>, _ piece: Range<Int>) {
            guard piece.count <= 15 else { return nil }
            let middle = min(piece.upperBound, piece.lowerBound + 8)
            for place in piece.lowerBound..<middle { low = low << 8 | UInt64(text[place]) }
            for place in middle..<piece.upperBound { high = high << 8 | UInt64(text[place]) }
            high |= UInt64(piece.count) << 56
        }

        init() {}

        @inline(__always)
        var hash: Int {
            let product = (low ^ (high &* 0xC2B2_AE3D_27D4_EB4F)) &* 0x9E37_79B9_7F4A_7C15
            return Int(truncatingIfNeeded: (product ^ (product >> 32)) & 0x7FFF_FFFF)
        }
    }

    private struct Entry {
        var key = Key()
        /// Up to four tokens, then -1.
        var tokens = SIMD4<Int32>(repeating: -1)
    }

    private static let size = 1 << 14
    private var entries: [Entry] = []

    /// Appends the tokens of a piece if they are known.
    @inline(__always)
    func find(_ key: Key, into tokens: inout [Token]) -> Bool {
        guard !entries.isEmpty else { return false }
        let entry = entries.span[key.hash & (Self.size - 1)]
        guard entry.key == key else { return false }
        for index in 0..<4 {
            guard entry.tokens[index] >= 0 else { break }
            tokens.append(Int(entry.tokens[index]))
        }
        return true
    }

    /// Keeps the tokens of a piece, if they are not too many.
    mutating func insert(_ key: Key, _ tokens: ArraySlice<Token>) {
        guard (1...4).contains(tokens.count) else { return }
        if entries.isEmpty { entries = [Entry](repeating: Entry(), count: Self.size) }
        var entry = Entry(key: key)
        for (index, token) in tokens.enumerated() { entry.tokens[index] = Int32(token) }
        entries[key.hash & (Self.size - 1)] = entry
    }
}

/// What encoding needs besides the text, kept from one text to the next.
struct EncodingWorkspace {
    var merger = SymbolMerger()
    var cache = PieceCache()
}
