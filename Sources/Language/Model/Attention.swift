import Tensors

/// Causal grouped-query attention over caches (Vaswani et al. 2017; Ainslie et al. 2023).
struct Attention: Sendable {
    /// [T, heads, head size], already scaled.
    let queries: Buffer<Float>
    let heads: Int
    let layout: CacheLayout
    /// Scores become `cap * tanh(score / cap)`; 0 leaves them.
    let cap: Float
    /// [T, heads, head size]
    let target: Buffer<Float>

    /// Some tokens of one sequence that follow each other.
    struct Segment: Sendable {
        let pages: PageTable
        /// The row of the first token in queries and target.
        let row: Int
        var count: Int
        /// The position of the first token.
        let position: Int
    }

    /// Multiplications from which on the work is worth waking threads for.
    private static let worthSplitting = 1 << 18
    /// Rows, a token's query heads each, that a kernel works on together.
    private static let rowsOfJob = 32

    private struct Job: Sendable {
        let segment: Segment
        let head: Int
        let tokens: Range<Int>
    }

    /// Attends from each token to itself and all before it in its sequence, or to the last `window` of those unless it is 0.
    func run(layer: Int, _ segments: [Segment], window: Int, pool: WorkerPool) {
        let group = heads / layout.heads
        let tokensOfJob = max(1, Self.rowsOfJob / group)
        var jobs: [Job] = []
        var work = 0
        for segment in segments {
            for start in stride(from: 0, to: segment.count, by: tokensOfJob) {
                let tokens = start..<min(start + tokensOfJob, segment.count)
                for head in 0..<layout.heads { jobs.append(Job(segment: segment, head: head, tokens: tokens)) }
            }
            let seen = window > 0 ? min(window, segment.position + segment.count) : segment.position + segment.count
            work += segment.count * seen * heads * layout.tile.headSize
        }
        let all = jobs
        let attend: @Sendable (Int) -> Void = { self.attend(all[$0], layer: layer, window: window) }
        if work < Self.worthSplitting {
            for index in all.indices { attend(index) }
        } else {
            pool.run(all.count, attend)
        }
    }

    private func attend(_ job: Job, layer: Int, window: Int) {
        let size = layout.tile.headSize
        let (group, width) = (heads / layout.heads, heads * size)
        let first = (job.segment.row + job.tokens.lowerBound) * width + job.head * group * size
        let part = first..<first + (job.tokens.count - 1) * width + group * size
        let shape = AttentionShape(
            group: group, tokens: job.tokens.count, stride: width,
            position: job.segment.position + job.tokens.lowerBound, window: window, cap: cap)
        Kernel.attention(
            shape, queries: queries[part], pages: job.segment.pages, tile: layout.tile,
            offset: layout.offset(layer: layer, head: job.head), into: target[part])
    }
}
