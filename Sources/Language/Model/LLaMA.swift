import Tensors

/// The LLaMA architecture: RMS norm before each half of a layer, rotary positions, grouped-query attention, SwiGLU
/// (Touvron et al. 2023, "LLaMA"; Ainslie et al. 2023, "GQA"). Qwen2 is the same with biases and the other pairing.
struct LLaMA: DecoderModel {
    static let architecture = Architecture(name: "llama") { file, vocabulary throws(LanguageError) in
        try LLaMA(file, .init(biases: false, pairing: .interleaved), vocabulary: vocabulary)
    }
    static let qwen2 = Architecture(name: "qwen2") { file, vocabulary throws(LanguageError) in
        try LLaMA(file, .init(biases: true, pairing: .halves), vocabulary: vocabulary)
    }

    /// What differs between the families that share this code.
    struct Variant: Sendable {
        /// Whether queries, keys and values have biases.
        let biases: Bool
        let pairing: Kernel.RopePairing
    }

    /// Sizes and constants, from the file's metadata.
    struct Configuration: Sendable {
        let layers: Int
        let embedding: Int
        let feedForward: Int
        let heads: Int
        let keyValueHeads: Int
        let headSize: Int
        let context: Int
        let vocabulary: Int
        let epsilon: Float
        let ropeBase: Float
        let ropeScale: Float
        let rotated: Int
    }

    /// One layer's weights. Matrices are [outputs, inputs].
    struct Layer: Sendable {
        let attentionNorm: Buffer<Float>
        let query: WeightMatrix
        let key: WeightMatrix
        let value: WeightMatrix
        /// Biases of query, key and value, or none.
        let biases: [Buffer<Float>]
        let attentionOutput: WeightMatrix
        let feedForwardNorm: Buffer<Float>
        let gate: WeightMatrix
        let up: WeightMatrix
        let down: WeightMatrix
    }

    let configuration: Configuration
    let rope: RotaryEmbedding
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

    init(_ file: GGUFFile, _ variant: Variant, vocabulary: Int) throws(LanguageError) {
        let size = try Configuration(file, vocabulary: vocabulary)
        configuration = size
        embedding = try WeightMatrix(file, "token_embd.weight", rows: vocabulary, columns: size.embedding)
        outputNorm = try file.vector("output_norm.weight", count: size.embedding)
        let tied = file.tensor(named: "output.weight") == nil
        output = tied ? embedding : try WeightMatrix(file, "output.weight", rows: vocabulary, columns: size.embedding)
        var factors: [Float]?
        if file.tensor(named: "rope_freqs.weight") != nil {
            factors = try file.vector("rope_freqs.weight", count: size.rotated / 2).array
        }
        if let bad = factors?.first(where: { !($0.isFinite && $0 > 0) }) {
            throw .tensor(path: file.path, name: "rope_freqs.weight", expected: "positive factors", got: "\(bad)")
        }
        rope = RotaryEmbedding(
            rotated: size.rotated, base: Double(size.ropeBase), pairing: variant.pairing, factors: factors,
            scale: Double(size.ropeScale))
        layers = try (0..<size.layers).map { index throws(LanguageError) in
            try Layer(file, "blk.\(index).", size, variant)
        }
        try Self.checkNames(file, size, variant)
    }

    /// Refuses tensors that this code would leave out: the answer would be wrong.
    private static func checkNames(
        _ file: GGUFFile, _ size: Configuration, _ variant: Variant
    ) throws(LanguageError) {
        var known: Set<String> = [
            "token_embd.weight", "output_norm.weight", "output.weight", "rope_freqs.weight",
        ]
        let parts = [
            "attn_norm", "attn_q", "attn_k", "attn_v", "attn_output", "ffn_norm", "ffn_gate", "ffn_up", "ffn_down",
        ]
        for layer in 0..<size.layers {
            for part in parts { known.insert("blk.\(layer).\(part).weight") }
            if variant.biases { for part in ["q", "k", "v"] { known.insert("blk.\(layer).attn_\(part).bias") } }
        }
        for tensor in file.tensors where !known.contains(tensor.name) {
            throw .tensor(
                path: file.path, name: tensor.name, expected: "only tensors of the architecture", got: tensor.summary)
        }
    }

