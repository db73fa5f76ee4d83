import Tensors

/// `Concat`: tensors one after the other along an axis.
struct Concat: Operator {
    static let signatures = [Signature(name: "Concat", inputs: 1...Signature.many)]

    let axis: Int

    init(axis: Int) { self.axis = axis }

    init(_ attributes: inout Attributes) throws(ModelError) {
        guard let axis = try attributes.int("axis") else { throw ModelError("attribute `axis` is missing") }
        self.axis = axis
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let first = inputs[0]
        let axis = try Operands.axis(axis, rank: first.rank)
        var shape = first.shape
        shape[axis] = 0
        for index in 0..<inputs.count {
            guard let input = inputs.optional(index) else { throw ModelError("input \(index) is missing") }
            try inputs.require(index, [first.type])
            var expected = first.shape
            if input.rank == first.rank { expected[axis] = input.shape[axis] }
            try inputs.requireShape(index, expected)
            let (sum, overflow) = shape[axis].addingReportingOverflow(input.shape[axis])
            guard !overflow else { throw ModelError("the result's dimension overflows") }
            shape[axis] = sum
        }
        try Limits.check(shape: shape)
        if inputs.count == 1 { return .reshape(first, to: shape) }
        // Bytes of one input at one place of the axes before, and where they go in the result's.
        let inner = shape[(axis + 1)...].reduce(first.type.byteSize, *)
        let outer = shape[..<axis].reduce(1, *)
        let widths = (0..<inputs.count).map { inputs[$0].shape[axis] * inner }
        let total = shape[axis] * inner
        let output = TensorType(type: first.type, shape: shape)
        return Step(outputs: [output], placements: outer == 1 ? [.joined] : []) { frame in
            let target = frame.output.bytes
            var start = 0
            for (input, width) in zip(frame.inputs, widths) {
                // An input that was computed where it belongs needs no copy.
                if let source = input?.bytes, width > 0, !source.isSameMemory(as: target[start..<start + width]) {
                    let place = start
                    frame.pool.split(outer, chunk: max(1, elementwiseChunk / width)) { range in
                        for index in range {
                            let from = index * total + place
                            target[from..<from + width].copy(from: source[index * width..<(index + 1) * width])
                        }
                    }
                }
                start += width
            }
        }
    }
}
