import Kernels

/// How cached keys and values are stored.
package enum CacheType: String, Sendable, CaseIterable {
    case float32 = "F32"
    case float16 = "F16"
    /// Blocks of 32 elements of one position: 8-bit integers and a half-precision scale.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q8_0 = "Q8_0"
}

/// The keys and values of one head at ``length`` positions, as the attention kernels read them: keys [headSize, 32], then
/// values [32, headSize in whole multiples of 32].
package struct AttentionTile: Sendable, Equatable {
    /// Positions in a tile.
    package static let length = Int(kernels_tile_length)
    /// The longest head that the kernels take, in elements.
    package static let largestHead = Int(kernels_largest_head)

    package let type: CacheType
    package let headSize: Int

    /// - Parameter headSize: 1 to ``largestHead``.
    package init(type: CacheType, headSize: Int) {
        precondition(headSize > 0 && headSize <= Self.largestHead, "a head the kernels do not take")
        self.type = type
        self.headSize = headSize
    }

    private var padded: Int { (headSize + Self.length - 1) / Self.length * Self.length }

    /// Bytes of the keys, after which the values begin.
    package var keyBytes: Int {
        switch type {
        case .float32: 4 * headSize * Self.length
        case .float16: 2 * headSize * Self.length
        case .q8_0: 2 * padded + headSize * Self.length
        }
    }

    /// Bytes of keys and values.
    package var byteCount: Int {
        switch type {
        case .float32: keyBytes + 4 * padded * Self.length
        case .float16: keyBytes + 2 * padded * Self.length
        case .q8_0: keyBytes + 2 * padded + padded * Self.length
        }
    }
}

/// Pages of a cache, equally long, each with the tiles of ``AttentionTile/length`` positions; kernels find them by address.
///
/// Whoever changes it sees to it that no kernel reads it meanwhile.
@safe package final class PageTable: @unchecked Sendable {
    /// Bytes of each page.
    package let pageBytes: Int
    private var pages: [Buffer<UInt8>] = []
    fileprivate private(set) var addresses: [UnsafeRawPointer]

    package init(pageBytes: Int) {
        precondition(pageBytes >= 0, "a negative size")
        self.pageBytes = pageBytes
        unsafe addresses = []
    }

    /// Number of pages.
    package var count: Int { pages.count }

    package subscript(index: Int) -> Buffer<UInt8> { pages[index] }

    /// Adds a page at the end.
    package func append(_ page: Buffer<UInt8>) {
        precondition(page.count == pageBytes, "a page of another size")
        pages.append(page)
        unsafe addresses.append(UnsafeRawPointer(page.start))
    }

    /// Puts a page in the place of another.
    package func replace(_ index: Int, with page: Buffer<UInt8>) {
        precondition(page.count == pageBytes, "a page of another size")
        pages[index] = page
        unsafe addresses[index] = UnsafeRawPointer(page.start)
    }

    /// Drops the last pages, so that `count` stay.
    package func truncate(to count: Int) {
        pages.removeLast(pages.count - count)
        unsafe addresses.removeLast(addresses.count - count)
    }
}

/// What attends: the query heads of some tokens that share one key-value head.
package struct AttentionShape: Sendable {
    /// Query heads of a token.
    package var group: Int
    package var tokens: Int
    /// Elements from a token's queries to the next one's.
    package var stride: Int
    /// Of the first token; each sees itself and what is before.
    package var position: Int
    /// How many positions a token sees at most, itself included; 0 for all.
    package var window: Int
    /// Scores become `cap * tanh(score / cap)`; 0 leaves them.
    package var cap: Float

    package init(group: Int, tokens: Int, stride: Int, position: Int, window: Int = 0, cap: Float = 0) {
        self.group = group
        self.tokens = tokens
        self.stride = stride
        self.position = position
        self.window = window
        self.cap = cap
    }
}

// Attention over a cache.
extension Kernel {
    /// Causal attention with an online softmax (Dao et al. 2022). A token's result depends on what it sees alone.
    ///
    /// - Parameters:
    ///   - queries: [tokens, stride], `group` heads of each token used, already scaled.
    ///   - pages: hold all positions up to the last token's.
    ///   - offset: where the head's tile begins in each page, in bytes.
    ///   - y: laid out as the queries.
    package static func attention(
        _ shape: AttentionShape, queries: Buffer<Float>, pages: PageTable, tile: AttentionTile, offset: Int,
        into y: Buffer<Float>
    ) {
        let width = checkedProduct(shape.group, tile.headSize)
        precondition(shape.group > 0 && shape.tokens > 0 && shape.stride >= width, "tokens overlap")
        precondition(shape.position >= 0 && shape.window >= 0, "a negative position")
        let needed = checkedProduct(shape.tokens - 1, shape.stride) + width
        precondition(queries.count >= needed && y.count >= needed, "queries or y are too short")
        precondition(offset >= 0 && offset <= pages.pageBytes - tile.byteCount, "the tile leaves its page")
        precondition(
            shape.position + shape.tokens <= checkedProduct(pages.count, AttentionTile.length), "positions not cached")
        y.requireWritable()
        var sizes = kernels_attention(
            head_size: tile.headSize, group: shape.group, tokens: shape.tokens, stride: shape.stride,
            position: shape.position, window: shape.window, cap: shape.cap)
        let (keys, values) = (offset, offset + tile.keyBytes)
        unsafe pages.addresses.withUnsafeBufferPointer { addresses in
            guard let list = addresses.baseAddress else { return }
            switch tile.type {
            case .float32: unsafe table.pointee.attention_f32(&sizes, queries.start, list, keys, values, y.start)
            case .float16: unsafe table.pointee.attention_f16(&sizes, queries.start, list, keys, values, y.start)
            case .q8_0: unsafe table.pointee.attention_q8_0(&sizes, queries.start, list, keys, values, y.start)
            }
        }
    }

    /// Writes one position's key and value of one head, [headSize] each, to slot `slot` of the tile at `offset` of a page.
    package static func store(
        key: Buffer<Float>, value: Buffer<Float>, slot: Int, page: Buffer<UInt8>, tile: AttentionTile, offset: Int
    ) {
        precondition(key.count == tile.headSize && value.count == tile.headSize, "not one head")
        precondition(slot >= 0 && slot < AttentionTile.length, "a slot outside the tile")
        let place = page[offset..<offset + tile.byteCount]
        page.requireWritable()
        let keys = unsafe UnsafeMutableRawPointer(place.start)
        let values = unsafe keys + tile.keyBytes
        switch tile.type {
        case .float32:
            unsafe table.pointee.attention_store_f32(key.start, value.start, tile.headSize, slot, keys, values)
        case .float16:
            unsafe table.pointee.attention_store_f16(key.start, value.start, tile.headSize, slot, keys, values)
        case .q8_0:
            unsafe table.pointee.attention_store_q8_0(key.start, value.start, tile.headSize, slot, keys, values)
        }
    }
}
