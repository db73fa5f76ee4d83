import ArgumentParser
import Foundation
import Language
import Server
import Tensors

/// `heckle bench ...`
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure how fast models run on this machine.",
        subcommands: [BenchLLM.self, BenchTokenizer.self])
}

/// `heckle bench llm MODEL.gguf`
struct BenchLLM: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "llm",
        abstract: "Measure how fast a language model reads a prompt and writes after it.",
        discussion: """
            Prompts are random tokens; nothing is sampled. The bandwidth is what the same threads read from 256 MiB of memory, in \
            order; a model that fits the caches can be quicker than that. Operations are the weight matrices' alone: attention \
            is not counted.
            """)

    @OptionGroup var model: LanguageModelOptions

    @Option(help: "Tokens of a prompt; may be given several times (default: 128 and 512, where they fit).")
    var promptTokens: [Int] = []

    @Option(help: "Tokens written after it.")
    var decodeTokens = 64

    @Option(help: "Sequences that are written together, each after a prompt of its own, 1 to 256.")
    var sequences = 1

    @Option(help: "Runs, of which the median, the quickest and the slowest are told.")
    var runs = 5

    @Flag(help: "Print a JSON document.")
    var json = false

    func run() throws {
        Terminal.exitOnInterrupt()
        let clock = Stopwatch()
        guard (1...256).contains(sequences) else { throw Failure(.usage, "sequences: 1 to 256 are possible") }
        let model = try model.load()
        let load = clock.milliseconds / 1000
        let benchmark = LanguageBenchmark(model, cache: self.model.cache, sequences: sequences)
        let prompts = try self.prompts(for: model)
        let bandwidth = Roofline.bandwidth(pool: model.pool)
        var results: [LanguageBenchmark.Result] = []
        for prompt in prompts {
            defer { if Terminal.errorsAreTerminal { Terminal.writeError("\r\u{1B}[K") } }
            do throws(LanguageError) {
                results.append(
                    try benchmark.run(
                        promptTokens: prompt, decodedTokens: decodeTokens, runs: runs,
                        onRun: { done in
                            guard Terminal.errorsAreTerminal else { return }
                            Terminal.writeError("\r\u{1B}[Kprompt of \(prompt): \(done)/\(runs) runs")
                        }))
            } catch {
                throw Failure(error)
            }
        }
        let report = Report(
            path: self.model.model, benchmark: benchmark, results: results, load: load, bandwidth: bandwidth, runs: runs
        )
        if json { Terminal.write(report.document) } else { Terminal.write(report.text) }
    }

    /// - Throws: where prompt and decoded tokens do not fit, before anything is measured.
    private func prompts(for model: LanguageModel) throws -> [Int] {
        let wanted = promptTokens.isEmpty ? [128, 512] : promptTokens
        for (name, value) in wanted.map({ ("prompt-tokens", $0) }) + [("decode-tokens", decodeTokens), ("runs", runs)]
        where !(1...1 << 20).contains(value) {
            throw Failure(.usage, "\(name): 1 to \(1 << 20) are possible")
        }
        let fitting = wanted.filter { $0 + decodeTokens <= model.contextLength }
        if let first = wanted.first(where: { !fitting.contains($0) }) {
            let message =
                "a prompt of \(first) and \(decodeTokens) tokens do not fit into the context of \(model.contextLength)"
            guard promptTokens.isEmpty, !fitting.isEmpty else { throw Failure(.usage, message) }
            Terminal.writeError("heckle: \(message)\n")
        }
        return fitting
    }
}

