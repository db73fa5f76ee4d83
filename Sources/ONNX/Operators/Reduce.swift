import Tensors

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Reductions over axes: sums, means, extremes, products and norms.
///
/// The axes are an attribute before operator set 18 (13 for `ReduceSum`), an input from then on.
struct Reduce: Operator {
    static let signatures = Function.allCases.map { Signature(name: $0.rawValue, inputs: 1...2) }

    private enum Function: String, CaseIterable, Sendable {
        case sum = "ReduceSum"
        case mean = "ReduceMean"
        case largest = "ReduceMax"
        case smallest = "ReduceMin"
        case product = "ReduceProd"
        case l1 = "ReduceL1"
        case l2 = "ReduceL2"
        case sumOfSquares = "ReduceSumSquare"
        case logarithmOfSum = "ReduceLogSum"
        case logarithmOfExponentials = "ReduceLogSumExp"
    }

    private let function: Function
    private let axes: [Int]?
    private let keepsDimensions: Bool
    private let emptyMeansNone: Bool

    init(_ attributes: inout Attributes) throws(ModelError) {
        guard let function = Function(rawValue: attributes.operatorName) else {
            preconditionFailure("\(attributes.operatorName) is listed but not implemented")
        }
        self.function = function
        let takesInput = attributes.opset >= (function == .sum ? 13 : 18)
        axes = takesInput ? nil : try attributes.ints("axes")
        guard takesInput || attributes.inputCount == 1 else {
            throw ModelError("`axes` is an attribute in operator set \(attributes.opset), not an input")
        }
        keepsDimensions = try attributes.flag("keepdims", default: true)
        emptyMeansNone = takesInput ? try attributes.flag("noop_with_empty_axes") : false
    }

    /// Whether it gives the mean of each plane of an image, as an image.
    ///
    /// - Parameter input: the axes, where they are an input that is known.
    func isMeanOfPlanes(_ input: Tensor?) -> Bool {
        guard function == .mean, keepsDimensions, let axes = axes ?? (input?.type == .int64 ? input?.integers : nil)
        else {
            return false
        }
        return axes.count == 2 && Set(axes.map { $0 < 0 ? $0 + 4 : $0 }) == [2, 3]
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let input = inputs[0]
        guard input.type != .bool || function == .largest || function == .smallest else {
            throw ModelError("element type of input 0 is not supported", got: "bool")
        }
        var axes = try Operands.axes(inputs.integers(1, "`axes`", or: axes) ?? [], rank: input.rank)
        if axes.isEmpty {
            if emptyMeansNone { return .reshape(input, to: input.shape) }
            axes = Array(input.shape.indices)
        }
        let kept = input.shape.indices.filter { !axes.contains($0) }
        let shape = input.shape.indices.compactMap { index -> Int? in
            axes.contains(index) ? (keepsDimensions ? 1 : nil) : input.shape[index]
        }
        let size = axes.reduce(1) { $0 * input.shape[$1] }
        // The reduced axes last, so that each result comes from a contiguous row.
        let strides = StridedRead.rowMajor(input.shape)
        let order = kept + axes.sorted()
        let read = StridedRead(shape: order.map { input.shape[$0] }, strides: order.map { strides[$0] })
        let arrangement = try read.step(of: input)
        var step = Step(outputs: [TensorType(type: input.type, shape: shape)])
        if arrangement.placements.isEmpty { step.workspace = input.count * input.type.byteSize }
        let isArranged = !arrangement.placements.isEmpty
        step.run = { frame in
            var rows = frame.input(0)
            if !isArranged, rows.count > 0 {
                rows = frame.scratch(shape: read.shape, type: rows.type)
                read.run(from: frame.input(0), to: rows, pool: frame.pool)
            }
            if rows.type == .float32 {
                let (x, y) = (rows.floats, frame.output.floats)
                frame.pool.split(y.count, chunk: max(1, elementwiseChunk / max(size, 1))) { range in
                    for index in range { y[index] = reduce(x[index * size..<(index + 1) * size]) }
                }
            } else {
                // Other types are rare, small and mostly shapes: in double precision.
                let values = rows.doubles
                let results = (0..<frame.output.count).map {
                    reduce(values[$0 * size..<($0 + 1) * size], isBool: rows.type == .bool)
                }
                Tensor(results, shape: frame.output.shape).convert(into: frame.output)
            }
        }
        return step
    }

    private func reduce(_ x: Buffer<Float>) -> Float {
        switch function {
        case .sum: return Float(Sums.sum(x))
        case .mean: return Float(Sums.sum(x) / Double(x.count))
        case .largest: return Kernel.largest(x)
        case .l2: return Float(Sums.squares(x).squareRoot())
        case .sumOfSquares: return Float(Sums.squares(x))
        case .logarithmOfSum: return Float(log(Sums.sum(x)))
        case .smallest:
            return x.withSpan { x in
                var result = Float.infinity
                for index in 0..<x.count { result = Float.smaller(result, x[index]) }
                return result
            }
        case .product:
            return x.withSpan { x in
                var result: Float = 1
                for index in 0..<x.count { result *= x[index] }
                return result
            }
        case .l1:
            return x.withSpan { x in
                var result: Float = 0
                for index in 0..<x.count { result += abs(x[index]) }
                return result
            }
        case .logarithmOfExponentials:
            let largest = Kernel.largest(x)
            guard largest.isFinite else { return largest }
            return x.withSpan { x in
                var result: Float = 0
                for index in 0..<x.count { result += exp(x[index] - largest) }
                return log(result) + largest
            }
        }
    }

    private func reduce(_ x: ArraySlice<Double>, isBool: Bool) -> Double {
        switch function {
        case .sum: return x.reduce(0, +)
        case .mean: return x.reduce(0, +) / Double(x.count)
        // The extreme of no bools is false or true, as the infinities would be for numbers.
        case .largest: return x.max() ?? (isBool ? 0 : -.infinity)
        case .smallest: return x.min() ?? (isBool ? 1 : .infinity)
        case .product: return x.reduce(1, *)
        case .l1: return x.reduce(0) { $0 + abs($1) }
        case .l2: return x.reduce(0) { $0 + $1 * $1 }.squareRoot()
        case .sumOfSquares: return x.reduce(0) { $0 + $1 * $1 }
        case .logarithmOfSum: return log(x.reduce(0, +))
        case .logarithmOfExponentials:
            let largest = x.max() ?? -.infinity
            guard largest.isFinite else { return largest }
            return log(x.reduce(0) { $0 + exp($1 - largest) }) + largest
        }
    }
}
