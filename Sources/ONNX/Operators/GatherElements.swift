import Tensors

/// `GatherElements`: element [i, j, k] of the result is input [i, index, k], with the index at [i, j, k] (for axis 1).
struct GatherElements: Operator {
    static let signatures = [Signature(name: "GatherElements", opsets: 11...28, inputs: 2...2)]

    private let axis: Int

    init(_ attributes: inout Attributes) throws(ModelError) { axis = try attributes.int("axis", default: 0) }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let (data, indices) = (inputs[0], inputs[1])
        try inputs.require(1, [.int64, .int32])
        let axis = try Operands.axis(axis, rank: data.rank)
        try Gather.check(indices.shape, along: axis, of: data.shape)
        let strides = StridedRead.rowMajor(data.shape)
        // The walk runs over the indices' shape; the axis' own stride comes from the index.
        let walk = StridedRead.rowMajor(indices.shape)
        let size = data.type.byteSize
        return Step(outputs: [TensorType(type: data.type, shape: indices.shape)]) { frame throws(ModelError) in
            let places = try Gather.resolve(frame.input(1), size: data.shape[axis])
            let (source, target) = (frame.input(0).bytes, frame.output.bytes)
            for (number, place) in places.enumerated() {
                var from = place * strides[axis]
                for dimension in strides.indices where dimension != axis {
                    from += number / walk[dimension] % indices.shape[dimension] * strides[dimension]
                }
                target[number * size..<(number + 1) * size].copy(from: source[from * size..<(from + 1) * size])
            }
        }
    }
}
