package import Commentary
import Language
package import Tensors

/// Facts to lines: the tables, and the embedded language model that chooses among what they allow.
///
/// Every line that may be written is known before the model is asked: the lines whose facts hold, with the facts each cites.
/// The decoder follows a trie of them, so the model's part is which facts to pick, which line, in what order.
package struct Writer: Sendable {
    /// What goes by the model's name in answers; nil without one.
    package let description: ModelDescription?
    private let book: CommentBook
    private let model: LanguageModel?

    /// What a request's writing gave.
    package struct Result: Sendable {
        package var answers: [CommentResult.Answer] = []
        package var promptTokens = 0
        package var generatedTokens = 0
        /// Milliseconds until the first piece of text; zero where there is none.
        package var firstToken = 0.0
        package var milliseconds = 0.0
    }

    /// How the model's choices are drawn: its own probabilities at temperature 1, mixed with the weights of the lines below
    /// each branch (``CommentBook/weights(of:after:)``), so that particular lines win and other seeds give other ones.
    private static func sampling(seed: UInt64) -> SamplingOptions {
        SamplingOptions(temperature: 1, topK: 0, topP: 1, minP: 0, seed: seed, prior: 0.6)
    }

    /// Reads the tables and maps the model.
    package init(weights: WeightsFolder, pool: WorkerPool) throws(EngineError) {
        do {
            book = try CommentBook(folder: weights.path)
        } catch {
            throw .weights(path: error.file, reason: "\(error)")
        }
        guard let path = weights.file("heckle-writer.gguf") else {
            model = nil
            description = nil
            return
        }
        do {
            let model = try LanguageModel(path: path, pool: pool)
            for token in PromptFormat.controlTokens where model.tokenizer.token(named: token) == nil {
                throw EngineError.weights(path: path, reason: "its vocabulary has no token \(token)")
            }
            self.model = model
            description = ModelDescription(
                task: "language", id: model.name, origin: .embedded,
                digest: "sha256:" + (Digest.sha256(ofFile: path) ?? ""), byteCount: model.weightBytes,
                licence: "Apache-2.0", quantization: model.quantization)
        } catch let error as EngineError {
            throw error
        } catch {
            throw .weights(path: path, reason: "\(error)")
        }
    }

    /// Writes the answers that `options` ask for.
    ///
    /// An answer has fewer lines than asked for where the facts allow no more, and none where there are no facts.
    package func write(
        about sheet: FactSheet, options: CommentOptions, events: @escaping EngineEventHandler
    ) throws(EngineError) -> Result {
        let clock = Stopwatch()
        var result = Result()
        let first = options.seed ?? UInt64.random(in: 0..<1 << 53)
        for number in 0..<options.alternatives {
            let seed = first &+ UInt64(number)
            let candidates = book.candidates(for: sheet, style: options.style, seed: seed)
            let count = min(options.kind == .caption ? 1 : options.maxLines, candidates.count)
            var answer = AnswerWriter(
                number: number, count: count, candidates: candidates, guardrail: Guardrail(sheet: sheet), clock: clock,
                events: events)
            if count > 0, let model {
                let prompt = PromptFormat.prompt(for: sheet, style: options.style)
                do {
                    try answer.write(
                        by: model, book: book, prompt: prompt, sampling: Writer.sampling(seed: seed))
                } catch {
                    if case .cancelled = error { throw .cancelled }
                    throw .model(path: model.name, reason: "\(error)")
                }
            } else {
                answer.write(book.choice(of: count, from: candidates, seed: seed))
            }
            result.answers.append(CommentResult.Answer(lines: answer.lines, seed: seed))
            result.promptTokens += answer.promptTokens
            result.generatedTokens += answer.generatedTokens
            if number == 0 { result.firstToken = answer.firstToken }
        }
        result.milliseconds = clock.milliseconds
        return result
    }
}

/// Writes one answer and tells of it as it comes.
private struct AnswerWriter {
    let number: Int
    let count: Int
    let candidates: [CommentLine]
    let guardrail: Guardrail
    let clock: Stopwatch
    let events: EngineEventHandler
    var lines: [CommentLine] = []
    var promptTokens = 0
    var generatedTokens = 0
    var firstToken = 0.0

    init(
        number: Int, count: Int, candidates: [CommentLine], guardrail: Guardrail, clock: Stopwatch,
        events: @escaping EngineEventHandler
    ) {
        self.number = number
        self.count = count
        self.candidates = candidates
        self.guardrail = guardrail
        self.clock = clock
        self.events = events
    }

    /// Lets the model choose, line by line.
    ///
    /// Each line is decoded in a trie of its own, of the candidates that ``CommentBook/weights(of:after:)`` leaves:
    /// lines that say something new of the photo. The sequence goes on, so the model knows what it wrote before.
    mutating func write(
        by model: LanguageModel, book: CommentBook, prompt: String, sampling: SamplingOptions
    ) throws(LanguageError) {
        let tokenizer = model.tokenizer
        var tokens = tokenizer.encode(prompt, parseSpecial: true)
        let entries = candidates.map { tokenizer.encode(PromptFormat.entry(for: $0), parseSpecial: true) }
        let longest = entries.map(\.count).max() ?? 0
        let sequence = model.makeSequence(capacity: tokens.count + count * longest + 1, cache: .float32)
        promptTokens = tokens.count
        for line in 0..<count {
            let weights = book.weights(of: candidates, after: lines)
            let trie = TokenTrie(
                candidates.indices.filter { weights[$0] > 0 }.map { index in
                    TokenTrie.Entry(tokens: entries[index], payload: index, weight: weights[index])
                })
            var options = GenerationOptions(sampling: sampling, maximumTokens: longest)
            options.sampling.seed = sampling.seed &+ UInt64(line) &* 0x9E37_79B9_7F4A_7C15
            let chosen = try decode(
                Generator(
                    sequence, prompt: tokens, automaton: trie, options: options, isCancelled: { Task.isCancelled }),
                trie, say: tokenizer.token(named: PromptFormat.say))
            complete(candidates[chosen])
            tokens += entries[chosen]
        }
    }

    /// Decodes one entry, tells of its text as it comes, and gives its payload.
    private mutating func decode(
        _ generator: Generator<TokenTrie>, _ trie: TokenTrie, say: Token?
    ) throws(LanguageError) -> Int {
        var isText = false
        while let piece = try generator.next() {
            if isText { tell(piece.text) }
            if piece.token == say { isText = true }
        }
        generatedTokens += generator.usage.generatedTokens
        guard let payload = trie.payloads(in: generator.state).first else {
            throw .deadEnd(afterTokens: generator.usage.generatedTokens)
        }
        return payload
    }

    /// Takes lines as they are.
    mutating func write(_ chosen: [CommentLine]) {
        for line in guardrail.passing(chosen) {
            tell(line.text)
            complete(line)
        }
    }

    private var text = ""

    /// A piece of the line that is being written.
    private mutating func tell(_ piece: String) {
        // The blank between `<say>` and the line is the format's.
        let delta = text.isEmpty ? String(piece.drop { $0 == " " }) : piece
        guard !delta.isEmpty else { return }
        if firstToken == 0 { firstToken = clock.milliseconds }
        text += delta
        events(.text(answer: number, line: lines.count, delta: delta))
    }

    private mutating func complete(_ line: CommentLine) {
        events(.line(answer: number, line: lines.count, line))
        lines.append(line)
        text = ""
    }
}
