package import Tensors

/// A loaded language model: weights mapped from their file and shared by every sequence and thread.
package final class LanguageModel: Sendable {
    /// `general.name`, or the architecture's name where the file gives none.
    package let name: String
    /// `general.architecture`: `llama`.
    package let architecture: String
    /// The format that most weights are stored in: `Q4_0`.
    package let quantization: String
    /// Bytes of tensor data, mapped.
    package let weightBytes: Int
    /// Number of weights.
    package let parameters: Int
    package let tokenizer: Tokenizer
    let decoder: any DecoderModel
    let pool: WorkerPool

    /// Maps a file and reads all but the weights' values.
    ///
    /// - Throws: ``LanguageError`` with the place in the file.
    package convenience init(path: String, pool: WorkerPool) throws(LanguageError) {
        try self.init(GGUFFile(path: path), pool: pool)
    }

    /// Takes a file that was read before.
    package init(_ file: GGUFFile, pool: WorkerPool) throws(LanguageError) {
        let architecture = try Architectures.architecture(of: file)
        // A file of several would lack the others' tensors.
        _ = try file.integer("split.count", in: 0...1, default: 1)
        tokenizer = try Tokenizer(file)
        decoder = try architecture.load(file, tokenizer.count)
        self.architecture = architecture.name
        self.pool = pool
        name = try file.string("general.name", default: architecture.name)
        weightBytes = file.tensors.reduce(0) { $0 + $1.byteCount }
        parameters = file.tensors.reduce(0) { $0 + $1.columns * $1.rows }
        var elements: [String: Int] = [:]
        for tensor in file.tensors { elements[tensor.type.name, default: 0] += tensor.columns * tensor.rows }
        quantization = elements.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? "none"
    }

    /// Most tokens the model was made for.
    package var contextLength: Int { decoder.shape.context }

    /// Bytes of the cache for so many tokens.
    package func cacheBytes(tokens: Int) -> Int {
        let (bytes, overflow) = tokens.multipliedReportingOverflow(by: decoder.shape.cacheBytes)
        return overflow ? .max : bytes
    }

    /// An empty sequence.
    ///
    /// - Parameter capacity: most tokens it may hold; at most the context length. Memory is taken as it fills.
    package func makeSequence(capacity: Int = 4096) -> SequenceState {
        SequenceState(self, capacity: max(1, min(capacity, contextLength)))
    }
}
