import Language
import Tensors
import TestSupport
import Testing

@Suite("LLaMA architecture")
struct LLaMATests {
    static let shapes: [TinyModel] = [
        TinyModel(),
        TinyModel(layers: 1, embedding: 20, feedForward: 13, heads: 5, keyValueHeads: 5, headSize: 4, seed: 2),
        TinyModel(
            layers: 3, embedding: 33, feedForward: 7, heads: 3, keyValueHeads: 1, headSize: 6, tied: true, seed: 3),
        TinyModel(embedding: 24, heads: 4, keyValueHeads: 4, headSize: 6, rotated: 4, seed: 4),
        TinyModel(ropeFactors: true, ropeBase: 500_000, seed: 5),
        TinyModel(architecture: "qwen2", layers: 2, embedding: 28, heads: 7, keyValueHeads: 1, headSize: 4, seed: 6),
        TinyModel(layers: 1, embedding: 1, feedForward: 1, heads: 1, keyValueHeads: 1, headSize: 2, seed: 7),
    ]

    static func tokens(_ count: Int, below vocabulary: Int = 256, seed: UInt64 = 9) -> [Token] {
        var random = TestRandom(seed: seed)
        return (0..<count).map { _ in Int.random(in: 0..<vocabulary, using: &random) }
    }

    /// Float32 sums of at most a few hundred terms a layer: 1e-5 of the scores' spread is some hundred roundings.
    @Test("Scores are those of the naive forward pass in double precision", arguments: shapes, [1, 2, 7, 33, 70])
    func matchesReference(shape: TinyModel, count: Int) throws {
        let tokens = Self.tokens(count, below: shape.vocabulary.count)
        let got = try shape.model().makeSequence(cache: .float32).append(tokens).array
        #expect(relativeError(got, ReferenceLLaMA(shape).logits(tokens)) < 2e-5)
    }

    /// With 8-bit activations each product is off by about a 256th of its largest input; llama.cpp differs by 2 to 5 % too.
    @Test(
        "Quantised weights stay close to the exact result of the same weights",
        arguments: [("F16", 1e-4), ("BF16", 1e-4), ("Q8_0", 0.08), ("Q4_0", 0.08)])
    func quantisedMatchesReference(name: String, bound: Double) throws {
        let type = try #require(QuantizedTypes.all.first { $0.name == name })
        let shape = TinyModel(embedding: 64, feedForward: 96, heads: 4, keyValueHeads: 2, headSize: 16, seed: 11)
        let tokens = Self.tokens(40)
        let got = try shape.model(type).makeSequence(cache: .float32).append(tokens).array
        #expect(relativeError(got, ReferenceLLaMA(shape, type).logits(tokens)) < bound)
    }

    @Test(
        "A prompt evaluated at once gives what it gives token by token",
        arguments: [F32() as any QuantizedType, Q4_0()])
    func prefillEqualsDecode(type: any QuantizedType) throws {
        let model = try TinyModel(seed: 12).model(type)
        let tokens = Self.tokens(80)
        let whole = try model.makeSequence().append(tokens).array
        let sequence = model.makeSequence()
        var last: [Float] = []
        for token in tokens { last = try sequence.append([token]).array }
        #expect(Tolerance.relative(1e-4).mismatch(last, whole) == nil)
        #expect(sequence.tokens == tokens)
    }

    /// The last layer is cut short for tokens without scores, of which a chunk before the last has no other.
    @Test("Scores after a token are the same whether others' are asked for or not", arguments: shapes)
    func scoredTokens(shape: TinyModel) throws {
        let model = try shape.model()
        let tokens = Self.tokens(SequenceState.chunk + 7, below: shape.vocabulary.count)
        let sequence = model.makeSequence()
        var all: [[Float]] = []
        for start in stride(from: 0, to: tokens.count, by: 50) {
            let part = Array(tokens[start..<min(start + 50, tokens.count)])
            let scores = try sequence.appendScoringAll(part).array
            let vocabulary = scores.count / part.count
            for row in part.indices { all.append(Array(scores[row * vocabulary..<(row + 1) * vocabulary])) }
        }
        for count in [1, 2, 49, 50, 51, SequenceState.chunk, SequenceState.chunk + 1, tokens.count] {
            let last = try model.makeSequence().append(Array(tokens[..<count])).array
            #expect(Tolerance.relative(1e-4).mismatch(last, all[count - 1]) == nil)
        }
    }

