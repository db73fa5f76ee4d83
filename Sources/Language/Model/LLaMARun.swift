import Tensors

/// The scratch memory of one sequence of a ``LLaMA`` model. T is the number of tokens evaluated at a time.
final class LLaMARun: DecoderRun {
    private let model: LLaMA
    private let pool: WorkerPool
    private let chunk: Int
    /// [T, embedding]: what the layers add to.
    private let hidden: Buffer<Float>
    /// [T, embedding]: what a half of a layer adds.
    private let update: Buffer<Float>
    /// [T, embedding]: normalised, before a product.
    private let normed: Activations
    /// [T, heads, head size]
    private let queries: Buffer<Float>
    /// [T, key-value heads, head size]
    private let keys: Buffer<Float>
    private let values: Buffer<Float>
    /// [T, heads, head size]: what attention gives.
    private let attended: Activations
    /// [T, feed forward]
    private let gate: Buffer<Float>
    private let up: Buffer<Float>
    private let gated: Activations
    /// [T, rotated / 2]
    private let cosines: Buffer<Float>
    private let sines: Buffer<Float>
    /// [embedding] of the last token, normalised.
    private let last: Activations
    private let scores: Buffer<Float>
    private var evaluated = 0

    init(_ model: LLaMA, chunk: Int, pool: WorkerPool) {
        let size = model.configuration
        self.model = model
        self.pool = pool
        self.chunk = chunk
        hidden = Buffer(count: chunk * size.embedding)
        update = Buffer(count: chunk * size.embedding)
        normed = Activations(columns: size.embedding, vectors: chunk)
        queries = Buffer(count: chunk * size.heads * size.headSize)
        keys = Buffer(count: chunk * size.keyValueHeads * size.headSize)
        values = Buffer(count: chunk * size.keyValueHeads * size.headSize)
        attended = Activations(columns: size.heads * size.headSize, vectors: chunk)
        gate = Buffer(count: chunk * size.feedForward)
        up = Buffer(count: chunk * size.feedForward)
        gated = Activations(columns: size.feedForward, vectors: chunk)
        cosines = Buffer(count: chunk * size.rotated / 2)
        sines = Buffer(count: chunk * size.rotated / 2)
        last = Activations(columns: size.embedding, vectors: 1)
        scores = Buffer(count: size.vocabulary)
    }

    func evaluate(
        _ tokens: ArraySlice<Token>, at position: Int, cache: KVCache, isCancelled: () -> Bool
    ) throws(LanguageError) {
        let count = tokens.count
        precondition(count > 0 && count <= chunk, "more tokens than the scratch memory holds")
        let width = model.configuration.embedding
        for (index, token) in tokens.enumerated() {
            model.embedding.copyRow(token, into: hidden[index * width..<(index + 1) * width])
        }
        model.rope.fill(cosines: cosines, sines: sines, first: position, count: count)
        for (index, layer) in model.layers.enumerated() {
            if isCancelled() { throw .cancelled }
            attend(layer, index, count: count, position: position, cache: cache)
            feedForward(layer, count: count)
        }
        evaluated = count
    }

    func logits() -> Buffer<Float> {
        precondition(evaluated > 0, "nothing was evaluated")
        let width = model.configuration.embedding
        Kernel.rmsNorm(
            hidden[(evaluated - 1) * width..<evaluated * width], weight: model.outputNorm,
            epsilon: model.configuration.epsilon, into: last.floats(columns: width, vectors: 1))
        WeightMatrix.multiply([.init(matrix: model.output, target: scores)], with: last, vectors: 1, pool: pool)
        return scores
    }

    /// Normalises each token's hidden vector into ``normed``.
    private func normalise(_ weight: Buffer<Float>, count: Int) {
        let width = model.configuration.embedding
        let (source, target) = (hidden, normed.floats(columns: width, vectors: count))
        let epsilon = model.configuration.epsilon
        for index in 0..<count {
            let part = index * width..<(index + 1) * width
            Kernel.rmsNorm(source[part], weight: weight, epsilon: epsilon, into: target[part])
        }
    }

    /// hidden += what a matrix makes of the vectors in `activations`.
    private func add(_ matrix: WeightMatrix, of activations: Activations, count: Int) {
        let part = 0..<count * model.configuration.embedding
        WeightMatrix.multiply(
            [.init(matrix: matrix, target: update)], with: activations, vectors: count, pool: pool)
        Kernel.add(hidden[part], update[part], into: hidden[part])
    }

    /// The first half of a layer.
    private func attend(_ layer: LLaMA.Layer, _ index: Int, count: Int, position: Int, cache: KVCache) {
        let size = model.configuration
        normalise(layer.attentionNorm, count: count)
        WeightMatrix.multiply(
            [
                .init(matrix: layer.query, target: queries), .init(matrix: layer.key, target: keys),
                .init(matrix: layer.value, target: values),
            ], with: normed, vectors: count, pool: pool)
        for token in 0..<count { place(layer, index, token: token, position: position + token, cache: cache) }
        let attention = Attention(
            queries: queries, heads: size.heads, keyValueHeads: size.keyValueHeads, headSize: size.headSize,
            target: attended.floats(columns: size.heads * size.headSize, vectors: count))
        attention.run(layer: index, cache: cache, count: count, position: position, pool: pool)
        add(layer.attentionOutput, of: attended, count: count)
    }

    /// Adds biases, turns queries and keys by their position, and stores keys and values.
    private func place(_ layer: LLaMA.Layer, _ index: Int, token: Int, position: Int, cache: KVCache) {
        let size = model.configuration
        let (wide, narrow) = (size.heads * size.headSize, size.keyValueHeads * size.headSize)
        let query = queries[token * wide..<(token + 1) * wide]
        let key = keys[token * narrow..<(token + 1) * narrow]
        let value = values[token * narrow..<(token + 1) * narrow]
        for (bias, target) in zip(layer.biases, [query, key, value]) { Kernel.add(target, bias, into: target) }
        let pairs = token * size.rotated / 2..<(token + 1) * size.rotated / 2
        for (buffer, heads) in [(query, size.heads), (key, size.keyValueHeads)] {
            Kernel.rope(
                buffer, cosines: cosines[pairs], sines: sines[pairs], heads: heads, headSize: size.headSize,
                rotated: size.rotated, pairing: model.rope.pairing)
        }
        Kernel.multiply(query, 1 / Float(size.headSize).squareRoot(), into: query)
        cache.store(layer: index, position: position, keys: key, values: value)
    }

    /// The second half of a layer: down(silu(gate) * up).
    private func feedForward(_ layer: LLaMA.Layer, count: Int) {
        let width = model.configuration.feedForward
        normalise(layer.feedForwardNorm, count: count)
        WeightMatrix.multiply(
            [.init(matrix: layer.gate, target: gate), .init(matrix: layer.up, target: up)], with: normed,
            vectors: count, pool: pool)
        let (gate, up, gated) = (gate, up, gated.floats(columns: width, vectors: count))
        pool.split(count * width, chunk: 1 << 14) { part in
            Kernel.siluMultiply(gate: gate[part], up: up[part], into: gated[part])
        }
        add(layer.down, of: self.gated, count: count)
    }
}
