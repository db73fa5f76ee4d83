import Tensors

/// `CumSum` and `CumProd`: along an axis, the sum or product of all elements up to each one.
struct Cumulative: Operator {
    static let signatures = [
        Signature(name: "CumSum", opsets: 11...28, inputs: 2...2),
        Signature(name: "CumProd", opsets: 26...28, inputs: 2...2),
    ]

    private let isProduct: Bool
    private let isExclusive: Bool
    private let isReversed: Bool

    init(_ attributes: inout Attributes) throws(ModelError) {
        isProduct = attributes.operatorName == "CumProd"
        isExclusive = try attributes.flag("exclusive")
        isReversed = try attributes.flag("reverse")
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let input = inputs[0]
        try inputs.require(0, ElementType.numbers)
        guard let given = try inputs.integer(1, "`axis`"), let element = input.type.arithmetic else {
            preconditionFailure("required inputs")
        }
        let axis = try Operands.axis(given, rank: input.rank)
        let size = input.shape[axis]
        let inner = input.shape[(axis + 1)...].reduce(1, *)
        return Step(outputs: [input.tensorType]) { frame in
            if input.type == .float32 {
                run(Float.self, size: size, inner: inner, frame)
            } else {
                run(element, size: size, inner: inner, frame)
            }
        }
    }

    private func run<Element: Arithmetic & Numeric>(_: Element.Type, size: Int, inner: Int, _ frame: Frame) {
        let (x, y) = (frame.input(0).elements(as: Element.self), frame.output.elements(as: Element.self))
        frame.pool.split(x.count / size, chunk: max(1, elementwiseChunk / size)) { lines in
            for line in lines {
                let start = line / inner * size * inner + line % inner
                var total: Element = isProduct ? 1 : 0
                for step in 0..<size {
                    let place = start + (isReversed ? size - 1 - step : step) * inner
                    let before = total
                    total = isProduct ? Element.times(total, x[place]) : Element.plus(total, x[place])
                    y[place] = isExclusive ? before : total
                }
            }
        }
    }
}
