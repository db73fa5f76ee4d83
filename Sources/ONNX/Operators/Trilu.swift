import Tensors

/// `Trilu`: the upper or lower triangle of matrices, zeros elsewhere.
struct Trilu: Operator {
    static let signatures = [Signature(name: "Trilu", opsets: 14...28, inputs: 1...2)]

    private let isUpper: Bool

    init(_ attributes: inout Attributes) throws(ModelError) { isUpper = try attributes.flag("upper", default: true) }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let input = inputs[0]
        guard input.rank >= 2 else {
            throw ModelError("wrong number of dimensions of input 0", expected: "2 or more", got: "\(input.rank)")
        }
        let (rows, columns) = (input.shape[input.rank - 2], input.shape[input.rank - 1])
        // Which diagonal bounds the triangle; past the corners it makes no difference.
        let shift = min(max(try inputs.integer(1, "`k`") ?? 0, -rows - 1), columns + 1)
        let width = input.type.byteSize
        return Step(outputs: [input.tensorType]) { frame in
            let (x, y) = (frame.input(0).bytes, frame.output.bytes)
            y.copy(from: x)
            for line in 0..<x.count / max(columns * width, 1) {
                // The first column of the upper triangle, the first after the lower one.
                let edge = min(max(line % rows + shift + (isUpper ? 0 : 1), 0), columns)
                let cleared = isUpper ? 0..<edge : edge..<columns
                let start = line * columns
                y[(start + cleared.lowerBound) * width..<(start + cleared.upperBound) * width].fill(with: 0)
            }
        }
    }
}
