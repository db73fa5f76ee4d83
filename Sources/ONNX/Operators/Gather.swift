import Tensors

/// `Gather`: slices of the input at indices along an axis.
struct Gather: Operator {
    static let signatures = [Signature(name: "Gather", inputs: 2...2)]

    private let axis: Int

    init(_ attributes: inout Attributes) throws(ModelError) { axis = try attributes.int("axis", default: 0) }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let data = inputs[0]
        try inputs.require(1, [.int64, .int32])
        let axis = try Operands.axis(axis, rank: data.rank)
        let size = data.shape[axis]
        let shape = Array(data.shape[..<axis] + inputs[1].shape + data.shape[(axis + 1)...])
        try Limits.check(shape: shape)
        let outer = data.shape[..<axis].reduce(1, *)
        let width = data.shape[(axis + 1)...].reduce(data.type.byteSize, *)
        return Step(outputs: [TensorType(type: data.type, shape: shape)]) { frame throws(ModelError) in
            let indices = try Gather.resolve(frame.input(1), size: size)
            let (source, target) = (frame.input(0).bytes, frame.output.bytes)
            for place in 0..<outer {
                for (number, index) in indices.enumerated() {
                    let from = (place * size + index) * width
                    let to = (place * indices.count + number) * width
                    target[to..<to + width].copy(from: source[from..<from + width])
                }
            }
        }
    }

    /// Checks that indices along an axis, an element each, have the input's rank and reach past none of its other dimensions.
    static func check(_ indices: [Int], along axis: Int, of shape: [Int]) throws(ModelError) {
        guard indices.count == shape.count, shape.indices.allSatisfy({ $0 == axis || indices[$0] <= shape[$0] }) else {
            throw ModelError("indices do not fit the input", got: "\(indices) and \(shape)")
        }
    }

    /// Indices from 0 on, of which negative ones count from the end.
    static func resolve(_ tensor: Tensor, size: Int) throws(ModelError) -> [Int] {
        var indices = tensor.integers
        for place in indices.indices {
            let index = indices[place] < 0 ? indices[place] + size : indices[place]
            guard index >= 0, index < size else {
                throw ModelError(
                    "an index is out of range", expected: "\(-size) to \(size - 1)", got: "\(indices[place])")
            }
            indices[place] = index
        }
        return indices
    }
}
