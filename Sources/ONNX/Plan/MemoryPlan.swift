/// Places blocks of memory that are needed at different times in one arena.
struct MemoryPlan {
    /// Every block starts on a multiple of this, a cache line.
    static let alignment = 64

    /// A block and the steps during which it must not be touched by others.
    struct Block {
        /// Bytes of what lies in it.
        let bytes: Int
        /// The same, rounded up to ``alignment``; 0 once it is part of another block.
        var size: Int
        var first: Int
        var last: Int
    }

    private(set) var blocks: [Block] = []
    /// Where each block starts, once ``place()`` has run.
    private(set) var offsets: [Int] = []
    /// Bytes the arena takes, once ``place()`` has run.
    private(set) var size = 0

    /// Adds a block of `bytes` that is written by step `first`, and returns its number.
    mutating func add(bytes: Int, first: Int, last: Int) -> Int {
        let size = (bytes + MemoryPlan.alignment - 1) & ~(MemoryPlan.alignment - 1)
        blocks.append(Block(bytes: bytes, size: size, first: first, last: last))
        return blocks.count - 1
    }

    /// Says that block `index` is still needed in step `last`.
    mutating func extend(_ index: Int, to last: Int) { blocks[index].last = max(blocks[index].last, last) }

    /// Lets block `part` lie within block `whole`, which is then needed as long as both were.
    mutating func merge(_ part: Int, into whole: Int) {
        blocks[whole].first = min(blocks[whole].first, blocks[part].first)
        blocks[whole].last = max(blocks[whole].last, blocks[part].last)
        blocks[part].size = 0
    }

    /// Gives every block its offset: the largest first, each into the smallest gap left by those placed before it that
    /// are needed at the same time ("greedy by size", Pisarchyk and Lee, 2020, arXiv:2001.03288).
    mutating func place() {
        offsets = [Int](repeating: 0, count: blocks.count)
        let order = blocks.indices.sorted { (blocks[$1].size, $0) < (blocks[$0].size, $1) }
        // Placed blocks by offset.
        var placed: [Int] = []
        for index in order where blocks[index].size > 0 {
            let block = blocks[index]
            var best: (gap: Int, offset: Int)?
            var end = 0
            for other in placed where blocks[other].first <= block.last && block.first <= blocks[other].last {
                let gap = offsets[other] - end
                if gap >= block.size, gap < best?.gap ?? Int.max { best = (gap, end) }
                end = max(end, offsets[other] + blocks[other].size)
            }
            offsets[index] = best?.offset ?? end
            size = max(size, offsets[index] + block.size)
            var low = 0
            var high = placed.count
            while low < high {
                let middle = (low + high) / 2
                if offsets[placed[middle]] <= offsets[index] { low = middle + 1 } else { high = middle }
            }
            placed.insert(index, at: low)
        }
    }
}
