import Tensors

/// `Constant`: a tensor held by the node itself.
struct Constant: Operator {
    static let signatures = [Signature(name: "Constant", inputs: 0...0)]

    private let value: Tensor

    init(_ attributes: inout Attributes) throws(ModelError) {
        if let tensor = try attributes.tensor("value") {
            value = tensor
        } else if let float = try attributes.float("value_float") {
            value = Tensor([float], shape: [])
        } else if let floats = try attributes.floats("value_floats") {
            value = Tensor(floats, shape: [floats.count])
        } else if let int = try attributes.int("value_int") {
            value = Tensor([Int64(int)], shape: [])
        } else if let ints = try attributes.ints("value_ints") {
            value = Tensor(ints.map { Int64($0) }, shape: [ints.count])
        } else {
            throw ModelError(
                "no value that is supported",
                expected: "`value`, `value_float`, `value_floats`, `value_int` or `value_ints`")
        }
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step { .known([value]) }
}
