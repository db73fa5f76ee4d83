import Tensors

/// `EyeLike`: a matrix of the input's shape with ones on one diagonal and zeros elsewhere.
struct EyeLike: Operator {
    static let signatures = [Signature(name: "EyeLike", opsets: 9...28, inputs: 1...1)]

    private let type: ElementType?
    private let shift: Int

    init(_ attributes: inout Attributes) throws(ModelError) {
        type = try attributes.elementType("dtype")?.computed
        shift = try attributes.int("k", default: 0)
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let shape = inputs[0].shape
        guard shape.count == 2 else {
            throw ModelError("wrong number of dimensions of input 0", expected: "2", got: "\(shape.count)")
        }
        let type = type ?? inputs[0].type
        let one = Tensor([Float(1)], shape: [1]).converted(to: type).bytes
        let shift = min(max(shift, -shape[0]), shape[1])
        return Step(outputs: [TensorType(type: type, shape: shape)]) { frame in
            let y = frame.output.bytes
            y.fill(with: 0)
            for row in max(0, -shift)..<max(0, -shift, min(shape[0], shape[1] - shift)) {
                let start = (row * shape[1] + row + shift) * one.count
                y[start..<start + one.count].copy(from: one)
            }
        }
    }
}
