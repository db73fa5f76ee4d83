import Tensors

/// `Transpose`: the dimensions in another order.
struct Transpose: Operator {
    static let signatures = [Signature(name: "Transpose", inputs: 1...1)]

    private let permutation: [Int]?

    init(_ attributes: inout Attributes) throws(ModelError) { permutation = try attributes.ints("perm") }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let input = inputs[0]
        let order = permutation ?? input.shape.indices.reversed()
        guard order.sorted() == Array(input.shape.indices) else {
            throw ModelError("attribute `perm` is no order of \(input.rank) dimensions", got: "\(order)")
        }
        let strides = StridedRead.rowMajor(input.shape)
        return try StridedRead(shape: order.map { input.shape[$0] }, strides: order.map { strides[$0] }).step(of: input)
    }
}
