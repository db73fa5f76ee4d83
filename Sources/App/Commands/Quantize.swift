import ArgumentParser
import Foundation
import Language
import Server
import Tensors

/// `heckle quantize IN OUT --type q4_k_m`
struct Quantize: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a language model in a smaller format.",
        discussion: "Takes GGUF files in F32, F16 or BF16. An existing OUT is replaced once the new file is complete.")

    @Argument(help: "The GGUF file to read.")
    var input: String

    @Argument(help: "The GGUF file to write.")
    var output: String

    @Option(help: "The format: \(QuantizationTarget.allCases.map(\.rawValue).joined(separator: ", ")).")
    var type: QuantizationTarget

    @Option(help: "Threads to compute with, 1 to 256 (default: the performance cores).")
    var threads: Int?

    @Flag(name: .shortAndLong, help: "Name each tensor on standard error.")
    var verbose = false

    @Flag(help: "Print a JSON document.")
    var json = false

    func run() async throws {
        Terminal.exitOnInterrupt()
        let pool = try WorkerPool(threads: EngineOptions.checkedThreads(threads))
        let outcomes: [Quantizer.Outcome]
        do {
            let source = try GGUFFile(path: input)
            let quantizer = try Quantizer(source, to: type, pool: pool)
            let count = source.tensors.count
            outcomes = try quantizer.write(to: output) { index, name in
                let name = printable(name)
                if verbose {
                    Terminal.writeError("\(index + 1)/\(count) \(name)\n")
                } else if Terminal.errorsAreTerminal {
                    Terminal.writeError("\r\u{1B}[K\(index + 1)/\(count) \(name)")
                }
            }
        } catch {
            if Terminal.errorsAreTerminal, !verbose { Terminal.writeError("\r\u{1B}[K") }
            throw Failure(.badInput, "\(error)")
        }
        if Terminal.errorsAreTerminal, !verbose { Terminal.writeError("\r\u{1B}[K") }
        guard !json else {
            let document = try self.document(outcomes)
            return print(Terminal.outputIsTerminal ? document.prettyText : document.text)
        }
        print("\(output): \(try size(input)) bytes became \(try size(output))")
    }

    private func document(_ outcomes: [Quantizer.Outcome]) throws -> JSON {
        let tensors = outcomes.map { outcome -> JSON in
            [
                "name": .string(outcome.tensor.name), "shape": .array(outcome.tensor.shape.map { .integer($0) }),
                "from": .string(outcome.tensor.type.name), "to": .string(outcome.type.name),
                "bytes": .integer(outcome.byteCount), "relative_error": .decimal(outcome.relativeError, places: 6),
            ]
        }
        return [
            "input": .string(input), "output": .string(output), "type": .string(type.rawValue),
            "input_bytes": .integer(try size(input)), "output_bytes": .integer(try size(output)),
            "tensors": .array(tensors),
        ]
    }

    private func size(_ path: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }
}

extension QuantizationTarget: ExpressibleByArgument {
    package init?(argument: String) { self.init(rawValue: argument.lowercased()) }
}
