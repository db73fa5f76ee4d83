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
    /// What its products are split over.
    package let pool: WorkerPool
    let file: GGUFFile

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
        self.file = file
        name = try file.string("general.name", default: architecture.name)
        weightBytes = file.tensors.reduce(0) { $0 + $1.byteCount }
        parameters = file.tensors.reduce(0) { $0 + $1.columns * $1.rows }
        var elements: [String: Int] = [:]
        for tensor in file.tensors { elements[tensor.type.name, default: 0] += tensor.columns * tensor.rows }
        quantization = elements.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? "none"
    }

    /// Most tokens the model was made for.
    package var contextLength: Int { decoder.shape.context }

    /// Bytes of the cache for so many tokens: whole pages of ``AttentionTile/length``.
    package func cacheBytes(tokens: Int, cache: CacheType = .float16) -> Int {
        let page = decoder.shape.cacheLayout(cache).pageBytes
        let (bytes, overflow) = CacheLayout.pages(for: tokens).multipliedReportingOverflow(by: page)
        return overflow ? .max : bytes
    }

    /// An empty sequence.
    ///
    /// - Parameters:
    ///   - capacity: most tokens it may hold; at most the context length. Memory is taken as it fills.
    ///   - cache: how its keys and values are stored.
    package func makeSequence(capacity: Int = 4096, cache: CacheType = .float16) -> SequenceState {
        SequenceState(self, capacity: max(1, min(capacity, contextLength)), cache: cache)
    }

    /// A number that tells this model's file from others: of its metadata, and of both ends of each tensor.
    var fingerprint: UInt64 {
        var hash = WordHash()
        let bytes = file.storage.byteCount
        let start = file.tensors.map(\.offset).min() ?? bytes
        let sample = 512
        var parts = [0..<start]
        for tensor in file.tensors {
            let end = tensor.offset + tensor.byteCount
            parts.append(tensor.offset..<min(end, tensor.offset + sample))
            parts.append(max(tensor.offset, end - sample)..<end)
        }
        for part in parts {
            guard let bytes = file.storage.buffer(of: UInt8.self, at: part.lowerBound, count: part.count) else {
                preconditionFailure("tensor ranges are checked when the file is read")
            }
            hash.add(bytes)
        }
        return hash.value
    }
}
