import Tensors

/// `ScatterND`: slices written to a copy of the data, at places given by the last dimension of the indices.
struct ScatterND: Operator {
    static let signatures = [Signature(name: "ScatterND", opsets: 11...28, inputs: 3...3)]

    private let reduction: ScatterReduction

    init(_ attributes: inout Attributes) throws(ModelError) { reduction = try ScatterReduction(&attributes) }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let (data, indices) = (inputs[0], inputs[1])
        try inputs.require(1, [.int64])
        try reduction.check(inputs)
        guard let depth = indices.shape.last, depth <= data.rank else {
            throw ModelError("indices do not fit the input", got: "\(indices.shape) and \(data.shape)")
        }
        try inputs.requireShape(2, Array(indices.shape.dropLast() + data.shape[depth...]))
        let strides = StridedRead.rowMajor(data.shape)
        let width = data.shape[depth...].reduce(1, *)
        let count = indices.shape.dropLast().reduce(1, *)
        return Step(outputs: [data.tensorType]) { frame throws(ModelError) in
            let given = frame.input(1).integers
            var places = [Int](repeating: 0, count: width == 0 ? 0 : count)
            for number in places.indices {
                for part in 0..<depth {
                    let (index, size) = (given[number * depth + part], data.shape[part])
                    let resolved = index < 0 ? index + size : index
                    guard resolved >= 0, resolved < size else {
                        throw ModelError(
                            "an index is out of range", expected: "\(-size) to \(size - 1)", got: "\(index)")
                    }
                    places[number] += resolved * strides[part]
                }
            }
            frame.output.copyBits(from: frame.input(0))
            reduction.apply(frame.input(2), to: frame.output, places: places, width: width)
        }
    }
}
