import Tensors

/// A decoder-only transformer: RMS norm before each half of a layer, rotary positions, grouped-query attention, a gated
/// feed-forward layer. What else a family has, its ``TransformerConfiguration`` says.
struct Transformer: DecoderModel {
    /// One layer's weights. Matrices are [outputs, inputs].
    struct Layer: Sendable {
        let attentionNorm: Buffer<Float>
        let query: WeightMatrix
        let key: WeightMatrix
        let value: WeightMatrix
        /// Biases of query, key and value, or none.
        let biases: [Buffer<Float>]
        /// [head size]: the weights of each head's norms.
        let queryNorm: Buffer<Float>?
        let keyNorm: Buffer<Float>?
        let attentionOutput: WeightMatrix
        let attentionPostNorm: Buffer<Float>?
        let feedForwardNorm: Buffer<Float>
        let gate: WeightMatrix
        let up: WeightMatrix
        let down: WeightMatrix
        let feedForwardPostNorm: Buffer<Float>?

        var matrices: [WeightMatrix] { [query, key, value, attentionOutput, gate, up, down] }
    }

    let configuration: TransformerConfiguration
    let embedding: WeightMatrix
    let layers: [Layer]
    let outputNorm: Buffer<Float>
    /// The embedding where the file has no matrix of its own for it.
    let output: WeightMatrix

    var shape: DecoderShape {
        DecoderShape(
            vocabulary: configuration.vocabulary, context: configuration.context, layers: configuration.layers,
            keyValueHeads: configuration.keyValueHeads, headSize: configuration.headSize)
    }

    /// Reads the weights.
    ///
    /// - Throws: ``LanguageError/tensor(path:name:expected:got:)`` for one that is missing, of another shape, or unknown.
    init(_ file: GGUFFile, _ size: TransformerConfiguration) throws(LanguageError) {
        configuration = size
        let (vocabulary, width) = (size.vocabulary, size.embedding)
        var tensors = TensorReader(file: file, read: size.otherTensors)
        embedding = try tensors.matrix("token_embd", vocabulary, width)
        outputNorm = try tensors.vector("output_norm.weight", width)
        let tied = file.tensor(named: "output.weight") == nil
        output = tied ? embedding : try tensors.matrix("output", vocabulary, width)
        var layers: [Layer] = []
        for index in 0..<size.layers { layers.append(try Layer(&tensors, "blk.\(index).", size)) }
        self.layers = layers
        try tensors.checkAllRead()
    }

    func makeRun(chunk: Int, pool: WorkerPool) -> any DecoderRun { TransformerRun(self, chunk: chunk, pool: pool) }

    func positionEncoding(capacity: Int) -> Int {
        min(capacity > configuration.shortContext ? 1 : 0, configuration.ropes.count - 1)
    }

    func multiplications(scored: Bool) -> Int {
        func weights(_ matrices: [WeightMatrix]) -> Int { matrices.reduce(0) { $0 + $1.rows * $1.columns } }
        let all = layers.reduce(0) { $0 + weights($1.matrices) }
        guard !scored, let last = layers.last else { return all + weights([output]) }
        return all - weights(last.matrices) + weights([last.key, last.value])
    }
}

/// Reads tensors and knows afterwards which of the file's were not.
struct TensorReader {
    let file: GGUFFile
    private(set) var read: Set<String>

    init(file: GGUFFile, read: Set<String>) {
        self.file = file
        self.read = read
    }

    /// A vector as float32; `name` in full.
    mutating func vector(_ name: String, _ count: Int) throws(LanguageError) -> Buffer<Float> {
        read.insert(name)
        return try file.vector(name, count: count)
    }

    /// A matrix; `.weight` is added to the name.
    mutating func matrix(_ name: String, _ rows: Int, _ columns: Int) throws(LanguageError) -> WeightMatrix {
        read.insert(name + ".weight")
        return try WeightMatrix(file, name + ".weight", rows: rows, columns: columns)
    }

    /// A matrix in parts, so many rows each, one below the other.
    mutating func matrices(_ name: String, _ parts: [Int], _ columns: Int) throws(LanguageError) -> [WeightMatrix] {
        let whole = try matrix(name, parts.reduce(0, +), columns)
        var start = 0
        return parts.map { rows in
            defer { start += rows }
            return whole.rows(start..<start + rows)
        }
    }

    /// Refuses tensors that nothing read: without them the answer would be wrong.
    func checkAllRead() throws(LanguageError) {
        for tensor in file.tensors where !read.contains(tensor.name) {
            throw .tensor(
                path: file.path, name: tensor.name, expected: "only tensors of the architecture", got: tensor.summary)
        }
    }
}

extension Transformer.Layer {
    /// Reads the tensors whose names begin with `prefix`.
    init(
        _ tensors: inout TensorReader, _ prefix: String, _ size: TransformerConfiguration
    ) throws(LanguageError) {
        let (width, queries, keys) = (size.embedding, size.heads * size.headSize, size.keyValueHeads * size.headSize)
        attentionNorm = try tensors.vector(prefix + "attn_norm.weight", width)
        if size.isFused {
            let parts = try tensors.matrices(prefix + "attn_qkv", [queries, keys, keys], width)
            (query, key, value) = (parts[0], parts[1], parts[2])
            let halves = try tensors.matrices(prefix + "ffn_up", [size.feedForward, size.feedForward], width)
            (gate, up) = (halves[0], halves[1])
        } else {
            query = try tensors.matrix(prefix + "attn_q", queries, width)
            key = try tensors.matrix(prefix + "attn_k", keys, width)
            value = try tensors.matrix(prefix + "attn_v", keys, width)
            gate = try tensors.matrix(prefix + "ffn_gate", size.feedForward, width)
            up = try tensors.matrix(prefix + "ffn_up", size.feedForward, width)
        }
        var biases: [Buffer<Float>] = []
        for (name, count) in [("attn_q", queries), ("attn_k", keys), ("attn_v", keys)] where size.hasBiases {
            biases.append(try tensors.vector("\(prefix)\(name).bias", count))
        }
        self.biases = biases
        queryNorm = size.hasHeadNorms ? try tensors.vector(prefix + "attn_q_norm.weight", size.headSize) : nil
        keyNorm = size.hasHeadNorms ? try tensors.vector(prefix + "attn_k_norm.weight", size.headSize) : nil
        attentionOutput = try tensors.matrix(prefix + "attn_output", width, queries)
        attentionPostNorm = size.hasPostNorms ? try tensors.vector(prefix + "post_attention_norm.weight", width) : nil
        feedForwardNorm = try tensors.vector(prefix + "ffn_norm.weight", width)
        down = try tensors.matrix(prefix + "ffn_down", width, size.feedForward)
        feedForwardPostNorm = size.hasPostNorms ? try tensors.vector(prefix + "post_ffw_norm.weight", width) : nil
    }
}
