import Tensors

/// One page of a cache: keys and values of all layers and heads at ``AttentionTile/length`` positions.
final class CachePage: Sendable {
    /// For each layer, for each key-value head, a tile.
    let bytes: Buffer<UInt8>

    init(byteCount: Int) { bytes = Buffer(count: byteCount) }

    init(copying other: CachePage) {
        bytes = Buffer(count: other.bytes.count)
        bytes.copy(from: other.bytes)
    }
}

/// Sizes of a cache and what lies where in a page.
struct CacheLayout: Sendable, Equatable {
    let layers: Int
    /// Key-value heads.
    let heads: Int
    let tile: AttentionTile

    /// Bytes of one page.
    var pageBytes: Int { layers * heads * tile.byteCount }

    /// Where a head's tile begins in a page.
    func offset(layer: Int, head: Int) -> Int { (layer * heads + head) * tile.byteCount }

    /// Pages that hold so many positions.
    static func pages(for positions: Int) -> Int {
        positions / AttentionTile.length + (positions % AttentionTile.length).signum()
    }
}

/// Keys and values of the positions evaluated so far, in pages that sequences with the same beginning share.
///
/// Memory grows a page at a time; a page that another sequence holds too is copied before it is written to.
final class KVCache {
    let layout: CacheLayout
    /// The pages as kernels find them.
    let table: PageTable
    private var pages: [CachePage] = []

    init(_ layout: CacheLayout) {
        self.layout = layout
        table = PageTable(pageBytes: layout.pageBytes)
    }

    /// The same first `positions` of another cache, in the same memory.
    init(sharing other: KVCache, positions: Int) {
        layout = other.layout
        table = PageTable(pageBytes: layout.pageBytes)
        for page in other.pages.prefix(CacheLayout.pages(for: positions)) { add(page) }
    }

    /// Bytes held; pages shared with others count in full.
    var byteCount: Int { pages.count * layout.pageBytes }

    /// A page's bytes as they are after `positions` positions: what is left in it of others is taken out.
    func contents(ofPage index: Int, positions: Int) -> Buffer<UInt8> {
        let used = positions - index * AttentionTile.length
        guard used < AttentionTile.length else { return pages[index].bytes }
        let page = CachePage(copying: pages[index])
        let nothing = Buffer<Float>(count: layout.tile.headSize)
        for layer in 0..<layout.layers {
            for head in 0..<layout.heads {
                for slot in used..<AttentionTile.length {
                    Kernel.store(
                        key: nothing, value: nothing, slot: slot, page: page.bytes, tile: layout.tile,
                        offset: layout.offset(layer: layer, head: head))
                }
            }
        }
        return page.bytes
    }

    /// Adds a page at the end.
    func add(_ page: CachePage) {
        pages.append(page)
        table.append(page.bytes)
    }

    /// Makes the positions of a range writable: takes memory for them, and copies of pages that are shared.
    func prepare(_ positions: Range<Int>) {
        guard !positions.isEmpty else { return }
        while pages.count < CacheLayout.pages(for: positions.upperBound) {
            add(CachePage(byteCount: layout.pageBytes))
        }
        let (first, last) = (
            positions.lowerBound / AttentionTile.length, (positions.upperBound - 1) / AttentionTile.length
        )
        for index in first...last where !isKnownUniquelyReferenced(&pages[index]) {
            pages[index] = CachePage(copying: pages[index])
            table.replace(index, with: pages[index].bytes)
        }
    }

    /// Gives back the pages that the first `positions` do not need.
    func truncate(to positions: Int) {
        let count = CacheLayout.pages(for: positions)
        guard count < pages.count else { return }
        pages.removeLast(pages.count - count)
        table.truncate(to: count)
    }
}
