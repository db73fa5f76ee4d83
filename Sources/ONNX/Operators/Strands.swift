import Synchronization
import Tensors

extension WorkerPool {
    /// Calls `body` once for each tile below `tiles`, on `strands` strands at most, and says on which: so that a strand
    /// can keep scratch memory of its own. Which strand takes which tile depends on chance; results must not.
    func run(tiles: Int, strands: Int, _ body: @Sendable (_ tile: Int, _ strand: Int) -> Void) {
        let next = TileCounter()
        run(min(tiles, strands)) { strand in
            while true {
                let tile = next.take()
                guard tile < tiles else { return }
                body(tile, strand)
            }
        }
    }
}

/// Hands out numbers from 0 on.
private final class TileCounter: Sendable {
    private let value = Atomic<Int>(0)

    func take() -> Int { value.wrappingAdd(1, ordering: .relaxed).oldValue }
}