extension BenchLLM {
    /// What was measured, to be shown.
    fileprivate struct Report {
        let path: String
        let benchmark: LanguageBenchmark
        let results: [LanguageBenchmark.Result]
        /// Seconds.
        let load: Double
        /// Bytes a second.
        let bandwidth: Double
        let runs: Int
        /// Bytes in RAM after the runs; nil where the system does not say.
        let resident = ProcessMemory.residentBytes

        private var model: LanguageModel { benchmark.model }

        /// Bytes that one step of a result's answers reads: the weights once, and the sequences' caches as they are half-way.
        private func bytes(_ result: LanguageBenchmark.Result) -> Int {
            benchmark.weightBytesPerToken + benchmark.sequences
                * model.cacheBytes(tokens: result.promptTokens + result.decodedTokens / 2, cache: benchmark.cache)
        }

        /// Bytes a second while answers are written.
        private func rate(_ result: LanguageBenchmark.Result) -> Double {
            Double(bytes(result) * result.decodedTokens) / result.decode.median
        }

        /// Tokens of all answers.
        private func decoded(_ result: LanguageBenchmark.Result) -> Int { benchmark.sequences * result.decodedTokens }

        /// Operations a second while a prompt is read.
        private func operations(_ result: LanguageBenchmark.Result) -> Double {
            let all =
                benchmark.operationsPerToken(scored: false) * (result.promptTokens - 1)
                + benchmark.operationsPerToken(scored: true)
            return Double(all) / result.prefill.median
        }

        var document: JSON {
            [
                "file": .string(path), "model": .string(model.name), "architecture": .string(model.architecture),
                "quantization": .string(model.quantization), "parameters": .integer(model.parameters),
                "weight_bytes": .integer(model.weightBytes), "threads": .integer(model.pool.threads),
                "kernels": .string(Kernel.level), "cache": .string(benchmark.cache.rawValue), "runs": .integer(runs),
                "sequences": .integer(benchmark.sequences),
                "load_seconds": .decimal(load, places: 6), "resident_bytes": .optional(resident) { .integer($0) },
                "bandwidth_bytes_per_second": .decimal(bandwidth, places: 0),
                "results": .array(results.map(document)),
            ]
        }

        private func document(_ result: LanguageBenchmark.Result) -> JSON {
            [
                "prompt_tokens": .integer(result.promptTokens), "decode_tokens": .integer(result.decodedTokens),
                "prefill_seconds": document(result.prefill), "decode_seconds": document(result.decode),
                "prefill_tokens_per_second": .decimal(Double(result.promptTokens) / result.prefill.median, places: 2),
                "decode_tokens_per_second": .decimal(Double(decoded(result)) / result.decode.median, places: 2),
                "prefill_operations_per_second": .decimal(operations(result), places: 0),
                "bytes_per_step": .integer(bytes(result)),
                "decode_bytes_per_second": .decimal(rate(result), places: 0),
                "decode_share_of_bandwidth": .decimal(rate(result) / bandwidth, places: 3),
            ]
        }

        private func document(_ timing: Timing) -> JSON {
            [
                "median": .decimal(timing.median, places: 6), "minimum": .decimal(timing.minimum, places: 6),
                "maximum": .decimal(timing.maximum, places: 6),
            ]
        }

        var text: String {
            func number(_ value: Double, _ digits: Int = 1) -> String { String(format: "%.\(digits)f", value) }
            var lines = [
                "model    \(printable(model.name)): \(printable(model.architecture)), \(model.quantization), \(model.parameters) "
                    + "weights in \(model.weightBytes) bytes",
                "machine  \(model.pool.threads) threads, kernels \(Kernel.level), reads \(number(bandwidth * 1e-9)) GB/s",
                "load     \(number(load * 1000)) ms" + (resident.map { ", \($0) bytes resident after the runs" } ?? ""),
            ]
            for result in results {
                lines.append(
                    "prefill  \(result.promptTokens) tokens: \(speed(result.promptTokens, result.prefill)), "
                        + "\(number(operations(result) * 1e-9)) GFLOP/s")
                lines.append(
                    "decode   \(decoded(result)) tokens after \(result.promptTokens): "
                        + "\(speed(decoded(result), result.decode)), \(bytes(result)) bytes a step, "
                        + "\(number(rate(result) * 1e-9)) GB/s, \(number(rate(result) / bandwidth * 100, 0)) % of what memory gives"
                )
            }
            return lines.joined(separator: "\n") + "\n"
        }

        /// Tokens a second: the median, and between what they were.
        private func speed(_ tokens: Int, _ timing: Timing) -> String {
            func rate(_ seconds: Double) -> String { String(format: "%.1f", Double(tokens) / seconds) }
            return "\(rate(timing.median)) tokens/s (\(rate(timing.maximum)) to \(rate(timing.minimum)))"
        }
    }
}
