import Tensors

/// `Tile`: the whole input repeated along each dimension.
struct Tile: Operator {
    static let signatures = [Signature(name: "Tile", inputs: 2...2)]

    init(_ attributes: inout Attributes) throws(ModelError) {}

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let input = inputs[0]
        let repeats = try inputs.integers(1, "`repeats`") ?? []
        guard repeats.count == input.rank, repeats.allSatisfy({ $0 >= 0 }), 2 * input.rank <= Limits.rank else {
            throw ModelError("wrong `repeats`", expected: "\(input.rank) counts", got: "\(repeats)")
        }
        var output: [Int] = []
        for (size, count) in zip(input.shape, repeats) {
            let (product, overflow) = size.multipliedReportingOverflow(by: count)
            guard !overflow else { throw ModelError("`repeats` overflow", got: "\(repeats)") }
            output.append(product)
        }
        // Each dimension as two: the copies, which all start at the same place, and the elements.
        let strides = StridedRead.rowMajor(input.shape)
        let read = StridedRead(
            shape: zip(repeats, input.shape).flatMap { [$0, $1] }, strides: strides.flatMap { [0, $0] })
        return try read.step(of: input, shape: output)
    }
}
