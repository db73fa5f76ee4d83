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

    @Option(help: "An input as NAME=FILE.npy; may be given several times.")
    var input: [String] = []

    @Option(help: "The shape of an input that is made up, as NAME=1,3,640,640; may be given several times.")
    var shape: [String] = []

    @Option(help: "A folder to write the outputs to, one .npy file each.")
    var output: String?

    /// The most elements of an input that is made up.
    private static let largestInput = 1 << 28

    func run() async throws {
        Terminal.exitOnInterrupt()
        let session = try model.session()
        let inputs = try inputs(of: session)
        let start = ContinuousClock.now
        let outputs: [String: Tensor]
        do { outputs = try session.run(inputs) } catch { throw Failure(.badInput, "\(error)") }
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

    /// The inputs that were given and those that are made up.
    private func inputs(of session: Session) throws -> [String: Tensor] {
        let files = try pairs(input, "input")
        let shapes = try pairs(shape, "shape").mapValues(parseShape)
        let known = Set(session.inputs.map(\.name))
        if let name = (Array(files.keys) + Array(shapes.keys)).sorted().first(where: { !known.contains($0) }) {
            throw Failure(.usage, "the model has no input '\(name)'; it has \(known.sorted().joined(separator: ", "))")
        }
        var inputs: [String: Tensor] = [:]
        for info in session.inputs {
            if let file = files[info.name] {
                do { inputs[info.name] = try Npy.read(file) } catch { throw Failure(.badInput, "\(error)") }
                continue
            }
            guard let shape = shapes[info.name] ?? info.shape?.map({ $0 ?? 1 }) else {
                throw Failure(.usage, "the model does not say how many dimensions '\(info.name)' has: use --shape")
            }
            guard let count = Tensor.count(of: shape), count <= Self.largestInput else {
                throw Failure(.usage, "the input '\(info.name)' would have more than \(Self.largestInput) elements")
            }
            inputs[info.name] = madeUp(shape, info.type)
        }
        return inputs
    }

    private func madeUp(_ shape: [Int], _ type: ElementType) -> Tensor {
        // float16 inputs are given as float32: see `ValueInfo`.
        let tensor = Tensor(shape: shape, type: type == .float16 ? .float32 : type)
        var state: UInt64 = 0
        func random() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 40) / Double(1 << 24)
        }
        if tensor.type == .float32 {
            let elements = tensor.elements(as: Float.self)
            for index in elements.indices { elements[index] = Float(random()) }
        } else if tensor.type == .float64 {
            let elements = tensor.elements(as: Double.self)
            for index in elements.indices { elements[index] = random() }
        }
        return tensor
    }

    /// `NAME=VALUE` words by name.
    private func pairs(_ words: [String], _ option: String) throws -> [String: String] {
        try Dictionary(
            words.map { word in
                guard let sign = word.lastIndex(of: "="), sign != word.startIndex else {
                    throw Failure(.usage, "\(option): '\(word)' is not NAME=VALUE")
                }
                return (String(word[..<sign]), String(word[word.index(after: sign)...]))
            }
        ) { first, _ in first }
    }

    private func parseShape(_ text: String) throws -> [Int] {
        try text.split(separator: ",").map { word in
            guard let size = Int(word), size >= 0 else {
                throw Failure(.usage, "shape: '\(text)' is not like 1,3,640,640")
            }
            return size
        }
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
