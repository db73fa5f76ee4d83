import Tensors

/// The scratch memory of a ``Transformer``. T is the number of tokens evaluated at a time, of all sequences together.
final class TransformerRun: DecoderRun {
    private let model: Transformer
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
    /// For each of a position encoding's rotary embeddings [T, rotated / 2].
    private let cosines: [Buffer<Float>]
    private let sines: [Buffer<Float>]
    /// [rows, embedding] of the tokens whose scores are asked for, normalised, and [rows, vocabulary].
    private var last: Activations
    private var scores: Buffer<Float>
    private var rows = 1
    private var evaluated = 0

    init(_ model: Transformer, chunk: Int, pool: WorkerPool) {
        let size = model.configuration
        self.model = model
        self.pool = pool
        self.chunk = chunk
        let (wide, narrow) = (size.heads * size.headSize, size.keyValueHeads * size.headSize)
        hidden = Buffer(count: chunk * size.embedding)
        update = Buffer(count: chunk * size.embedding)
        normed = Activations(columns: size.embedding, vectors: chunk)
        queries = Buffer(count: chunk * wide)
        keys = Buffer(count: chunk * narrow)
        values = Buffer(count: chunk * narrow)
        attended = Activations(columns: wide, vectors: chunk)
        gate = Buffer(count: chunk * size.feedForward)
        up = Buffer(count: chunk * size.feedForward)
        gated = Activations(columns: size.feedForward, vectors: chunk)
        let kinds = size.ropes.map(\.count).max() ?? 0
        cosines = (0..<kinds).map { _ in Buffer(count: chunk * size.rotated / 2) }
        sines = (0..<kinds).map { _ in Buffer(count: chunk * size.rotated / 2) }
        last = Activations(columns: size.embedding, vectors: 1)
        scores = Buffer(count: size.vocabulary)
    }

    /// A token of a batch: where its keys and values go.
    private struct Place: Sendable {
        let pages: PageTable
        let position: Int
    }

    func evaluate(_ segments: [DecoderSegment], isCancelled: () -> Bool) throws(LanguageError) {
        let tokens = segments.flatMap(\.tokens)
        precondition(!tokens.isEmpty && tokens.count <= chunk, "more tokens than the scratch memory holds")
        evaluated = 0
        embed(tokens)
        turn(segments)
        var places: [Place] = []
        var attending: [Attention.Segment] = []
        for segment in segments {
            attending.append(
                Attention.Segment(
                    pages: segment.cache.table, row: places.count, count: segment.tokens.count,
                    position: segment.position))
            for index in 0..<segment.tokens.count {
                places.append(Place(pages: segment.cache.table, position: segment.position + index))
            }
        }
        let layout = segments[0].cache.layout
        precondition(segments.allSatisfy { $0.cache.layout == layout }, "caches of several kinds")
        for (index, layer) in model.layers.enumerated() {
            if isCancelled() { throw .cancelled }
            attend(layer, index, places, attending, layout)
            feedForward(layer, count: tokens.count)
        }
        evaluated = tokens.count
    }

    func logits(after rows: [Int]) -> Buffer<Float> {
        let size = model.configuration
        precondition(rows.allSatisfy { $0 >= 0 && $0 < evaluated }, "scores of a token that was not evaluated")
        if rows.count > self.rows {
            last = Activations(columns: size.embedding, vectors: rows.count)
            scores = Buffer(count: rows.count * size.vocabulary)
            self.rows = rows.count
        }
        let width = size.embedding
        let target = last.floats(columns: width, vectors: rows.count)
        for (index, row) in rows.enumerated() {
            Kernel.rmsNorm(
                hidden[row * width..<(row + 1) * width], weight: model.outputNorm, epsilon: size.epsilon,
                into: target[index * width..<(index + 1) * width])
        }
        let result = scores[0..<rows.count * size.vocabulary]
        WeightMatrix.multiply(
            [.init(matrix: model.output, target: result)], with: last, vectors: rows.count, pool: pool)
        if size.outputCap > 0 {
            pool.split(result.count, chunk: 1 << 14) { part in
                let part = result[part]
                Kernel.multiply(part, 1 / size.outputCap, into: part)
                Kernel.tanh(part, into: part)
                Kernel.multiply(part, size.outputCap, into: part)
            }
        }
        return result
    }

    private func embed(_ tokens: [Token]) {
        let (width, scale) = (model.configuration.embedding, model.configuration.embeddingScale)
        for (index, token) in tokens.enumerated() {
            model.embedding.copyRow(token, into: hidden[index * width..<(index + 1) * width])
        }
        let part = hidden[0..<tokens.count * width]
        if scale != 1 { Kernel.multiply(part, scale, into: part) }
    }

    /// Fills the angles of each token.
    private func turn(_ segments: [DecoderSegment]) {
        let pairs = model.configuration.rotated / 2
        var row = 0
        for segment in segments {
            let ropes = model.configuration.ropes[segment.encoding]
            for index in 0..<segment.tokens.count {
                let part = row * pairs..<(row + 1) * pairs
                for (kind, rope) in ropes.enumerated() {
                    rope.fill(
                        cosines: cosines[kind][part], sines: sines[kind][part], position: segment.position + index)
                }
                row += 1
            }
        }
    }

