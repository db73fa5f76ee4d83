/// What neighbouring symbols merge to, and how soon: open addressing.
///
/// A symbol is a token, or any other number that stands for what is no token.
struct PairTable: Sendable {
    struct Merge: Sendable {
        /// Lower first.
        let order: UInt32
        let merged: Int32

        /// What a pair gives that does not merge.
        static let none = Merge(order: .max, merged: -1)
    }

    private struct Slot {
        var key: UInt64
        var merge: Merge
    }

    private var slots: [Slot]
    private var used = 0

    /// - Parameter capacity: about how many pairs will come.
    init(capacity: Int) {
        var count = 16
        while count < capacity + capacity / 2 { count *= 2 }
        slots = [Slot](repeating: Slot(key: .max, merge: .none), count: count)
    }

    @inline(__always)
    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    @inline(__always)
    private func slot(of key: UInt64) -> Int {
        let product = key &* 0x9E37_79B9_7F4A_7C15
        var slot = Int(truncatingIfNeeded: (product ^ (product >> 29)) >> 24) & (slots.count - 1)
        while slots[slot].key != key, slots[slot].key != .max { slot = (slot + 1) & (slots.count - 1) }
        return slot
    }

    /// Adds a pair; of two with the same symbols the first one counts.
    mutating func insert(_ left: Int32, _ right: Int32, _ merge: Merge) {
        if used * 4 > slots.count * 3 { grow() }
        let key = Self.key(left, right)
        let slot = slot(of: key)
        guard slots[slot].key == .max else { return }
        slots[slot] = Slot(key: key, merge: merge)
        used += 1
    }

    private mutating func grow() {
        let old = slots
        slots = [Slot](repeating: Slot(key: .max, merge: .none), count: old.count * 2)
        for entry in old where entry.key != .max { slots[slot(of: entry.key)] = entry }
    }

    /// What two symbols merge to.
    @inline(__always)
    func merge(_ left: Int32, _ right: Int32) -> Merge {
        // An empty slot holds `.none`.
        slots[slot(of: Self.key(left, right))].merge
    }
}
