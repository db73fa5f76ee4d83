import ArgumentParser
import Foundation
import Language
import Tensors

/// `heckle quantize IN OUT --type q4_0`
struct Quantize: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a language model in a smaller format.",
        discussion: "Takes GGUF files in F32, F16 or BF16. An existing OUT is replaced once the new file is complete.")

    @Argument(help: "The GGUF file to read.")
    var input: String

    @Argument(help: "The GGUF file to write.")
    var output: String

    @Option(help: "The format: q4_0 or q8_0.")
    var type: QuantizationTarget

    @Option(help: "Threads to compute with, 1 to 256 (default: the performance cores).")
    var threads: Int?

    @Flag(name: .shortAndLong, help: "Name each tensor on standard error.")
    var verbose = false

    func run() async throws {
        Terminal.exitOnInterrupt()
        let pool = try WorkerPool(threads: EngineOptions.checkedThreads(threads))
        do {
            let source = try GGUFFile(path: input)
            let quantizer = try Quantizer(source, to: type, pool: pool)
            let count = source.tensors.count
            try quantizer.write(to: output) { index, name in
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
        print("\(output): \(try size(input)) bytes became \(try size(output))")
    }

    private func size(_ path: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }
}

extension QuantizationTarget: ExpressibleByArgument {}
