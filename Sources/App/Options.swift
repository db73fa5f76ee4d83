import ArgumentParser
import Commentary
import Engine

/// Where models are and how many threads may compute.
struct EngineOptions: ParsableArguments {
    @Option(help: "A folder with models of the catalogue, itself and below; may be given several times.")
    var models: [String] = []

    @Option(help: "The folder of the weights that come with the program (default: found beside or above it).")
    var weights: String?

    @Option(help: "Threads to compute with, 1 to 256 (default: the performance cores).")
    var threads: Int?

    /// The engine's configuration, with the environment's values where the command line has none.
    func configuration() throws -> EngineConfiguration {
        let threads = try EngineOptions.checkedThreads(self.threads)
        let folders = Environment.text("MODELS")?.split(separator: ":").map(String.init) ?? []
        return EngineConfiguration(
            weights: weights ?? Environment.text("WEIGHTS"), models: models.isEmpty ? folders : models, threads: threads
        )
    }

    /// The number on the command line, else the environment's; nil for neither.
    static func checkedThreads(_ given: Int?) throws -> Int? {
        let threads = try given ?? Environment.value("THREADS")
        guard threads.map((1...256).contains) ?? true else { throw Failure(.usage, "threads: 1 to 256 are possible") }
        return threads
    }

    /// A loaded engine.
    func engine() throws -> Engine {
        let configuration = try configuration()
        do { return try Engine(configuration: configuration) } catch { throw Failure(error) }
    }
}

/// How answers are shown.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print one JSON document a file, as the server answers.")
    var json = false

    @Flag(name: .shortAndLong, help: "Tell on standard error what happens and how long it takes.")
    var verbose = false
}

/// What a comment is to be like, whichever style it has.
struct CommentArguments: ParsableArguments {
    @Option(help: "Lines at most, 1 to 5.")
    var lines: Int?

    @Option(name: .customLong("n"), help: "Alternative answers, 1 to 3.")
    var alternatives: Int = 1

    @Option(help: "The same photo, seed and models give the same answer (default: random).")
    var seed: UInt64?

    @Option(help: "A fact not to speak of, as key or key.value; may be given several times.")
    var avoid: [String] = []

    /// - Parameter lines: at most, where neither the command line nor the environment says.
    func options(kind: CommentTask, style: CommentStyle?, lines defaultLines: Int) throws -> CommentOptions {
        let lines = try self.lines ?? (kind == .roast ? Environment.value("LINES") : nil) ?? defaultLines
        guard (1...5).contains(lines) else { throw Failure(.usage, "lines: 1 to 5 are possible") }
        guard (1...3).contains(alternatives) else { throw Failure(.usage, "n: 1 to 3 are possible") }
        for word in avoid where FactKey(rawValue: String(word.prefix { $0 != "." })) == nil {
            throw Failure(.usage, "avoid: '\(word)' is no fact's key, nor key.value")
        }
        let seed = try self.seed ?? Environment.value("SEED") ?? UInt64.random(in: 0..<1 << 32)
        return CommentOptions(
            kind: kind, style: style, maxLines: lines, alternatives: alternatives, seed: seed, avoid: avoid)
    }
}

/// The styles of a roast.
enum RoastStyle: String, ExpressibleByArgument, CaseIterable {
    case gentle, dry, spicy
}

/// The styles of a caption.
enum CaptionStyle: String, ExpressibleByArgument, CaseIterable {
    case plain
    case altText = "alt_text"
    case social
}
