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

    /// A token that is evaluated.
    private struct Row: Sendable {
        /// Where its keys and values go.
        let pages: PageTable
        let position: Int
        /// The row of its angles.
        let angles: Int
    }

    /// The tokens that a layer works on, in the order of their vectors in ``hidden``.
    private struct Rows: Sendable {
        let all: [Row]
        /// The same, where they follow each other together.
        let segments: [Attention.Segment]

        var count: Int { all.count }

        init(_ rows: [Row]) {
            var segments: [Attention.Segment] = []
            for (index, row) in rows.enumerated() {
                if let last = segments.last, last.pages === row.pages, last.position + last.count == row.position {
                    segments[segments.count - 1].count += 1
                } else {
                    segments.append(
                        Attention.Segment(pages: row.pages, row: index, count: 1, position: row.position))
                }
            }
            all = rows
            self.segments = segments
        }
    }

    func evaluate(
        _ segments: [DecoderSegment], scoring scored: [Int], isCancelled: () -> Bool
    ) throws(LanguageError) -> Buffer<Float> {
        let tokens = segments.flatMap(\.tokens)
        precondition(!tokens.isEmpty && tokens.count <= chunk, "more tokens than the scratch memory holds")
        precondition(scored.allSatisfy(tokens.indices.contains), "scores of a token that is not evaluated")
        precondition(zip(scored, scored.dropFirst()).allSatisfy { $0 < $1 }, "rows that do not ascend")
        embed(tokens)
        fillAngles(segments)
        var all: [Row] = []
        for segment in segments {
            for index in 0..<segment.tokens.count {
                all.append(Row(pages: segment.cache.table, position: segment.position + index, angles: all.count))
            }
        }
        var rows = Rows(all)
        let layout = segments[0].cache.layout
        precondition(segments.allSatisfy { $0.cache.layout == layout }, "caches of several kinds")
        for (index, layer) in model.layers.enumerated() {
            if isCancelled() { throw .cancelled }
            let isCut = index == model.layers.count - 1 && scored.count < rows.count
            attend(layer, index, &rows, keeping: isCut ? scored : nil, layout)
            feedForward(layer, count: rows.count)
        }
        return scores(count: rows.count)
    }

    /// The scores of all tokens to follow the first `count` of those in ``hidden``: [count, vocabulary].
    private func scores(count: Int) -> Buffer<Float> {
        let size = model.configuration
        if count * size.vocabulary > scores.count {
            last = Activations(columns: size.embedding, vectors: count)
            scores = Buffer(count: count * size.vocabulary)
        }
        let result = scores[0..<count * size.vocabulary]
        guard count > 0 else { return result }
        normalise(hidden, model.outputNorm, count: count, into: last.floats(columns: size.embedding, vectors: count))
        WeightMatrix.multiply(
            [.init(matrix: model.output, target: result)], with: last, vectors: count, pool: pool)
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
    private func fillAngles(_ segments: [DecoderSegment]) {
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
    ///
    /// - Parameter kept: of which of `rows` more than keys and values is needed, if not of all: no others are left in these and
    ///   in ``hidden``.
    private func attend(
        _ layer: Transformer.Layer, _ index: Int, _ rows: inout Rows, keeping kept: [Int]?, _ layout: CacheLayout
    ) {
        let size = model.configuration
        let query = WeightMatrix.Product(matrix: layer.query, target: queries)
        let products = [
            query, .init(matrix: layer.key, target: keys), .init(matrix: layer.value, target: values),
        ]
        multiplyNormed(layer, kept == nil ? products : Array(products.dropFirst()), count: rows.count)
        storeKeysAndValues(layer, index, rows.all, layout)
        if let kept {
            keep(kept, of: &rows)
            guard rows.count > 0 else { return }
            multiplyNormed(layer, [query], count: rows.count)
        }
        turnQueries(layer, index, rows.all)
        let attention = Attention(
            queries: queries, heads: size.heads, layout: layout, cap: size.attentionCap,
            target: attended.floats(columns: size.heads * size.headSize, vectors: rows.count))
        attention.run(layer: index, rows.segments, window: size.windows[index], pool: pool)
        add(layer.attentionOutput, of: attended, norm: layer.attentionPostNorm, count: rows.count)
    }

    /// Products of the first half of a layer with the first `count` vectors in ``hidden``, normalised.
    private func multiplyNormed(_ layer: Transformer.Layer, _ products: [WeightMatrix.Product], count: Int) {
        let target = normed.floats(columns: model.configuration.embedding, vectors: count)
        normalise(hidden, layer.attentionNorm, count: count, into: target)
        WeightMatrix.multiply(products, with: normed, vectors: count, pool: pool)
    }

    /// Leaves only some rows, which ascend, and their vectors in ``hidden``.
    private func keep(_ kept: [Int], of rows: inout Rows) {
        let width = model.configuration.embedding
        for (target, source) in kept.enumerated() where target != source {
            hidden[target * width..<(target + 1) * width].copy(from: hidden[source * width..<(source + 1) * width])
        }
        rows = Rows(kept.map { rows.all[$0] })
    }

    /// How one layer's heads are turned by their tokens' positions, normalised before where there is a norm.
    private struct Turn: Sendable {
        let size: TransformerConfiguration
        let cosines: Buffer<Float>
        let sines: Buffer<Float>

        /// - Parameter buffer: [heads, head size] of one token, in place.
        func callAsFunction(_ buffer: Buffer<Float>, heads: Int, norm: Buffer<Float>?, _ row: Row) {
            let (head, pairs) = (size.headSize, size.rotated / 2)
            if let norm {
                for start in stride(from: 0, to: heads * head, by: head) {
                    let part = buffer[start..<start + head]
                    Kernel.rmsNorm(part, weight: norm, epsilon: size.epsilon, into: part)
                }
            }
            let angles = row.angles * pairs..<(row.angles + 1) * pairs
            Kernel.rope(
                buffer, cosines: cosines[angles], sines: sines[angles], heads: heads, headSize: head,
                rotated: size.rotated, pairing: size.pairing)
        }
    }

    private func turn(ofLayer index: Int) -> Turn {
        let kind = model.configuration.ropeOfLayer[index]
        return Turn(size: model.configuration, cosines: cosines[kind], sines: sines[kind])
    }

    /// Adds biases to keys and values, turns keys, and stores both.
    private func storeKeysAndValues(_ layer: Transformer.Layer, _ index: Int, _ rows: [Row], _ layout: CacheLayout) {
        let size = model.configuration
        let (head, narrow) = (size.headSize, size.keyValueHeads * size.headSize)
        let (keys, values, turn) = (keys, values, turn(ofLayer: index))
        forEachToken(rows.count, width: 2 * narrow) { token in
            let key = keys[token * narrow..<(token + 1) * narrow]
            let value = values[token * narrow..<(token + 1) * narrow]
            for (bias, target) in zip(layer.biases.dropFirst(), [key, value]) {
                Kernel.add(target, bias, into: target)
            }
            turn(key, heads: size.keyValueHeads, norm: layer.keyNorm, rows[token])
            let (page, slot) = rows[token].position.quotientAndRemainder(dividingBy: AttentionTile.length)
            for number in 0..<size.keyValueHeads {
                let part = number * head..<(number + 1) * head
                Kernel.store(
                    key: key[part], value: value[part], slot: slot, page: rows[token].pages[page],
                    tile: layout.tile, offset: layout.offset(layer: index, head: number))
            }
        }
    }

    /// Adds biases to queries, turns and scales them.
    private func turnQueries(_ layer: Transformer.Layer, _ index: Int, _ rows: [Row]) {
        let size = model.configuration
        let wide = size.heads * size.headSize
        let (queries, turn) = (queries, turn(ofLayer: index))
        forEachToken(rows.count, width: wide) { token in
            let query = queries[token * wide..<(token + 1) * wide]
            if let bias = layer.biases.first { Kernel.add(query, bias, into: query) }
            turn(query, heads: size.heads, norm: layer.queryNorm, rows[token])
            Kernel.multiply(query, size.queryScale, into: query)
        }
    }

    /// The second half of a layer: down(activation(gate) * up).
    private func feedForward(_ layer: Transformer.Layer, count: Int) {
        guard count > 0 else { return }
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
