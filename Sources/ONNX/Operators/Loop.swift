import Tensors

/// `Loop`: a graph run again and again, as often as a count says and as long as a condition holds. Some values are
/// carried from one run to the next, others are collected, one slice a run.
struct Loop: Operator {
    static let signatures = [Signature(name: "Loop", inputs: 0...Signature.many, outputs: 1...Signature.many)]

    private let body: Subgraph
    /// Inputs of the node, the captured ones not among them: the count, the condition, the carried values.
    private let inputCount: Int

    /// Bytes that a collected tensor costs beside its elements.
    private static let overhead = 256

    private var carried: Int { inputCount - 2 }

    init(_ attributes: inout Attributes) throws(ModelError) {
        inputCount = attributes.inputCount
        guard inputCount >= 2 else {
            throw ModelError("wrong number of inputs", expected: "2 or more", got: "\(inputCount)")
        }
        body = try attributes.graph("body")
        guard body.inputCount == inputCount else {
            throw ModelError("wrong number of inputs of `body`", expected: "\(inputCount)", got: "\(body.inputCount)")
        }
        guard body.outputs.count == attributes.outputCount + 1, attributes.outputCount >= inputCount - 2 else {
            throw ModelError(
                "wrong number of outputs of `body`", expected: "\(max(attributes.outputCount, inputCount - 2) + 1)",
                got: "\(body.outputs.count)")
        }
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        guard let evaluator = inputs.evaluator else { throw .unknownValue("the count", input: 0) }
        if inputs.optional(0) != nil { try inputs.require(0, [.int64]) }
        let count = try inputs.integer(0, "the count") ?? Int.max
        var condition = try inputs.truth(1, "the condition") ?? true
        var values = try Array(inputs.values(from: 2))
        let captures = Array(values[carried...])
        values.removeLast(captures.count)
        var collected = [[Tensor]](repeating: [], count: body.outputs.count - 1 - carried)
        var held = 0
        var iteration = 0
        while condition, iteration < count {
            try evaluator.effort.spend(elements: 0)
            let inner = Evaluator(
                pool: evaluator.pool, memoryLimit: evaluator.memoryLimit - held, effort: evaluator.effort)
            let given = [Tensor([Int64(iteration)], shape: []), truth(true)] + values
            let results = try body.run(given, captures: captures, inner)
            condition = try holds(results[0])
            for index in 0..<carried {
                guard results[index + 1].type == values[index].type else {
                    throw ModelError(
                        "carried value \(index) changes its element type", expected: values[index].type.rawValue,
                        got: results[index + 1].type.rawValue)
                }
                values[index] = results[index + 1]
            }
            for index in collected.indices {
                let slice = results[1 + carried + index]
                try collect(slice, &collected[index], output: carried + index)
                held += slice.byteCount + Loop.overhead
            }
            // Joined in the end, they take as much again.
            guard held <= evaluator.memoryLimit / 2 else {
                throw ModelError(
                    "collected values do not fit in memory", expected: "at most \(evaluator.memoryLimit / 2) bytes",
                    got: "\(held)")
            }
            iteration += 1
        }
        for (index, slices) in collected.enumerated() { values.append(try joined(slices, output: carried + index)) }
        return .known(values)
    }

    private func truth(_ value: Bool) -> Tensor {
        let tensor = Tensor(shape: [], type: .bool)
        tensor.elements(as: UInt8.self)[0] = value ? 1 : 0
        return tensor
    }

    private func holds(_ tensor: Tensor) throws(ModelError) -> Bool {
        guard tensor.type == .bool, tensor.count == 1 else {
            throw ModelError("output 0 of `body` is no condition", expected: "one bool", got: "\(tensor.shape)")
        }
        return tensor.integers[0] != 0
    }

    private func collect(_ slice: Tensor, _ slices: inout [Tensor], output: Int) throws(ModelError) {
        if let first = slices.first, first.type != slice.type || first.shape != slice.shape {
            throw ModelError(
                "slices of output \(output) differ", expected: "\(first.type.rawValue) \(first.shape)",
                got: "\(slice.type.rawValue) \(slice.shape)")
        }
        slices.append(slice)
    }

    /// Slices one after the other, with a dimension before theirs.
    private func joined(_ slices: [Tensor], output: Int) throws(ModelError) -> Tensor {
        guard let first = slices.first else {
            // Nothing was run: only the file can say what there is none of.
            guard let info = body.outputs[output + 1], let shape = info.shape else {
                throw ModelError("output \(output) is empty, and the file does not say of what shape")
            }
            let empty = [0] + shape.map { $0 ?? 0 }
            try Limits.check(shape: empty)
            return Tensor(shape: empty, type: info.type.computed)
        }
        let shape = [slices.count] + first.shape
        try Limits.check(shape: shape)
        let result = Tensor(shape: shape, type: first.type)
        let size = first.byteCount
        for (index, slice) in slices.enumerated() {
            result.bytes[index * size..<(index + 1) * size].copy(from: slice.bytes)
        }
        return result
    }
}
