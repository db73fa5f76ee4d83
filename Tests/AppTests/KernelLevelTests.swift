import Foundation
import TestSupport
import Testing

/// Whole models at every level of kernels that this processor has: each must give what the portable one does.
@Suite(.enabled(if: Program.isBuilt, Comment(rawValue: Program.reason))) struct KernelLevelTests {
    /// Faster levels, of which a processor has some or none.
    private static let faster = ["avx2", "avx512vnni", "dotprod", "i8mm"]

    /// Runs the program at a level; nil where the processor lacks it.
    private func run(_ arguments: [String], at level: String) throws -> Command.Result? {
        let result = try Program.run(arguments, environment: ["HECKLE_KERNELS": level])
        if result.errors.contains("HECKLE_KERNELS") { return nil }
        #expect(result.status == 0, "\(level): \(result.errors)")
        return result
    }

    /// The numbers of a float32 array of NumPy: magic, version, then the length of a header that they follow.
    private func floats(_ path: String) throws -> [Float] {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        let start = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
        return stride(from: start, to: bytes.count, by: 4).map { place in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << (8 * $1) })
        }
    }

    /// The outputs of a model on made-up inputs, one array each; nil where the processor lacks the level.
    private func outputs(_ model: String, at level: String) throws -> [[Float]]? {
        let scratch = try Scratch()
        let folder = scratch.file("out")
        guard try run(["onnx", "run", model, "--output", folder], at: level) != nil else { return nil }
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        return try files.map { try floats(folder + "/" + $0) }
    }

    @Test func anUnknownLevelIsRefused() throws {
        let result = try Program.run(["version"], environment: ["HECKLE_KERNELS": "abacus"])
        #expect(result.status == 2 && result.output.isEmpty)
        #expect(result.errors.contains("'abacus' is not a level of this processor, whose are portable"))
    }

    private func expectSameOutputs(_ model: String) throws {
        let expected = try #require(try outputs(model, at: "portable"))
        #expect(!expected.isEmpty && !expected.contains { $0.isEmpty })
        for level in Self.faster {
            guard let got = try outputs(model, at: level) else { continue }
            #expect(got.map(\.count) == expected.map(\.count))
            for (a, b) in zip(got, expected) {
                let largest = b.reduce(0) { max($0, abs($1)) }
                let difference = zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
                #expect(difference <= 1e-3 * largest, "\(level): \(difference) of \(largest)")
            }
        }
    }

    @Test(arguments: ["heckle-expression", "heckle-attributes"])
    func embeddedVisionModelsAgree(_ name: String) throws {
        try expectSameOutputs(Repository.file("Weights/\(name).onnx"))
    }

    @Test(.enabled(if: Shared.isAvailable, Comment(rawValue: Shared.reason)))
    func theSmallestRealModelAgrees() throws {
        try expectSameOutputs(Shared.file("models/age-gender/gender_mini_XCEPTION.21-0.95.onnx"))
    }

    @Test(.enabled(if: EmbeddedWeights.areThere, Comment(rawValue: EmbeddedWeights.reason)))
    func theLanguageModelAgrees() throws {
        let scratch = try Scratch()
        let words = String(repeating: "object: cup · scene: office · lighting: dim\n", count: 30)
        let file = try scratch.write(Array(words.utf8), to: "a.txt")
        let model = Repository.file("Weights/heckle-writer.gguf")
        func surprise(at level: String) throws -> Double? {
            let arguments = ["perplexity", model, file, "--context", "64", "--json"]
            guard let result = try run(arguments, at: level) else { return nil }
            let document = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
            return try #require(document?["mean_surprise"] as? Double)
        }
        let expected = try #require(try surprise(at: "portable"))
        for level in Self.faster {
            guard let got = try surprise(at: level) else { continue }
            #expect(abs(got - expected) < 0.01, "\(level): \(got), not \(expected)")
        }
    }
}