    /// Calls `body` for each token, on several threads where there is work for them.
    private func forEachToken(_ count: Int, width: Int, _ body: @Sendable (Int) -> Void) {
        if count * width < 1 << 15 {
            for index in 0..<count { body(index) }
        } else {
            pool.split(count, chunk: 4) { part in
                for index in part { body(index) }
            }
        }
    }

    /// Normalises each token's vector, [embedding]. May work in place.
    private func normalise(_ source: Buffer<Float>, _ weight: Buffer<Float>, count: Int, into target: Buffer<Float>) {
        let (width, epsilon) = (model.configuration.embedding, model.configuration.epsilon)
        forEachToken(count, width: width) { index in
            let part = index * width..<(index + 1) * width
            Kernel.rmsNorm(source[part], weight: weight, epsilon: epsilon, into: target[part])
        }
    }

    /// hidden += what a matrix makes of the vectors in `activations`, normalised where there is a norm.
    private func add(_ matrix: WeightMatrix, of activations: Activations, norm: Buffer<Float>?, count: Int) {
        WeightMatrix.multiply(
            [.init(matrix: matrix, target: update)], with: activations, vectors: count, pool: pool)
        if let norm { normalise(update, norm, count: count, into: update) }
        let (hidden, update) = (hidden, update)
        pool.split(count * model.configuration.embedding, chunk: Activations.valuesOfPiece) { part in
            Kernel.add(hidden[part], update[part], into: hidden[part])
        }
    }

    /// The first half of a layer.
    private func attend(
        _ layer: Transformer.Layer, _ index: Int, _ places: [Place], _ segments: [Attention.Segment],
        _ layout: CacheLayout
    ) {
        let size = model.configuration
        let count = places.count
        normalise(
            hidden, layer.attentionNorm, count: count, into: normed.floats(columns: size.embedding, vectors: count))
        WeightMatrix.multiply(
            [
                .init(matrix: layer.query, target: queries), .init(matrix: layer.key, target: keys),
                .init(matrix: layer.value, target: values),
            ], with: normed, vectors: count, pool: pool)
        place(layer, index, places, layout)
        let attention = Attention(
            queries: queries, heads: size.heads, layout: layout, cap: size.attentionCap,
            target: attended.floats(columns: size.heads * size.headSize, vectors: count))
        attention.run(layer: index, segments, window: size.windows[index], pool: pool)
        add(layer.attentionOutput, of: attended, norm: layer.attentionPostNorm, count: count)
    }

    /// Adds biases, normalises heads, turns queries and keys by their position, and stores keys and values.
    private func place(_ layer: Transformer.Layer, _ index: Int, _ places: [Place], _ layout: CacheLayout) {
        let size = model.configuration
        let kind = size.ropeOfLayer[index]
        let (head, pairs) = (size.headSize, size.rotated / 2)
        let (wide, narrow) = (size.heads * head, size.keyValueHeads * head)
        let (queries, keys, values) = (queries, keys, values)
        let (cosines, sines) = (cosines[kind], sines[kind])
        forEachToken(places.count, width: wide + 2 * narrow) { token in
            let query = queries[token * wide..<(token + 1) * wide]
            let key = keys[token * narrow..<(token + 1) * narrow]
            let value = values[token * narrow..<(token + 1) * narrow]
            for (bias, target) in zip(layer.biases, [query, key, value]) { Kernel.add(target, bias, into: target) }
            let angles = token * pairs..<(token + 1) * pairs
            for (buffer, heads, norm) in [
                (query, size.heads, layer.queryNorm), (key, size.keyValueHeads, layer.keyNorm),
            ] {
                if let norm {
                    for start in stride(from: 0, to: heads * head, by: head) {
                        let part = buffer[start..<start + head]
                        Kernel.rmsNorm(part, weight: norm, epsilon: size.epsilon, into: part)
                    }
                }
                Kernel.rope(
                    buffer, cosines: cosines[angles], sines: sines[angles], heads: heads, headSize: head,
                    rotated: size.rotated, pairing: size.pairing)
            }
            Kernel.multiply(query, size.queryScale, into: query)
            let (page, slot) = places[token].position.quotientAndRemainder(dividingBy: AttentionTile.length)
            for number in 0..<size.keyValueHeads {
                let part = number * head..<(number + 1) * head
                Kernel.store(
                    key: key[part], value: value[part], slot: slot, page: places[token].pages[page],
                    tile: layout.tile, offset: layout.offset(layer: index, head: number))
            }
        }
    }

    /// The second half of a layer: down(activation(gate) * up).
    private func feedForward(_ layer: Transformer.Layer, count: Int) {
        let size = model.configuration
        normalise(
            hidden, layer.feedForwardNorm, count: count, into: normed.floats(columns: size.embedding, vectors: count))
        WeightMatrix.multiply(
            [.init(matrix: layer.gate, target: gate), .init(matrix: layer.up, target: up)], with: normed,
            vectors: count, pool: pool)
        let (gate, up, gated) = (gate, up, gated.floats(columns: size.feedForward, vectors: count))
        pool.split(count * size.feedForward, chunk: 1 << 14) { part in
            switch size.activation {
            case .silu: Kernel.siluMultiply(gate: gate[part], up: up[part], into: gated[part])
            case .gelu:
                Kernel.gelu(gate[part], into: gated[part])
                Kernel.multiply(gated[part], up[part], into: gated[part])
            }
        }
        add(layer.down, of: self.gated, norm: layer.feedForwardPostNorm, count: count)
    }
}
