import ArgumentParser
import Foundation
import Language
import Tensors

/// A language model's file and what it runs with.
struct LanguageModelOptions: ParsableArguments {
    @Argument(help: "A GGUF file.")
    var model: String

    @Option(help: "Threads to compute with, 1 to 256 (default: the performance cores).")
    var threads: Int?

    @Option(help: "How keys and values are kept: f32, f16 or q8_0 (default: f16).")
    var kv: CacheFormat?

    /// How keys and values are kept.
    var cache: CacheType { kv?.type ?? .float16 }

    /// Maps the model.
    func load() throws -> LanguageModel {
        let pool = try WorkerPool(threads: EngineOptions.checkedThreads(threads))
        do { return try LanguageModel(path: model, pool: pool) } catch {
            throw Failure(.modelMissing, printable("\(error)"))
        }
    }
}

/// The types of a cache, as the command line has them.
struct CacheFormat: ExpressibleByArgument {
    let type: CacheType

    init?(argument: String) {
        guard let type = CacheType.allCases.first(where: { $0.rawValue == argument.uppercased() }) else { return nil }
        self.type = type
    }
}

extension Failure {
    /// - Parameter subject: what it happened to (a file's name), to begin the message with.
    init(_ error: LanguageError, subject: String? = nil) {
        let status: ExitStatus =
            switch error {
            case .option: .usage
            case .contextExceeded: .badInput
            case .cancelled: .interrupted
            case .noFiniteScore: .modelMissing
            default: .failed
            }
        let message = (subject.map { $0 + ": " } ?? "") + "\(error)"
        self.init(status, status == .interrupted ? "" : printable(message))
    }
}

/// How the next token is drawn.
struct SamplingArguments: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: "0 takes the best token always, 1 the model's own probabilities; to 100 (default: 0.8).")
    var temperature: Float?

    @Option(help: "Only so many of the most probable tokens; 0 for all.")
    var topK = 40

    @Option(help: "Only the most probable tokens that together have this probability; 1 for all.")
    var topP: Float = 0.95

    @Option(help: "Only tokens at least this share of the best one's probability; 0 for all.")
    var minP: Float = 0.05

    @Option(help: "Only tokens whose surprise is typical, together of this probability; 1 for all.")
    var typicalP: Float = 1

    @Option(help: "Divides the scores of tokens written before; 1 for nothing.")
    var repeatPenalty: Float = 1

    @Option(parsing: .unconditional, help: "Taken off the score of a token written before.")
    var presencePenalty: Float = 0

    @Option(parsing: .unconditional, help: "Taken off the score of a token each time it was written before.")
    var frequencyPenalty: Float = 0

    @Option(help: "How many of the last tokens these penalties look at; 0 for all.")
    var penaltyWindow = 64

    @Option(help: "Weight of the penalty for repeated passages (DRY); 0 for none.")
    var dryMultiplier: Float = 0

    @Option(help: "How fast that penalty grows with the passage, 1 to 10.")
    var dryBase: Float = 1.75

    @Option(help: "Tokens of a passage that may be repeated.")
    var dryAllowedLength = 2

    @Option(help: "How many of the last tokens it looks at; 0 for all.")
    var dryWindow = 0

    @Option(
        help: ArgumentHelp(
            "Added to a token's score, as TOKEN=BIAS by its number; may be given several times.",
            valueName: "token=bias"))
    var logitBias: [LogitBias] = []

    @Option(help: "The same seed, model, options and messages give the same answers (default: random).")
    var seed: UInt64?

    /// The options, checked.
    ///
    /// - Parameter seed: where neither the command line nor the environment gives one.
    func options(for tokenizer: Tokenizer, seed randomSeed: UInt64) throws -> SamplingOptions {
        var options = SamplingOptions(
            temperature: try temperature ?? Environment.value("TEMPERATURE") ?? 0.8, topK: topK, topP: topP, minP: minP,
            seed: try seed ?? Environment.value("SEED") ?? randomSeed)
        options.typicalP = typicalP
        options.repetitionPenalty = repeatPenalty
        options.presencePenalty = presencePenalty
        options.frequencyPenalty = frequencyPenalty
        options.penaltyWindow = penaltyWindow
        if dryMultiplier != 0 {
            // Passages end at line breaks and at marks that lists, quotations and names in scripts repeat.
            let breakers = tokenizer.tokens(containingAnyOf: Set("\n:\"*".utf8))
            options.dry = SamplingOptions.DRY(
                multiplier: dryMultiplier, base: dryBase, allowedLength: dryAllowedLength, window: dryWindow,
                breakers: breakers)
        }
        for bias in logitBias {
            guard bias.token < tokenizer.count else {
                throw Failure(
                    .usage, "logit-bias: \(LanguageError.noSuchToken(bias.token, vocabulary: tokenizer.count))")
            }
            options.logitBias[bias.token] = bias.bias
        }
        do { try options.check() } catch { throw Failure(error) }
        return options
    }
}

/// `TOKEN=BIAS`
struct LogitBias: ExpressibleByArgument {
    let token: Token
    let bias: Float

    init?(argument: String) {
        let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, let token = Token(parts[0]), token >= 0, let bias = Float(parts[1]), bias.isFinite
        else {
            return nil
        }
        self.token = token
        self.bias = bias
    }
}
