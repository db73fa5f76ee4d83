import Tensors

/// A family of models: its name in `general.architecture` and how one is loaded.
///
/// To add one: a file that makes a ``TransformerConfiguration``, or has a ``DecoderModel`` of its own, and a line in
/// ``Architectures/all``.
struct Architecture: Sendable {
    let name: String
    /// Reads configuration and weights; the second argument is the number of tokens.
    let load: @Sendable (GGUFFile, Int) throws(LanguageError) -> any DecoderModel

    /// A family that differs from others in its configuration alone.
    init(
        transformer name: String,
        configure: @escaping @Sendable (GGUFFile, Int) throws(LanguageError) -> TransformerConfiguration
    ) {
        self.name = name
        load = { file, vocabulary throws(LanguageError) in
            try Transformer(file, configure(file, vocabulary))
        }
    }
}

/// The families that run here.
enum Architectures {
    static let all: [Architecture] = [
        LLaMA.architecture, Qwen2.architecture, Qwen3.architecture, Phi3.architecture, Gemma.architecture,
        Gemma2.architecture, Gemma3.architecture,
    ]

    /// The family that a file belongs to.
    static func architecture(of file: GGUFFile) throws(LanguageError) -> Architecture {
        let name = try file.string("general.architecture")
        guard let found = all.first(where: { $0.name == name }) else {
            throw .unsupported(path: file.path, what: "architecture", name: name, known: all.map(\.name))
        }
        return found
    }
}

/// The weights of a decoder-only language model, ready to run. Immutable and shared by all runs.
protocol DecoderModel: Sendable {
    var shape: DecoderShape { get }
    /// Scratch memory for evaluating at most `chunk` tokens at a time.
    func makeRun(chunk: Int, pool: WorkerPool) -> any DecoderRun
    /// Which of the model's position encodings a sequence of at most so many tokens uses.
    func positionEncoding(capacity: Int) -> Int
    /// How many weights of matrices a token is multiplied with, with scores after it or without.
    func multiplications(scored: Bool) -> Int
}

/// Sizes that the code around a model needs.
struct DecoderShape: Sendable {
    let vocabulary: Int
    /// Tokens the model was made for.
    let context: Int
    let layers: Int
    let keyValueHeads: Int
    let headSize: Int

    /// What a cache of the model looks like.
    func cacheLayout(_ type: CacheType) -> CacheLayout {
        CacheLayout(layers: layers, heads: keyValueHeads, tile: AttentionTile(type: type, headSize: headSize))
    }
}

/// Tokens of one sequence to be evaluated.
struct DecoderSegment {
    /// Where keys and values go, with memory for the new positions.
    let cache: KVCache
    let tokens: ArraySlice<Token>
    /// Of the first token; the cache holds all before it.
    let position: Int
    /// ``DecoderModel/positionEncoding(capacity:)`` of the sequence.
    let encoding: Int
}

/// Scratch memory and what is done in it.
protocol DecoderRun: AnyObject {
    /// Evaluates tokens, of any number of sequences with caches alike, in one pass over the weights, and adds their keys and
    /// values to the caches. At most as many as the run was made for.
    ///
    /// - Parameter scored: of which tokens, counted through all segments and ascending, the scores of all tokens to follow are
    ///   wanted. What only scores need is left out for the others.
    /// - Returns: the scores, [scored, vocabulary]; overwritten by the next call.
    /// - Throws: ``LanguageError/cancelled`` between two layers; positions before the segments' are untouched.
    func evaluate(
        _ segments: [DecoderSegment], scoring scored: [Int], isCancelled: () -> Bool
    ) throws(LanguageError) -> Buffer<Float>
}
