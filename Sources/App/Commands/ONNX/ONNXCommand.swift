import ArgumentParser
import ONNX
import Tensors

/// `heckle onnx ...`
struct ONNXCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "onnx", abstract: "Look into ONNX models and run them.",
        subcommands: [ONNXRun.self, ONNXShow.self])
}

/// The model file that a command is about.
struct ModelArguments: ParsableArguments {
    @Argument(help: "An ONNX file.")
    var file: String

    @Option(help: "Threads to compute with, 1 to 256 (default: the performance cores).")
    var threads: Int?

    @Flag(help: "Print a JSON document.")
    var json = false

    func session() throws -> Session {
        let pool = try WorkerPool(threads: EngineOptions.checkedThreads(threads))
        do { return try Session(path: file, pool: pool) } catch { throw Failure(.badInput, "\(error)") }
    }
}