    func makeRun(chunk: Int, pool: WorkerPool) -> any DecoderRun { LLaMARun(self, chunk: chunk, pool: pool) }
}

extension LLaMA.Configuration {
    /// Reads and checks the metadata of a file.
    init(_ file: GGUFFile, vocabulary: Int) throws(LanguageError) {
        let prefix = try file.string("general.architecture") + "."
        layers = try file.integer(prefix + "block_count", in: 1...1024)
        embedding = try file.integer(prefix + "embedding_length", in: 1...1 << 17)
        feedForward = try file.integer(prefix + "feed_forward_length", in: 1...1 << 20)
        heads = try file.integer(prefix + "attention.head_count", in: 1...4096)
        keyValueHeads = try file.integer(prefix + "attention.head_count_kv", in: 1...heads, default: heads)
        guard heads % keyValueHeads == 0 else {
            throw file.mismatch(prefix + "attention.head_count_kv", expected: "a divisor of \(heads)")
        }
        let share = embedding / heads
        headSize = try file.integer(prefix + "attention.key_length", in: 1...1 << 16, default: share)
        guard headSize > 0,
            try file.integer(prefix + "attention.value_length", in: 1...1 << 16, default: headSize) == headSize
        else { throw file.mismatch(prefix + "attention.value_length", expected: "the key length \(headSize), above 0") }
        rotated = try file.integer(prefix + "rope.dimension_count", in: 0...headSize, default: headSize)
        guard rotated % 2 == 0 else { throw file.mismatch(prefix + "rope.dimension_count", expected: "an even number") }
        context = try file.integer(prefix + "context_length", in: 1...1 << 30)
        epsilon = try file.float(prefix + "attention.layer_norm_rms_epsilon", in: 0...1)
        ropeBase = try file.float(prefix + "rope.freq_base", in: 1...1e12, default: 10_000)
        let scaling = try file.string(prefix + "rope.scaling.type", default: "none")
        switch scaling {
        case "none": ropeScale = 1
        case "linear": ropeScale = try file.float(prefix + "rope.scaling.factor", in: 1...1e6)
        default:
            throw .unsupported(path: file.path, what: "rope scaling", name: scaling, known: ["linear", "none"])
        }
        self.vocabulary = try file.integer(prefix + "vocab_size", in: vocabulary...vocabulary, default: vocabulary)
    }
}

extension LLaMA.Layer {
    /// Reads the tensors whose names begin with `prefix`.
    init(
        _ file: GGUFFile, _ prefix: String, _ size: LLaMA.Configuration, _ variant: LLaMA.Variant
    ) throws(LanguageError) {
        let queries = size.heads * size.headSize
        let keys = size.keyValueHeads * size.headSize
        func matrix(_ name: String, _ rows: Int, _ columns: Int) throws(LanguageError) -> WeightMatrix {
            try WeightMatrix(file, "\(prefix)\(name).weight", rows: rows, columns: columns)
        }
        attentionNorm = try file.vector(prefix + "attn_norm.weight", count: size.embedding)
        query = try matrix("attn_q", queries, size.embedding)
        key = try matrix("attn_k", keys, size.embedding)
        value = try matrix("attn_v", keys, size.embedding)
        if variant.biases {
            biases = [
                try file.vector(prefix + "attn_q.bias", count: queries),
                try file.vector(prefix + "attn_k.bias", count: keys),
                try file.vector(prefix + "attn_v.bias", count: keys),
            ]
        } else {
            biases = []
        }
        attentionOutput = try matrix("attn_output", size.embedding, queries)
        feedForwardNorm = try file.vector(prefix + "ffn_norm.weight", count: size.embedding)
        gate = try matrix("ffn_gate", size.feedForward, size.embedding)
        up = try matrix("ffn_up", size.feedForward, size.embedding)
        down = try matrix("ffn_down", size.embedding, size.feedForward)
    }
}
