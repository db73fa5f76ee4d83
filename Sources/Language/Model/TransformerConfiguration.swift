import Tensors

/// What tells one family of decoder-only transformers from another, and one model of it from the next.
///
/// Made from a file's metadata as a plain LLaMA; an architecture's file then changes what is other there.
struct TransformerConfiguration: Sendable {
    /// The function between the two halves of a gated feed-forward layer.
    enum Activation: Sendable {
        /// x sigmoid(x), as in SwiGLU (Shazeer 2020).
        case silu
        /// GELU by its tanh form, as in GeGLU (Shazeer 2020).
        case gelu
    }

    /// `general.architecture` and a dot, what the metadata's keys begin with.
    let prefix: String
    let layers: Int
    let embedding: Int
    let feedForward: Int
    let heads: Int
    let keyValueHeads: Int
    let headSize: Int
    let context: Int
    let vocabulary: Int
    /// Of RMS norms.
    let epsilon: Float
    /// Elements of each head that turn with their position.
    let rotated: Int
    let ropeBase: Double
    var pairing = Kernel.RopePairing.halves
    /// By position encoding (most have one), then by what ``ropeOfLayer`` counts.
    var ropes: [[RotaryEmbedding]] = []
    /// Tokens of a sequence up to which the first position encoding holds.
    var shortContext = Int.max
    /// Which rotary embedding each layer uses.
    var ropeOfLayer: [Int]
    /// How many positions each layer's attention sees; 0 for all.
    var windows: [Int]
    /// What queries are multiplied by.
    var queryScale: Float
    /// What embeddings are multiplied by.
    var embeddingScale: Float = 1
    var activation = Activation.silu
    /// Attention scores become `cap * tanh(score / cap)`; 0 leaves them.
    var attentionCap: Float = 0
    /// The same for the scores of tokens.
    var outputCap: Float = 0
    /// Whether queries, keys and values have biases.
    var hasBiases = false
    /// Whether each head's query and key are normalised.
    var hasHeadNorms = false
    /// Whether what each half of a layer adds is normalised.
    var hasPostNorms = false
    /// Whether queries, keys and values are one matrix, and the two of the feed-forward layer likewise.
    var isFused = false
    /// Tensors that are read elsewhere: factors of rotary embeddings.
    var otherTensors: Set<String> = []

    /// Reads and checks what all families have.
    ///
    /// - Throws: ``LanguageError/metadata(path:key:expected:got:)`` naming the key.
    init(_ file: GGUFFile, vocabulary: Int) throws(LanguageError) {
        prefix = try file.string("general.architecture") + "."
        layers = try file.integer(prefix + "block_count", in: 1...1024)
        embedding = try file.integer(prefix + "embedding_length", in: 1...1 << 17)
        feedForward = try file.integer(prefix + "feed_forward_length", in: 1...1 << 20)
        heads = try file.integer(prefix + "attention.head_count", in: 1...4096)
        keyValueHeads = try file.integer(prefix + "attention.head_count_kv", in: 1...heads, default: heads)
        guard heads % keyValueHeads == 0 else {
            throw file.mismatch(prefix + "attention.head_count_kv", expected: "a divisor of \(heads)")
        }
        let sizes = 1...AttentionTile.largestHead
        headSize = try file.integer(prefix + "attention.key_length", in: sizes, default: embedding / heads)
        guard sizes.contains(headSize) else {
            throw file.mismatch(prefix + "attention.key_length", expected: "an integer in 1...\(sizes.upperBound)")
        }
        guard try file.integer(prefix + "attention.value_length", in: sizes, default: headSize) == headSize else {
            throw file.mismatch(prefix + "attention.value_length", expected: "the key length \(headSize)")
        }
        rotated = try file.integer(prefix + "rope.dimension_count", in: 0...headSize, default: headSize)
        guard rotated % 2 == 0 else { throw file.mismatch(prefix + "rope.dimension_count", expected: "an even number") }
        context = try file.integer(prefix + "context_length", in: 1...1 << 30)
        epsilon = try file.float(prefix + "attention.layer_norm_rms_epsilon", in: 0...1)
        ropeBase = Double(try file.float(prefix + "rope.freq_base", in: 1...1e12, default: 10_000))
        self.vocabulary = try file.integer(prefix + "vocab_size", in: vocabulary...vocabulary, default: vocabulary)
        ropeOfLayer = [Int](repeating: 0, count: layers)
        windows = [Int](repeating: 0, count: layers)
        queryScale = 1 / Float(headSize).squareRoot()
    }

    /// What positions are divided by: 1, or the factor of linear scaling.
    ///
    /// - Throws: ``LanguageError/unsupported(path:what:name:known:)`` for other kinds of scaling.
    func linearScale(_ file: GGUFFile) throws(LanguageError) -> Double {
        let scaling = try file.string(prefix + "rope.scaling.type", default: "none")
        switch scaling {
        case "none": return 1
        case "linear": return Double(try file.float(prefix + "rope.scaling.factor", in: 1...1e6))
        default:
            throw .unsupported(path: file.path, what: "rope scaling", name: scaling, known: ["linear", "none"])
        }
    }

    /// What each frequency is divided by, from a tensor of positive numbers; nil where the file has none.
    mutating func ropeFactors(_ file: GGUFFile, _ name: String) throws(LanguageError) -> [Float]? {
        guard file.tensor(named: name) != nil else { return nil }
        otherTensors.insert(name)
        let factors = try file.vector(name, count: rotated / 2).array
        if let bad = factors.first(where: { !($0.isFinite && $0 > 0) }) {
            throw .tensor(path: file.path, name: name, expected: "positive factors", got: "\(bad)")
        }
        return factors
    }

    /// One rotary embedding for all layers, with linear scaling where the metadata says so.
    mutating func useOneRope(_ file: GGUFFile) throws(LanguageError) {
        let scale = try linearScale(file)
        ropes = [[RotaryEmbedding(rotated: rotated, base: ropeBase, scale: scale)]]
    }

    /// The window of `attention.sliding_window` in the layers for which `isLocal` holds; none where the key is missing or 0.
    mutating func useWindow(
        _ file: GGUFFile, default fallback: Int = 0, where isLocal: (Int) -> Bool
    ) throws(LanguageError) {
        let window = try file.integer(prefix + "attention.sliding_window", in: 0...1 << 30, default: fallback)
        for layer in 0..<layers where isLocal(layer) { windows[layer] = window }
    }
}