    @Test(
        "Scores are the same to the bit at 1, 2 and 4 threads", arguments: [F32() as any QuantizedType, Q8_0(), Q4_0()])
    func sameAtAnyThreadCount(type: any QuantizedType) throws {
        // Large enough for products and attention to be split.
        let shape = TinyModel(embedding: 256, feedForward: 1024, heads: 8, keyValueHeads: 4, headSize: 32, seed: 13)
        let tokens = Self.tokens(100)
        let results = try [1, 2, 4].map { try shape.model(type, threads: $0).makeSequence().append(tokens).array }
        #expect(results[0] == results[1])
        #expect(results[0] == results[2])
    }

    @Test("Truncating and going on is as if the rest had never been")
    func truncation() throws {
        let model = try TinyModel(seed: 14).model()
        let tokens = Self.tokens(90)
        let sequence = model.makeSequence()
        _ = try sequence.append(tokens)
        sequence.truncate(to: 20)
        let again = try sequence.append(Array(tokens[20..<30])).array
        let fresh = model.makeSequence()
        _ = try fresh.append(Array(tokens[..<20]))
        #expect(try fresh.append(Array(tokens[20..<30])).array == again)
        #expect(sequence.keepPrefix(of: Array(tokens[..<25]) + [0, 1]) == 25)
        #expect(sequence.tokens == Array(tokens[..<25]))
        #expect(sequence.keepPrefix(of: []) == 0)
    }

    @Test("The context limit is an error that gives the counts, and leaves what was there")
    func contextLimit() throws {
        let model = try TinyModel(context: 40).model()
        let sequence = model.makeSequence()
        #expect(sequence.capacity == 40)
        _ = try sequence.append(Self.tokens(30))
        #expect(throws: LanguageError.contextExceeded(needed: 41, limit: 40)) { try sequence.append(Self.tokens(11)) }
        #expect(sequence.tokens.count == 30)
        _ = try sequence.append(Self.tokens(10))
        #expect(model.makeSequence(capacity: 7).capacity == 7)
    }

    @Test("A token outside the vocabulary is an error", arguments: [-1, 260, Int.max])
    func unknownToken(token: Int) throws {
        let model = try TinyModel().model()
        #expect(throws: LanguageError.noSuchToken(token, vocabulary: 260)) { try model.makeSequence().append([token]) }
    }

    @Test("Cancellation stops within a prompt and keeps whole chunks")
    func cancellation() throws {
        let sequence = try TinyModel(layers: 2).model().makeSequence()
        let prompt = Self.tokens(SequenceState.chunk + 8)
        var asked = 0
        #expect(throws: LanguageError.cancelled) {
            try sequence.append(prompt) {
                asked += 1
                return asked > 3
            }
        }
        #expect(asked == 4)
        #expect(sequence.tokens == Array(prompt[..<SequenceState.chunk]))
        #expect(try sequence.append([3]).count == 260)
    }

    @Test("What the model says about itself")
    func description() throws {
        let model = try TinyModel(embedding: 64, feedForward: 64, headSize: 16).model(Q4_0())
        #expect(model.name == "tiny")
        #expect(model.architecture == "llama")
        #expect(model.quantization == "Q4_0")
        #expect(model.contextLength == 512)
        // A page: 32 positions, keys and values, two layers, two heads of 16, the values' rows padded to 32.
        #expect(model.cacheBytes(tokens: 10) == 32 * (16 + 32) * 2 * 2 * 2)
        #expect(model.cacheBytes(tokens: 33, cache: .float32) == 2 * 32 * (16 + 32) * 2 * 2 * 4)
        #expect(model.cacheBytes(tokens: 0) == 0 && model.cacheBytes(tokens: .max) == .max)
        #expect(
            model.parameters
                == TinyModel(embedding: 64, feedForward: 64, headSize: 16).tensors.reduce(0) { $0 + $1.values.count })
    }
}

@Suite("Unsound models")
struct UnsoundModelTests {
    /// The file of a sound model with one metadata value replaced or removed.
    private func load(_ key: String, _ value: UInt32?) throws(LanguageError) -> LanguageModel {
        let shape = TinyModel()
        var file = shape.file()
        let prefix = GGUFBytes.text(key)
        file.pairs.removeAll { $0.starts(with: prefix) }
        if let value { file.add(key, value) }
        return try LanguageModel(file.file(), pool: WorkerPool(threads: 1))
    }

