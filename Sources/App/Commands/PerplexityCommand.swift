import ArgumentParser
import Foundation
import Language
import Server
import Tensors

/// `heckle perplexity MODEL.gguf FILE`
struct PerplexityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "perplexity",
        abstract: "Measure how well a language model foretells a text.",
        discussion: """
            As llama.cpp counts: the text's tokens are cut into windows of --context tokens, each evaluated by itself, its first \
            token replaced by the one that begins a text where the model is used to it; the tokens of the second half, from number \
            context / 2 + 1 on (counting from 0), are scored by what comes before them in their window. A last window that is not \
            whole is left out. The error is the standard error of the mean, as if tokens were independent.
            """)

    @OptionGroup var model: LanguageModelOptions

    @Argument(help: "A file of UTF-8 text; - is standard input.")
    var file: String

    @Option(help: "Tokens of a window.")
    var context = 512

    @Option(help: "Most windows to score (default: all).")
    var windows: Int?

    @Flag(help: "Print a JSON document.")
    var json = false

    func run() throws {
        Terminal.exitOnInterrupt()
        let text = try InputFile(path: file).text()
        let name = InputFile(path: file).name
        guard !text.isEmpty else { throw Failure(.badInput, "\(name): no text: 0 bytes") }
        let model = try model.load()
        let perplexity: Perplexity
        do throws(LanguageError) {
            perplexity = try Perplexity(model, text: text, context: context, windows: windows, cache: self.model.cache)
        } catch {
            if case .option("text", _, _) = error { throw Failure(.badInput, "\(name): \(error)") }
            throw Failure(error)
        }
        let clock = Stopwatch()
        let estimate: Perplexity.Estimate
        do throws(LanguageError) {
            estimate = try perplexity.run(onWindow: { tell(of: $1, $0, perplexity.windows) })
        } catch {
            if Terminal.errorsAreTerminal { Terminal.writeError("\r\u{1B}[K") }
            throw Failure(error, subject: self.model.model)
        }
        if Terminal.errorsAreTerminal { Terminal.writeError("\r\u{1B}[K") }
        show(estimate, of: perplexity, model, seconds: clock.milliseconds / 1000)
    }

    /// The estimate after some windows: on a terminal in one line that changes.
    private func tell(of estimate: Perplexity.Estimate, _ done: Int, _ windows: Int) {
        let line = "\(done)/\(windows) windows, perplexity \(Self.text(estimate.perplexity))"
        if Terminal.errorsAreTerminal {
            Terminal.writeError("\r\u{1B}[K" + line)
        } else if !json {
            Terminal.writeError(line + "\n")
        }
    }

    private func show(
        _ estimate: Perplexity.Estimate, of perplexity: Perplexity, _ model: LanguageModel, seconds: Double
    ) {
        let evaluated = perplexity.windows * perplexity.context
        let unused = perplexity.tokens.count - evaluated
        guard !json else {
            return Terminal.write([
                "model": .string(model.name), "file": .string(file), "context": .integer(perplexity.context),
                "windows": .integer(perplexity.windows), "tokens": .integer(perplexity.tokens.count),
                "unused_tokens": .integer(unused), "scored_tokens": .integer(estimate.tokens),
                "perplexity": .decimal(estimate.perplexity, places: 6),
                "standard_error": .optional(estimate.standardError) { .decimal($0, places: 6) },
                "mean_surprise": .decimal(estimate.meanSurprise, places: 6), "seconds": .decimal(seconds, places: 3),
                "tokens_per_second": .decimal(Double(evaluated) / seconds, places: 1),
            ])
        }
        let error = estimate.standardError.map { " ± " + Self.text($0) } ?? ""
        Terminal.write(
            """
            perplexity \(Self.text(estimate.perplexity))\(error)
            scored     \(estimate.tokens) of \(perplexity.tokens.count) tokens, in \(perplexity.windows) windows of \
            \(perplexity.context); \(unused) at the end not used
            speed      \(String(format: "%.1f", Double(evaluated) / seconds)) tokens/s

            """)
    }

    private static func text(_ value: Double) -> String { String(format: "%.4f", value) }
}
