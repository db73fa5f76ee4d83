/// The axis of `Softmax`, `LogSoftmax` and `Hardmax`: one dimension, or before operator set 13 all dimensions from it on together.
struct ClassAxis: Sendable {
    private let axis: Int
    private let flattens: Bool

    init(_ attributes: inout Attributes) throws(ModelError) {
        flattens = attributes.opset < 13
        axis = try attributes.int("axis", default: flattens ? 1 : -1)
    }

    /// A tensor as [outer, size, inner], classes along the middle.
    func resolve(_ shape: [Int]) throws(ModelError) -> (outer: Int, size: Int, inner: Int) {
        // The rank itself is an axis where dimensions are flattened: rows of one.
        let axis = flattens && axis == shape.count ? axis : try Operands.axis(axis, rank: shape.count)
        return (
            shape[..<axis].reduce(1, *), flattens ? shape[axis...].reduce(1, *) : shape[axis],
            flattens ? 1 : shape[(axis + 1)...].reduce(1, *)
        )
    }
}
