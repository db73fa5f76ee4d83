import Tensors

/// Keys and values of the positions evaluated so far, float32, for each layer [key-value heads, positions, head size].
///
/// Memory grows with use, by doubling, up to the capacity.
final class KVCache {
    private let layers: Int
    private let heads: Int
    private let headSize: Int
    private let capacity: Int
    private(set) var allocated = 0
    private var keys: [Buffer<Float>] = []
    private var values: [Buffer<Float>] = []

    init(layers: Int, heads: Int, headSize: Int, capacity: Int) {
        self.layers = layers
        self.heads = heads
        self.headSize = headSize
        self.capacity = capacity
    }

    /// Makes room for so many positions, at most the capacity; the first `used` are kept.
    func reserve(_ positions: Int, used: Int) {
        precondition(positions <= capacity, "past the capacity")
        guard positions > allocated else { return }
        let size = min(capacity, max(64, positions, 2 * allocated))
        keys = grow(keys, to: size, used: used)
        values = grow(values, to: size, used: used)
        allocated = size
    }

    private func grow(_ old: [Buffer<Float>], to size: Int, used: Int) -> [Buffer<Float>] {
        (0..<layers).map { layer in
            let new = Buffer<Float>(count: heads * size * headSize)
            guard !old.isEmpty else { return new }
            for head in 0..<heads {
                let from = head * allocated * headSize
                let to = head * size * headSize
                new[to..<to + used * headSize].copy(from: old[layer][from..<from + used * headSize])
            }
            return new
        }
    }

    /// Stores one position's keys and values, each [heads, head size].
    func store(layer: Int, position: Int, keys newKeys: Buffer<Float>, values newValues: Buffer<Float>) {
        for head in 0..<heads {
            let place = (head * allocated + position) * headSize
            let source = head * headSize..<(head + 1) * headSize
            keys[layer][place..<place + headSize].copy(from: newKeys[source])
            values[layer][place..<place + headSize].copy(from: newValues[source])
        }
    }

    /// Keys of one head at the first `count` positions: [count, head size].
    func keys(layer: Int, head: Int, count: Int) -> Buffer<Float> { view(keys[layer], head, count) }

    /// Values likewise.
    func values(layer: Int, head: Int, count: Int) -> Buffer<Float> { view(values[layer], head, count) }

    private func view(_ buffer: Buffer<Float>, _ head: Int, _ count: Int) -> Buffer<Float> {
        let start = head * allocated * headSize
        return buffer[start..<start + count * headSize]
    }
}
