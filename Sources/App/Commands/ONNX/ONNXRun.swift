import ArgumentParser
import Foundation
import ONNX
import Server
import Tensors

/// `heckle onnx run FILE`
struct ONNXRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a model once on arrays of NumPy.",
        discussion: """
            Inputs that are not given are made up: floating-point ones of random numbers from 0 to 1, the same at each \
            run, others of zeros. Dimensions that the model leaves open are then 1, unless --shape says otherwise.
            """)

    @OptionGroup var model: ModelArguments

    @OptionGroup var inputs: ModelInputs

    @Option(help: "A folder to write the outputs to, one .npy file each.")
    var output: String?

    func run() async throws {
        Terminal.exitOnInterrupt()
        let session = try model.session()
        let tensors = try inputs.tensors(for: session)
        let start = ContinuousClock.now
        let outputs: [String: Tensor]
        do { outputs = try session.run(tensors) } catch { throw Failure(.badInput, "\(error)") }
        let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
        let results = session.outputs.compactMap { info in outputs[info.name].map { (name: info.name, tensor: $0) } }
        let files = try output.map { try write(results, to: $0) }
        if model.json {
            let list = results.enumerated().map { index, result in
                TensorSummary(result.tensor).json.with([
                    "name": .string(result.name), "file": .optional(files?[index]) { .string($0) },
                ])
            }
            let document: JSON = [
                "file": .string(model.file), "ms": .decimal(milliseconds, places: 2), "outputs": .array(list),
            ]
            return print(Terminal.outputIsTerminal ? document.prettyText : document.text)
        }
        for result in results { print("\(result.name) \(TensorSummary(result.tensor).text)") }
        print("\(String(format: "%.1f", milliseconds)) ms")
    }

    /// Writes one file an output and returns their paths.
    private func write(_ results: [(name: String, tensor: Tensor)], to folder: String) throws -> [String] {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            return try results.enumerated().map { index, result in
                // Names come from the model and may hold anything; the number keeps files apart that become alike.
                let safe = result.name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "_" }
                let path = "\(folder)/\(index)-\(String(safe.prefix(100))).npy"
                try Npy.write(result.tensor, to: path)
                return path
            }
        } catch {
            throw Failure(.failed, "\(folder): \(error)")
        }
    }
}
