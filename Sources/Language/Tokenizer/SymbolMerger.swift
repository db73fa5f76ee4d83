/// Merges neighbouring symbols, lowest order first, leftmost first among equals, until no pair can merge.
///
/// Both byte-level BPE and SentencePiece's BPE do this and differ in what a pair is worth. The orders of all pairs lie in a
/// tree of minima, 16 wide: a merge takes O(log n) steps however long the text is, and a short piece is one leaf.
struct SymbolMerger {
    /// What remains, at the places reached from 0 by ``next``.
    private(set) var symbols: [Int32] = []
    private var next: [Int32] = []
    private var previous: [Int32] = []
    private var merged: [Int32] = []
    /// Orders of the pairs that begin at each place, then minima of 16 of these, and so on up to 16 of them.
    private var orders: [UInt32] = []
    /// Where each level of ``orders`` begins.
    private var levels: [Int] = []

    private static let width = 16

    /// Whether so much memory is held that it is better given back.
    var isLarge: Bool { symbols.capacity > 1 << 16 }

    /// Starts over.
    mutating func removeAll() { symbols.removeAll(keepingCapacity: true) }

    /// Adds a symbol behind the last.
    @inline(__always)
    mutating func append(_ symbol: Int32) { symbols.append(symbol) }

    private mutating func makeRoom() {
        let count = symbols.count
        if next.count < count {
            let room = max(64, count)
            next = [Int32](repeating: 0, count: room)
            previous = next
            merged = next
        }
        levels.removeAll(keepingCapacity: true)
        var (start, size) = (0, count)
        repeat {
            levels.append(start)
            size = (size + Self.width - 1) / Self.width
            start += size * Self.width
        } while size > 1
        if orders.count < start { orders = [UInt32](repeating: .max, count: max(64, start)) }
        for place in 0..<start { orders[place] = .max }
    }

    /// Merges all that can be merged.
    ///
    /// - Parameter first: what the symbols at a place and the next would become before any merge.
    @inline(__always)
    mutating func mergeAll(_ pairs: PairTable, first: (Int) -> PairTable.Merge) {
        let count = symbols.count
        makeRoom()
        for place in 0..<count {
            next[place] = Int32(place + 1)
            previous[place] = Int32(place - 1)
        }
        guard count > 1 else { return }
        for place in 0..<count - 1 {
            let merge = first(place)
            orders[place] = merge.order
            merged[place] = merge.merged
        }
        Self.mergeAll(pairs, levels, &symbols, &next, &previous, &merged, &orders)
    }

    /// Calls `body` with each symbol that is left, in order.
    @inline(__always)
    func forEach(_ body: (_ place: Int, _ end: Int, _ symbol: Int32) -> Void) {
        var place = 0
        while place < symbols.count {
            let end = Int(next[place])
            body(place, end, symbols[place])
            place = end
        }
    }

    private static func mergeAll(
        _ pairs: PairTable, _ levels: [Int], _ symbols: inout [Int32], _ next: inout [Int32],
        _ previous: inout [Int32], _ merged: inout [Int32], _ orders: inout [UInt32]
    ) {
        // Spans, so that no access asks again whether an array is shared.
        let levels = levels.span
        var symbols = symbols.mutableSpan
        var next = next.mutableSpan
        var previous = previous.mutableSpan
        var merged = merged.mutableSpan
        var orders = orders.mutableSpan
        fill(&orders, levels)
        while let left = lowest(orders, levels) {
            let right = Int(next[left])
            let after = Int(next[right])
            let before = Int(previous[left])
            let symbol = merged[left]
            symbols[left] = symbol
            next[left] = Int32(after)
            set(.max, at: right, &orders, levels)
            var order = UInt32.max
            if after < symbols.count {
                previous[after] = Int32(left)
                let merge = pairs.merge(symbol, symbols[after])
                merged[left] = merge.merged
                order = merge.order
            }
            set(order, at: left, &orders, levels)
            if before >= 0 {
                let merge = pairs.merge(symbols[before], symbol)
                merged[before] = merge.merged
                set(merge.order, at: before, &orders, levels)
            }
        }
    }

    // MARK: The tree of minima

    private static func fill(_ orders: inout MutableSpan<UInt32>, _ levels: Span<Int>) {
        for level in levels.indices.dropFirst() {
            for group in 0..<(levels[level] - levels[level - 1]) / width {
                orders[levels[level] + group] = minimum(orders, levels[level - 1] + group * width)
            }
        }
    }

    @inline(__always)
    private static func minimum(_ orders: borrowing MutableSpan<UInt32>, _ start: Int) -> UInt32 {
        var lowest = UInt32.max
        for place in start..<start + width { lowest = min(lowest, orders[place]) }
        return lowest
    }

    /// The leftmost place whose pair has the lowest order, or nil where none can merge.
    @inline(__always)
    private static func lowest(_ orders: borrowing MutableSpan<UInt32>, _ levels: Span<Int>) -> Int? {
        var level = levels.count - 1
        let lowest = minimum(orders, levels[level])
        if lowest == .max { return nil }
        var group = 0
        while true {
            var place = levels[level] + group * width
            while orders[place] != lowest { place += 1 }
            group = place - levels[level]
            if level == 0 { return group }
            level -= 1
        }
    }

    @inline(__always)
    private static func set(
        _ order: UInt32, at place: Int, _ orders: inout MutableSpan<UInt32>, _ levels: Span<Int>
    ) {
        var (order, place, level) = (order, place, 0)
        while true {
            let old = orders[levels[level] + place]
            if old == order { return }
            orders[levels[level] + place] = order
            level += 1
            guard level < levels.count else { return }
            place /= width
            let lowest = orders[levels[level] + place]
            if order > lowest {
                // Only where the lowest of the group went up is the group looked through.
                guard old == lowest else { return }
                order = minimum(orders, levels[level - 1] + place * width)
            }
        }
    }
}
