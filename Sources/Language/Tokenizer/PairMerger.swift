/// Merges neighbouring symbols, best pair first, leftmost first among equals, until no pair can merge.
///
/// Both byte-level BPE and SentencePiece's BPE do this and differ in what a pair is worth. A queue of candidates keeps it at
/// O(n log n) however long the text is.
struct PairMerger {
    /// A run of bytes that is one token, or none yet (-1).
    struct Symbol {
        var start: Int32
        /// One past the last byte; `start` for a symbol that was merged away.
        var end: Int32
        var token: Int32
        var previous: Int32
        var next: Int32
    }

    /// What a pair would become, and how soon: lower first.
    struct Merge {
        let priority: UInt32
        let token: Int32
    }

    private struct Candidate {
        /// Priority in the high half, index of the left symbol in the low one.
        let order: UInt64
        /// Where the right symbol ended, which tells a candidate that is out of date.
        let end: Int32
        let token: Int32
    }

    private(set) var symbols: [Symbol] = []
    private var heap: [Candidate] = []

    /// Starts over.
    mutating func removeAll() {
        symbols.removeAll(keepingCapacity: true)
        heap.removeAll(keepingCapacity: true)
    }

    /// Adds a symbol behind the last.
    mutating func append(start: Int, end: Int, token: Token?) {
        let index = Int32(symbols.count)
        if index > 0 { symbols[Int(index) - 1].next = index }
        symbols.append(
            Symbol(start: Int32(start), end: Int32(end), token: Int32(token ?? -1), previous: index - 1, next: -1))
    }

    /// Merges all that can be merged.
    ///
    /// - Parameter merge: what two neighbours become, or nil.
    mutating func mergeAll(_ merge: (Symbol, Symbol) -> Merge?) {
        guard symbols.count > 1 else { return }
        for left in 0..<symbols.count - 1 { propose(left, merge) }
        while let best = pop() {
            let left = Int(best.order & 0xffff_ffff)
            let right = Int(symbols[left].next)
            guard symbols[left].end > symbols[left].start, right >= 0, symbols[right].end == best.end else { continue }
            symbols[left].end = best.end
            symbols[left].token = best.token
            symbols[left].next = symbols[right].next
            symbols[right].end = symbols[right].start
            if symbols[left].next >= 0 {
                symbols[Int(symbols[left].next)].previous = Int32(left)
                propose(left, merge)
            }
            if symbols[left].previous >= 0 { propose(Int(symbols[left].previous), merge) }
        }
    }

    /// Calls `body` with each symbol that is left, in order.
    func forEach(_ body: (Symbol) -> Void) {
        var index = symbols.isEmpty ? -1 : 0
        while index >= 0 {
            body(symbols[index])
            index = Int(symbols[index].next)
        }
    }

    private mutating func propose(_ left: Int, _ merge: (Symbol, Symbol) -> Merge?) {
        let right = symbols[Int(symbols[left].next)]
        guard let merge = merge(symbols[left], right) else { return }
        push(.init(order: UInt64(merge.priority) << 32 | UInt64(left), end: right.end, token: merge.token))
    }

    private mutating func push(_ candidate: Candidate) {
        var child = heap.count
        heap.append(candidate)
        while child > 0 {
            let parent = (child - 1) / 2
            guard candidate.order < heap[parent].order else { break }
            heap[child] = heap[parent]
            child = parent
        }
        heap[child] = candidate
    }

    private mutating func pop() -> Candidate? {
        guard let best = heap.first, let last = heap.popLast() else { return nil }
        guard !heap.isEmpty else { return best }
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].order < heap[child].order { child += 1 }
            guard heap[child].order < last.order else { break }
            heap[parent] = heap[child]
            parent = child
        }
        heap[parent] = last
        return best
    }
}
