import ArgumentParser
import ONNX
import Tensors

/// `heckle onnx ...`
struct ONNXCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "onnx", abstract: "Look into ONNX models, run them, and measure how fast they run.",
        subcommands: [ONNXRun.self, ONNXShow.self, ONNXBench.self])
}

/// The model file that a command is about.
struct ModelArguments: ParsableArguments {
    @Argument(help: "An ONNX file.")
    var file: String

    @Option(help: "Threads to compute with, 1 to 256 (default: the performance cores).")
    var threads: Int?

    @Flag(help: "Print a JSON document.")
    var json = false

    /// The threads that the command line asks for.
    func pool() throws -> WorkerPool { try WorkerPool(threads: EngineOptions.checkedThreads(threads)) }

    /// - Parameter pool: the threads; those that the command line asks for where nil.
    func session(on pool: WorkerPool? = nil, options: SessionOptions = .standard) throws -> Session {
        let pool = try pool ?? self.pool()
        do {
            return try Session(path: file, pool: pool, options: options)
        } catch { throw Failure(.badInput, "\(error)") }
    }
}
