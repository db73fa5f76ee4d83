import ONNX
import Tensors
import Testing

/// One node with its inputs and what must come out.
struct OperatorCase: Sendable, CustomTestStringConvertible {
    let operatorName: String
    let what: String
    let opset: Int
    let inputs: [Tensor?]
    let attributes: [(String, Attribute)]
    /// nil for an output that is not asked for.
    let expected: [Tensor?]
    /// Of the largest expected value: 0 where results are exact, some units of single precision where sums or functions
    /// may be computed in another order or way.
    let tolerance: Double

    var testDescription: String { what.isEmpty ? operatorName : "\(operatorName), \(what)" }

    /// How the inputs reach the node.
    enum Mode: CaseIterable {
        /// As inputs of the graph: computed by a run.
        case given
        /// As constants of the file: computed when it is loaded.
        case constant
    }

    func model(_ mode: Mode) -> ModelBuilder {
        var builder = ModelBuilder(opset: opset)
        var names: [String] = []
        for (index, input) in inputs.enumerated() {
            names.append(input == nil ? "" : "in\(index)")
            guard let input else { continue }
            switch mode {
            case .given: builder.inputs.append(("in\(index)", input.type, input.shape))
            case .constant: builder.initializers.append(("in\(index)", input))
            }
        }
        builder.node(operatorName, names, expected.indices.map { expected[$0] == nil ? "" : "out\($0)" }, attributes)
        for case (let index, let tensor?) in expected.enumerated() {
            builder.outputs.append(("out\(index)", tensor.type, tensor.shape))
        }
        return builder
    }

    /// Runs the node, and says in words where the result differs.
    func problem(_ mode: Mode, pool: WorkerPool) throws(ModelError) -> String? {
        let session = try Session(bytes: model(mode).bytes, name: "test", pool: pool)
        var given: [String: Tensor] = [:]
        if mode == .given {
            for case (let index, let input?) in inputs.enumerated() { given["in\(index)"] = input }
        }
        let results = try session.run(given)
        for case (let index, let tensor?) in expected.enumerated() {
            if let problem = difference(results["out\(index)"], tensor, relative: tolerance) {
                return "output \(index): \(problem)"
            }
        }
        return nil
    }
}

/// A case.
func op(
    _ operatorName: String, _ what: String, opset: Int = 13, _ inputs: [Tensor?],
    _ attributes: [(String, Attribute)] = [], gives expected: [Tensor?], within tolerance: Double = 0
) -> OperatorCase {
    OperatorCase(
        operatorName: operatorName, what: what, opset: opset, inputs: inputs, attributes: attributes,
        expected: expected, tolerance: tolerance)
}

/// A case that needs no words.
func op(
    _ operatorName: String, opset: Int = 13, _ inputs: [Tensor?], _ attributes: [(String, Attribute)] = [],
    gives expected: [Tensor?], within tolerance: Double = 0
) -> OperatorCase {
    op(operatorName, "", opset: opset, inputs, attributes, gives: expected, within: tolerance)
}

/// Functions in single precision, whatever their order of computing.
let singlePrecision = 4e-6
