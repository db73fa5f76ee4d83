import Tensors

/// Causal grouped-query attention over a cache (Vaswani et al. 2017; Ainslie et al. 2023).
struct Attention: Sendable {
    /// [T, heads, head size], already divided by the root of the head size.
    let queries: Buffer<Float>
    let heads: Int
    let keyValueHeads: Int
    let headSize: Int
    /// [T, heads, head size]
    let target: Buffer<Float>

    /// Multiplications from which on the work is worth waking threads for.
    private static let worthSplitting = 1 << 18

    /// Attends from each of `count` tokens, the first at `position`, to itself and all before it.
    func run(layer: Int, cache: KVCache, count: Int, position: Int, pool: WorkerPool) {
        let views = (0..<keyValueHeads).map { head in
            (
                keys: cache.keys(layer: layer, head: head, count: position + count),
                values: cache.values(layer: layer, head: head, count: position + count)
            )
        }
        let attend: @Sendable (Int) -> Void = { index in
            let (token, head) = (index / keyValueHeads, index % keyValueHeads)
            let seen = (position + token + 1) * headSize
            self.attend(
                token: token, head: head, keys: views[head].keys[0..<seen], values: views[head].values[0..<seen],
                positions: position + token + 1)
        }
        let jobs = count * keyValueHeads
        if (position + count) * count * heads * headSize < Self.worthSplitting {
            for index in 0..<jobs { attend(index) }
        } else {
            pool.run(jobs, attend)
        }
    }

    /// One token's query heads that share a key-value head.
    private func attend(token: Int, head: Int, keys: Buffer<Float>, values: Buffer<Float>, positions: Int) {
        let group = heads / keyValueHeads
        let start = (token * heads + head * group) * headSize
        let part = start..<start + group * headSize
        let weights = Buffer<Float>(count: group * positions)
        Kernel.matrixVectors(
            keys, rows: positions, columns: headSize, queries[part], vectors: group, into: weights)
        for query in 0..<group {
            let row = weights[query * positions..<(query + 1) * positions]
            Kernel.softmax(row, into: row)
        }
        Kernel.gemm(
            m: group, n: headSize, k: positions, weights, lda: positions, values, ldb: headSize, into: target[part],
            ldc: headSize)
    }
}
