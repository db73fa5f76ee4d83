import ONNX
import Tensors
import Testing

extension OperatorCase {
    /// Every case there is.
    static let all: [OperatorCase] =
        unary + binary + shapes + movement + convolutions + pools + normalizations + reductions + resizes + scatters
        + selections + integers + quantizations + sums + samples + controls
}

/// Each operator alone, against values worked out by hand or by naive code.
@Suite struct OperatorTests {
    @Test(arguments: OperatorCase.all)
    func computedByARun(_ item: OperatorCase) throws {
        #expect(try item.problem(.given, pool: WorkerPool(threads: 1)) == nil)
    }

    @Test(arguments: OperatorCase.all)
    func computedBeforehand(_ item: OperatorCase) throws {
        #expect(try item.problem(.constant, pool: WorkerPool(threads: 1)) == nil)
    }

    @Test func everyOperatorHasCases() {
        let tested = Set(OperatorCase.all.map(\.operatorName))
        #expect(OperatorTable.names.filter { !tested.contains($0) } == [])
        #expect(tested.subtracting(OperatorTable.names) == [])
    }

    @Test(arguments: OperatorCase.all)
    func sameBitsAtAnyNumberOfThreads(_ item: OperatorCase) throws {
        let model = item.model(.given).bytes
        var inputs: [String: Tensor] = [:]
        for case (let index, let input?) in item.inputs.enumerated() { inputs["in\(index)"] = input }
        var first: [String: [UInt8]] = [:]
        for threads in [1, 2, 4] {
            let results = try Session(bytes: model, name: "test", pool: WorkerPool(threads: threads)).run(inputs)
            let bytes = results.mapValues(ModelBuilder.rawBytes)
            if threads == 1 { first = bytes } else { #expect(bytes == first) }
        }
    }
}
