import Tensors

/// `Reshape`: 0 keeps the input's dimension (unless `allowzero`), one -1 takes what is left.
struct Reshape: Operator {
    static let signatures = [Signature(name: "Reshape", inputs: 2...2)]

    private let allowsZero: Bool

    init(_ attributes: inout Attributes) throws(ModelError) {
        allowsZero = attributes.opset >= 14 ? try attributes.flag("allowzero") : false
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let input = inputs[0]
        let wanted = try inputs.integers(1, "the shape") ?? []
        // Only made where it is thrown: numbers to text take longer than all else here.
        var failure: ModelError { ModelError("cannot reshape \(input.shape)", got: "\(wanted)") }
        var shape: [Int] = []
        var open: Int?
        for (index, size) in wanted.enumerated() {
            switch size {
            case -1:
                guard open == nil else { throw failure }
                open = index
                shape.append(1)
            case 0 where !allowsZero:
                guard index < input.rank else { throw failure }
                shape.append(input.shape[index])
            case 0...: shape.append(size)
            default: throw failure
            }
        }
        guard let product = Tensor.count(of: shape) else { throw failure }
        try Limits.check(shape: shape)
        if let open {
            guard product > 0, input.count % product == 0 else { throw failure }
            shape[open] = input.count / product
        }
        guard Tensor.count(of: shape) == input.count else { throw failure }
        return .reshape(input, to: shape)
    }
}
