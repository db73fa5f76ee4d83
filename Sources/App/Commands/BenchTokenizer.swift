import ArgumentParser
import Foundation
import Language
import Server
import Tensors

/// `heckle bench tokenizer MODEL.gguf FILE`
struct BenchTokenizer: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenizer",
        abstract: "Measure how fast a language model's tokenizer cuts a text into tokens, and puts it together again.",
        discussion: """
            On one thread. The first run is not counted: words that were met before are found again without being merged, as in \
            any text that is longer than the file. A vocabulary without weights will do.
            """)

    @Argument(help: "A GGUF file.")
    var model: String

    @Argument(help: "A file of UTF-8 text; - is standard input.")
    var file: String

    @Option(help: "Runs, of which the median, the quickest and the slowest are told, 1 to 1000.")
    var runs = 5

    @Flag(help: "Print a JSON document.")
    var json = false

    func run() throws {
        Terminal.exitOnInterrupt()
        guard (1...1000).contains(runs) else { throw Failure(.usage, "runs: 1 to 1000 are possible") }
        let input = InputFile(path: file)
        let text = try input.text()
        guard !text.isEmpty else { throw Failure(.badInput, "\(input.name): no text: 0 bytes") }
        let tokenizer: Tokenizer
        do { tokenizer = try Tokenizer(GGUFFile(path: model)) } catch {
            throw Failure(.modelMissing, printable("\(error)"))
        }
        var (encode, decode) = ([Double](), [Double]())
        var tokens: [Token] = []
        for run in 0...runs {
            let clock = ContinuousClock()
            let start = clock.now
            tokens = tokenizer.encode(text)
            let middle = clock.now
            let decoded = tokenizer.decode(tokens)
            let end = clock.now
            guard run > 0 else { continue }
            withExtendedLifetime(decoded) {}
            encode.append((middle - start).seconds)
            decode.append((end - middle).seconds)
        }
        show(bytes: text.utf8.count, tokens: tokens.count, Timing(seconds: encode), Timing(seconds: decode))
    }

    private func show(bytes: Int, tokens: Int, _ encode: Timing, _ decode: Timing) {
        guard !json else {
            return Terminal.write([
                "file": .string(model), "bytes": .integer(bytes), "tokens": .integer(tokens), "runs": .integer(runs),
                "encode_bytes_per_second": .decimal(Double(bytes) / encode.median, places: 0),
                "decode_bytes_per_second": .decimal(Double(bytes) / decode.median, places: 0),
            ])
        }
        func rates(_ timing: Timing) -> String {
            func rate(_ seconds: Double) -> String { String(format: "%.1f", Double(bytes) / seconds * 1e-6) }
            return "\(rate(timing.median)) MB/s (\(rate(timing.maximum)) to \(rate(timing.minimum)))"
        }
        Terminal.write(
            """
            text    \(bytes) bytes, \(tokens) tokens
            encode  \(rates(encode)), median of \(runs)
            decode  \(rates(decode))

            """)
    }
}
