import Foundation
import ONNX
import Tensors
import TestSupport
import Testing

/// Every real model file, two runs each, against ONNX Runtime.
@Suite struct RealModelTests {
    /// One run of the reference.
    private struct Reference: Decodable {
        let model: String
        let inputs: [String: String]
        let outputs: [String: String]

        func tensors(_ files: [String: String]) throws -> [String: Tensor] { try files.mapValues { try Npy.read($0) } }
    }

    private static let paths = Shared.files(in: "models", suffixes: [".onnx"])

    @Test(
        .enabled(if: Shared.isAvailable, Comment(rawValue: Shared.reason)),
        .enabled(if: PythonTools.isAvailable, Comment(rawValue: PythonTools.reason)))
    func agreeWithONNXRuntime() throws {
        let scratch = try Scratch()
        let photos = ["person-lexi", "fdlite_portrait"].map { Shared.file("photos/portrait/\($0).jpg") }
        _ = try PythonTools.run(
            "Python/onnx_reference.py", ["run", scratch.path, photos.joined(separator: ",")] + Self.paths)
        let references = try JSONDecoder().decode(
            [Reference].self, from: Data(try fileBytes(scratch.file("manifest.json"))))
        #expect(references.count == 2 * Self.paths.count)
        let pool = WorkerPool(threads: 2)
        for reference in references {
            let name = URL(filePath: reference.model).lastPathComponent
            let session = try Session(path: reference.model, pool: pool)
            let results = try session.run(try reference.tensors(reference.inputs))
            var worst: Float = 0
            for (output, expected) in try reference.tensors(reference.outputs) {
                let got = try #require(results[output], "\(name) gives \(output)")
                #expect(got.shape == expected.shape, "\(name): \(output)")
                worst = max(worst, Self.relativeError(got, expected))
            }
            print("\(name): largest relative error \(worst)")
            #expect(worst < 1e-3, "\(name)")
        }
    }

    /// The largest difference over the largest magnitude expected.
    private static func relativeError(_ got: Tensor, _ expected: Tensor) -> Float {
        let (a, b) = (numbers(got), numbers(expected))
        guard a.count == b.count else { return .infinity }
        let difference = zip(a, b).map { abs($0 - $1) }.reduce(0) { $1.isNaN ? .infinity : max($0, $1) }
        return Float(difference / (b.map(abs).max() ?? 1))
    }

    @Test(.enabled(if: Shared.isAvailable, Comment(rawValue: Shared.reason)), arguments: paths)
    func sameBitsAtAnyNumberOfThreads(_ path: String) throws {
        // The style model alone takes seconds a run.
        let threads = path.hasSuffix("candy.onnx") ? [1, 2] : [1, 2, 4]
        var first: [String: [UInt8]] = [:]
        for count in threads {
            let session = try Session(path: path, pool: WorkerPool(threads: count))
            var inputs: [String: Tensor] = [:]
            for input in session.inputs {
                let shape = (input.shape ?? []).enumerated().map { $1 ?? ($0 == 0 ? 1 : 96) }
                inputs[input.name] =
                    input.type == .float16
                    ? tensor(.float16, shape, numbers(random(shape)).map { $0 * 100 }) : random(shape, seed: 5)
            }
            let bytes = try session.run(inputs).mapValues(ModelBuilder.rawBytes)
            if first.isEmpty { first = bytes } else { #expect(bytes == first) }
        }
    }

    /// A real file cut off anywhere.
    @Test(.enabled(if: Shared.isAvailable, Comment(rawValue: Shared.reason)))
    func truncatedFiles() throws {
        let bytes = try fileBytes(Shared.file("models/emotion/fer2013_mini_XCEPTION.102-0.66.onnx"))
        let pool = WorkerPool(threads: 1)
        var refused = 0
        for end in stride(from: 0, to: bytes.count, by: 997) {
            do throws(ModelError) {
                _ = try Session(bytes: Array(bytes[..<end]), name: "cut", pool: pool)
            } catch { refused += 1 }
        }
        #expect(refused >= bytes.count / 997)
    }
}
