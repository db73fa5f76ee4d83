import Foundation
import ONNX
import Tensors
import TestSupport
import Testing

/// The ONNX project's own cases, for the operators there are.
@Suite struct BackendTests {
    private struct Case: Decodable {
        let name: String
        let model: String
        let operators: [String]
        let inputs: [String: String]
        let outputs: [String: String]
        let rtol: Double
        let atol: Double
    }

    /// Cases of listed operators that are refused, by what the error says: each for a reason that the operator
    /// documents.
    private static let refusals = [
        "is not supported", "must be false", "wrong number of outputs",
        "over 3 dimensions", "wrong number of dimensions", "only a function's body", "attribute `",
        "unsupported operator set version",
    ]

    /// Cases whose results ONNX Runtime does not give either: with `align_corners` and scales, the reference divides by
    /// the output's size before it is rounded down to a whole number.
    private static let differences = [
        "test_resize_downsample_scales_linear_align_corners", "test_resize_downsample_scales_cubic_align_corners",
    ]

    @Test(.enabled(if: PythonTools.isAvailable, Comment(rawValue: PythonTools.reason)))
    func casesPass() throws {
        let scratch = try Scratch()
        _ = try PythonTools.run("Python/onnx_backend_cases.py", [scratch.path])
        let data = Data(try fileBytes(scratch.file("manifest.json")))
        let cases = try JSONDecoder().decode([Case].self, from: data)
        let listed = Set(OperatorTable.names)
        let pool = WorkerPool(threads: 2)
        var passed = 0
        var refused: [String: [String]] = [:]
        let known = cases.filter { $0.operators.allSatisfy(listed.contains) }
        for item in known where !Self.differences.contains(item.name) {
            do {
                if let problem = try run(item, pool) { Issue.record("\(item.name): \(problem)") } else { passed += 1 }
            } catch {
                guard Self.refusals.contains(where: { error.description.contains($0) }) else {
                    Issue.record("\(item.name): \(error)")
                    continue
                }
                let reason = [error.problem, error.got.map { "got \($0)" }].compactMap { $0 }.joined(separator: ", ")
                refused["\(error.operatorName ?? "model"): \(reason)", default: []].append(item.name)
            }
        }
        let count = refused.values.reduce(0) { $0 + $1.count }
        print(
            "ONNX backend cases: \(passed) pass, \(count) are refused by name, \(Self.differences.count) are known to"
                + " differ, \(cases.count - known.count) of \(cases.count) need operators that are not listed")
        for (reason, names) in refused.sorted(by: { ($1.value.count, $0.key) < ($0.value.count, $1.key) }) {
            print("  \(names.count)  \(reason): \(names.joined(separator: " "))")
        }
        #expect(passed >= 1150)
    }

    private func run(_ item: Case, _ pool: WorkerPool) throws(ModelError) -> String? {
        let session = try Session(path: item.model, pool: pool)
        var inputs: [String: Tensor] = [:]
        for input in session.inputs {
            guard let file = item.inputs[input.name], let tensor = try? Npy.read(file) else {
                return "no input \(input.name)"
            }
            inputs[input.name] = tensor
        }
        let results = try session.run(inputs)
        for (name, file) in item.outputs {
            guard let expected = try? Npy.read(file), let got = results[name] else { return "no output \(name)" }
            guard got.shape == expected.shape else { return "\(name): shape \(got.shape), expected \(expected.shape)" }
            let (a, b) = (numbers(got), numbers(expected))
            // Half precision holds about three digits.
            let (rtol, atol) = expected.type == .float16 ? (max(item.rtol, 2e-3), 1e-3) : (item.rtol, item.atol)
            for (index, (x, y)) in zip(a, b).enumerated() where x != y && !(x.isNaN && y.isNaN) {
                if !(abs(x - y) <= atol + rtol * abs(y)) { return "\(name) at \(index): \(x), expected \(y)" }
            }
        }
        return nil
    }
}
