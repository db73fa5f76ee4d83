import Tensors

/// `ScatterElements`, and `Scatter` as it was called at first: element [i, j, k] of the updates goes to
/// [i, index, k] of a copy of the data, with the index at [i, j, k] (for axis 1).
struct ScatterElements: Operator {
    static let signatures = [
        Signature(name: "ScatterElements", opsets: 11...28, inputs: 3...3),
        Signature(name: "Scatter", opsets: 9...28, inputs: 3...3),
    ]

    private let axis: Int
    private let reduction: ScatterReduction

    init(_ attributes: inout Attributes) throws(ModelError) {
        axis = try attributes.int("axis", default: 0)
        reduction = attributes.operatorName == "Scatter" ? .replace : try ScatterReduction(&attributes)
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let (data, indices) = (inputs[0], inputs[1])
        try inputs.require(1, [.int64, .int32])
        try reduction.check(inputs)
        try inputs.requireShape(2, indices.shape)
        let axis = try Operands.axis(axis, rank: data.rank)
        try Gather.check(indices.shape, along: axis, of: data.shape)
        let strides = StridedRead.rowMajor(data.shape)
        let walk = StridedRead.rowMajor(indices.shape)
        return Step(outputs: [data.tensorType]) { frame throws(ModelError) in
            var places = try Gather.resolve(frame.input(1), size: data.shape[axis])
            for number in places.indices {
                places[number] *= strides[axis]
                for dimension in strides.indices where dimension != axis {
                    places[number] += number / walk[dimension] % indices.shape[dimension] * strides[dimension]
                }
            }
            frame.output.copyBits(from: frame.input(0))
            reduction.apply(frame.input(2), to: frame.output, places: places, width: 1)
        }
    }
}
