import Tensors

/// `OneHot`: along a new axis, one value at each index and another one elsewhere; an index out of range is nowhere.
struct OneHot: Operator {
    static let signatures = [Signature(name: "OneHot", opsets: 9...28, inputs: 3...3)]

    private let axis: Int

    init(_ attributes: inout Attributes) throws(ModelError) { axis = try attributes.int("axis", default: -1) }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let indices = inputs[0]
        try inputs.require(0, ElementType.numbers)
        try inputs.require(1, ElementType.numbers)
        try inputs.requireShape(2, [2])
        let axis = try Operands.axis(axis, rank: indices.rank + 1)
        guard let number = try inputs.number(1, "`depth`"), number >= 0, number < Double(1 << 31) else {
            throw ModelError("`depth` is out of range", expected: "0 to 2^31")
        }
        let depth = Int(number)
        var shape = indices.shape
        shape.insert(depth, at: axis)
        try Limits.check(shape: shape)
        let type = inputs[2].type
        let everywhere = StridedRead(shape: shape, strides: shape.map { _ in 0 })
        let inner = indices.shape[axis...].reduce(1, *)
        return Step(outputs: [TensorType(type: type, shape: shape)]) { frame in
            // Fractions are cut off, as all conversions do.
            let places = frame.input(0).converted(to: .int64).integers
            let (values, y) = (frame.input(2), frame.output)
            everywhere.run(from: values, to: y, pool: frame.pool)
            let width = type.byteSize
            let on = values.bytes[width..<2 * width]
            for (number, place) in places.enumerated() {
                let index = place < 0 ? place + depth : place
                guard index >= 0, index < depth else { continue }
                let start = ((number / inner * depth + index) * inner + number % inner) * width
                y.bytes[start..<start + width].copy(from: on)
            }
        }
    }
}
