import Synchronization
import Tensors

/// Memory for a session's packed weights: blocks of some megabytes, which the system gives in large pages, hold those of many
/// layers, so that filling them takes few page faults. It is given back when the last layer that has a part of it goes.
final class WeightMemory: Sendable {
    private struct Block {
        let storage: Storage
        var used = 0
    }

    private static let blockBytes = 8 << 20

    private let last = Mutex<Block?>(nil)

    /// `count` zeros.
    func floats(_ count: Int) -> Buffer<Float> {
        // A cache line more: kernels may load a few bytes past the end.
        let bytes = (count * 4 + 127) / 64 * 64
        guard bytes < WeightMemory.blockBytes / 2 else { return Buffer(count: count) }
        return last.withLock { last in
            var block =
                last.flatMap { $0.used + bytes <= WeightMemory.blockBytes ? $0 : nil }
                ?? Block(storage: Storage(byteCount: WeightMemory.blockBytes))
            guard let floats = block.storage.buffer(of: Float.self, at: block.used, count: count) else {
                preconditionFailure("weights past their block")
            }
            block.used += bytes
            last = block
            return floats
        }
    }
}