    @Test(
        "Each size is checked against its range and the tensors",
        arguments: [
            ("llama.block_count", 0), ("llama.block_count", 3), ("llama.block_count", 4_000_000_000),
            ("llama.embedding_length", 0),
            ("llama.embedding_length", 64), ("llama.embedding_length", 4_000_000_000), ("llama.feed_forward_length", 0),
            ("llama.feed_forward_length", 63), ("llama.attention.head_count", 0), ("llama.attention.head_count", 3),
            ("llama.attention.head_count", 64), ("llama.attention.head_count_kv", 0),
            ("llama.attention.head_count_kv", 3),
            ("llama.attention.head_count_kv", 8), ("llama.rope.dimension_count", 3), ("llama.rope.dimension_count", 10),
            ("llama.attention.key_length", 0), ("llama.attention.key_length", 16), ("llama.attention.value_length", 4),
            ("llama.context_length", 0), ("llama.vocab_size", 5), ("split.count", 2),
            ("tokenizer.ggml.bos_token_id", 260),
        ] as [(String, UInt32)])
    func sizes(key: String, value: UInt32) {
        #expect(throws: LanguageError.self) { try load(key, value) }
    }

    @Test(
        "A missing size is an error that names it",
        arguments: [
            "llama.block_count", "llama.embedding_length", "llama.feed_forward_length", "llama.attention.head_count",
            "llama.context_length", "llama.attention.layer_norm_rms_epsilon", "tokenizer.ggml.tokens",
            "tokenizer.ggml.model",
            "general.architecture",
        ])
    func missing(key: String) {
        #expect {
            try load(key, nil)
        } throws: { error in
            guard case LanguageError.metadata(_, key, _, "nothing")? = error as? LanguageError else { return false }
            return true
        }
    }

    @Test("An unknown architecture is refused by name, with those known")
    func architecture() {
        var file = GGUFBytes()
        file.add("general.architecture", "mamba")
        #expect(
            throws: LanguageError.unsupported(
                path: "test.gguf", what: "architecture", name: "mamba",
                known: ["llama", "qwen2", "qwen3", "phi3", "gemma", "gemma2", "gemma3"])
        ) { try LanguageModel(file.file(), pool: WorkerPool(threads: 1)) }
    }

    @Test("Tensors that are missing, of another shape, or beyond the architecture are errors that name them")
    func tensors() {
        let sound = TinyModel().file()
        for index in sound.tensors.indices {
            var file = sound
            let name = file.tensors.remove(at: index).name
            // Without an output matrix the embedding serves.
            guard name != "output.weight" else { continue }
            #expect(throws: LanguageError.self, "\(name)") {
                try LanguageModel(file.file(), pool: WorkerPool(threads: 1))
            }
            file = sound
            file.tensors[index].shape.append(1)
            #expect(throws: LanguageError.self, "\(name)") {
                try LanguageModel(file.file(), pool: WorkerPool(threads: 1))
            }
        }
        var file = sound
        file.add(tensor: "blk.0.ffn_gate_inp.weight", [1], 0, [0, 0, 0, 0])
        #expect {
            try LanguageModel(file.file(), pool: WorkerPool(threads: 1))
        } throws: { "\($0)".contains("blk.0.ffn_gate_inp.weight") }
    }

    @Test("Scaling of positions that is not known is refused by name")
    func ropeScaling() {
        var file = TinyModel().file()
        file.add("llama.rope.scaling.type", "yarn")
        #expect {
            try LanguageModel(file.file(), pool: WorkerPool(threads: 1))
        } throws: { "\($0)".contains("rope scaling yarn") }
    }

    @Test("Linear scaling divides positions")
    func linearScaling() throws {
        let shape = TinyModel(seed: 21)
        var file = shape.file()
        file.add("llama.rope.scaling.type", "linear")
        file.add("llama.rope.scaling.factor", Float(2))
        let model = try LanguageModel(file.file(), pool: WorkerPool(threads: 1))
        let tokens = LLaMATests.tokens(9)
        // Factors of 2 for every pair say the same.
        var same = shape.file()
        same.add(tensor: "rope_freqs.weight", [4], 0, encoded([2, 2, 2, 2], as: F32()) ?? [])
        let other = try LanguageModel(same.file(), pool: WorkerPool(threads: 1))
        #expect(try model.makeSequence().append(tokens).array == other.makeSequence().append(tokens).array)
        let plain = try shape.model().makeSequence().append(tokens).array
        #expect(try model.makeSequence().append(tokens).array != plain)
    }
}
