import Tensors

/// A family of models: its name in `general.architecture` and how one is loaded.
///
/// To add one: a file with a ``DecoderModel``, and a line in ``Architectures/all``.
struct Architecture: Sendable {
    let name: String
    /// Reads configuration and weights; the second argument is the number of tokens.
    let load: @Sendable (GGUFFile, Int) throws(LanguageError) -> any DecoderModel
}

/// The families that run here.
enum Architectures {
    static let all: [Architecture] = [LLaMA.architecture, LLaMA.qwen2]

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
    /// Scratch memory for one sequence, which evaluates at most `chunk` tokens at a time.
    func makeRun(chunk: Int, pool: WorkerPool) -> any DecoderRun
}

/// Sizes that the code around a model needs.
struct DecoderShape: Sendable {
    let vocabulary: Int
    /// Tokens the model was made for.
    let context: Int
    let layers: Int
    let keyValueHeads: Int
    let headSize: Int

    /// Bytes a position takes in a cache.
    var cacheBytes: Int { 2 * layers * keyValueHeads * headSize * MemoryLayout<Float>.size }
}

/// The scratch memory of one sequence and what is done in it.
protocol DecoderRun: AnyObject {
    /// Evaluates tokens at the positions from `position` on and adds their keys and values to the cache, which has room.
    ///
    /// - Throws: ``LanguageError/cancelled`` between two layers; positions before `position` are untouched.
    func evaluate(
        _ tokens: ArraySlice<Token>, at position: Int, cache: KVCache, isCancelled: () -> Bool
    ) throws(LanguageError)

    /// Scores of all tokens to follow the last one evaluated. Overwritten by the next call.
    func logits() -> Buffer<Float>
}
