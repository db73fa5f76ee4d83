import Tensors

/// `NonZero`: the places of elements that are not 0, a column each: [rank, how many].
struct NonZero: Operator {
    static let signatures = [Signature(name: "NonZero", opsets: 9...28, inputs: 1...1)]

    init(_ attributes: inout Attributes) throws(ModelError) {}

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        guard let input = inputs[0].constant else { throw .unknownValue("the shape of the result", input: 0) }
        // Whether bits are set says it for integers and bools; floats know a zero with a sign.
        let places: [Int]
        if input.type.isFloatingPoint {
            places = input.doubles.indices(where: { $0 != 0 })
        } else {
            places = input.integers.indices(where: { $0 != 0 })
        }
        let shape = [input.shape.count, places.count]
        try Planner.checkSize(TensorType(type: .int64, shape: shape), limit: inputs.memoryLimit)
        let result = Tensor(shape: shape, type: .int64)
        let y = result.elements(as: Int64.self)
        let strides = StridedRead.rowMajor(input.shape)
        for (column, place) in places.enumerated() {
            for axis in strides.indices {
                y[axis * places.count + column] = Int64(place / strides[axis] % input.shape[axis])
            }
        }
        return .known([result])
    }
}

extension Array {
    /// Where the elements stand for which `condition` holds.
    fileprivate func indices(where condition: (Element) -> Bool) -> [Int] { indices.filter { condition(self[$0]) } }
}
