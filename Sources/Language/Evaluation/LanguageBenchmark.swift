package import Tensors

/// Measures how fast a model evaluates a prompt, and single tokens after it, of one sequence or of several together.
///
/// Tokens are drawn at random from the ordinary ones of the vocabulary, the same each time: what they say makes no difference to how
/// long they take. Nothing is sampled.
package struct LanguageBenchmark {
    /// One length of prompt.
    package struct Result: Sendable {
        /// Tokens of the prompt, evaluated in pieces of ``SequenceState/chunk``; scores are computed after the last one.
        package let promptTokens: Int
        /// Tokens of each sequence, evaluated one at a time after it, each with scores.
        package let decodedTokens: Int
        /// Time of one sequence's prompt.
        package let prefill: Timing
        /// Time of all decoded tokens of all sequences.
        package let decode: Timing
    }

    package let model: LanguageModel
    package let cache: CacheType
    /// How many sequences are decoded together.
    package let sequences: Int

    /// - Parameter sequences: at least 1.
    package init(_ model: LanguageModel, cache: CacheType = .float16, sequences: Int = 1) {
        precondition(sequences > 0, "nothing to decode")
        self.model = model
        self.cache = cache
        self.sequences = sequences
    }

    /// Bytes of weights that evaluating one token reads: all but the embeddings of other tokens.
    package var weightBytesPerToken: Int {
        model.file.tensors.reduce(0) { sum, tensor in
            sum + (isEmbeddingOnly(tensor) ? tensor.byteCount / tensor.rows : tensor.byteCount)
        }
    }

    /// Additions and multiplications of the weight matrices for one token: two a weight.
    ///
    /// - Parameter scored: whether the scores after the token are computed. Without, most of the last layer is left out.
    package func operationsPerToken(scored: Bool) -> Int { 2 * model.decoder.multiplications(scored: scored) }

    /// Whether a tensor is looked up in, and not multiplied with as well.
    private func isEmbeddingOnly(_ tensor: GGUFFile.TensorInfo) -> Bool {
        tensor.name == "token_embd.weight" && model.file.tensor(named: "output.weight") != nil
    }

    /// Measures one length of prompt.
    ///
    /// - Parameters:
    ///   - runs: measured ones, at least 1; one that is not goes before, so that the weights are in memory.
    ///   - isCancelled: asked before each layer.
    ///   - onRun: called after each measured run, with how many are done.
    /// - Throws: ``LanguageError`` `.contextExceeded` where prompt and decoded tokens do not fit, `.option`, `.cancelled`.
    package func run(
        promptTokens: Int, decodedTokens: Int, runs: Int, isCancelled: () -> Bool = { false },
        onRun: (Int) -> Void = { _ in }
    ) throws(LanguageError) -> Result {
        for (name, value) in [("prompt tokens", promptTokens), ("decoded tokens", decodedTokens), ("runs", runs)]
        where !(1...1 << 20).contains(value) {
            throw .option(name: name, expected: "1 to \(1 << 20)", got: "\(value)")
        }
        let needed = promptTokens + decodedTokens
        guard needed <= model.contextLength else {
            throw .contextExceeded(needed: needed, limit: model.contextLength)
        }
        let tokens = randomTokens(needed)
        let prompt = Array(tokens[..<promptTokens])
        let sequences = (0..<self.sequences).map { _ in model.makeSequence(capacity: needed, cache: cache) }
        // Each has keys and values of its own, as those of different prompts are.
        for sequence in sequences.dropFirst() { _ = try sequence.append(prompt, isCancelled: isCancelled) }
        let clock = ContinuousClock()
        var (prefill, decode) = ([Double](), [Double]())
        for run in 0...runs {
            sequences[0].truncate(to: 0)
            for sequence in sequences.dropFirst() { sequence.truncate(to: promptTokens) }
            let start = clock.now
            _ = try sequences[0].append(prompt, isCancelled: isCancelled)
            let middle = clock.now
            try self.decode(tokens[promptTokens...], after: sequences, isCancelled)
            let end = clock.now
            guard run > 0 else { continue }
            prefill.append((middle - start).seconds)
            decode.append((end - middle).seconds)
            onRun(run)
        }
        return Result(
            promptTokens: promptTokens, decodedTokens: decodedTokens, prefill: Timing(seconds: prefill),
            decode: Timing(seconds: decode))
    }

    /// Evaluates tokens one at a time after each of the sequences.
    private func decode(
        _ tokens: ArraySlice<Token>, after sequences: [SequenceState], _ isCancelled: () -> Bool
    ) throws(LanguageError) {
        guard sequences.count > 1 else {
            for token in tokens { _ = try sequences[0].append([token], isCancelled: isCancelled) }
            return
        }
        let batch = Batch(model, chunk: sequences.count)
        guard let first = tokens.first else { return }
        var members: [Batch.Member] = []
        for sequence in sequences { members.append(try batch.join(sequence, [first])) }
        _ = try batch.step(isCancelled: isCancelled)
        for token in tokens.dropFirst() {
            for member in members { try batch.append([token], to: member) }
            _ = try batch.step(isCancelled: isCancelled)
        }
    }

    private func randomTokens(_ count: Int) -> [Token] {
        let ordinary = (0..<model.tokenizer.count).filter { !model.tokenizer.isControl($0) }
        var random = Xoshiro256(seed: 0)
        return (0..<count).map { _ in ordinary.randomElement(using: &random) ?? 0 }
    }
}
