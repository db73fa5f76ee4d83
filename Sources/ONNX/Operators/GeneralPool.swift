import Tensors

/// Pooling over up to three dimensions, of small integers too, and with the places of the largest values: element by
/// element, for what the kernels do not know.
struct GeneralPool {
    private let attributes: WindowAttributes
    private let isMaximum: Bool
    private let countsPadding: Bool
    private let isColumnMajor: Bool

    init(_ attributes: WindowAttributes, isMaximum: Bool, countsPadding: Bool, isColumnMajor: Bool) {
        self.attributes = attributes
        self.isMaximum = isMaximum
        self.countsPadding = countsPadding
        self.isColumnMajor = isColumnMajor
    }

    /// How a window moves along one dimension.
    private struct Axis: Sendable {
        let input: Int
        let output: Int
        let kernel: Int
        let stride: Int
        let dilation: Int
        let before: Int
        let after: Int

        /// Places of the input under the window of an output; those of the padding as well, where it counts.
        func places(_ index: Int, padded: Bool) -> [Int] {
            let first = index * stride - before
            let allowed = padded ? -before..<input + after : 0..<input
            return (0..<kernel).map { first + $0 * dilation }.filter { allowed.contains($0) }
        }
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.require(0, isMaximum ? [.float32, .uint8, .int8] : [.float32])
        let shape = inputs[0].shape
        guard (3...5).contains(shape.count) else {
            throw ModelError("wrong number of dimensions of input 0", expected: "3 to 5", got: "\(shape.count)")
        }
        let axes = try axes(Array(shape[2...]))
        let output = Array(shape[..<2]) + axes.map(\.output)
        let place = TensorType(type: .int64, shape: output)
        return Step(outputs: [TensorType(type: inputs[0].type, shape: output), place]) { frame in
            // Numbers of 8 bits are themselves in single precision.
            let x = frame.input(0).type == .float32 ? frame.input(0) : frame.input(0).converted(to: .float32)
            let results = Tensor(shape: output, type: .float32)
            run(axes, x.floats, results.floats, frame.outputs.count > 1 ? frame.outputs[1] : nil, frame.pool)
            if let y = frame.outputs[0] { results.convert(into: y) }
        }
    }

    private func axes(_ input: [Int]) throws(ModelError) -> [Axis] {
        let resolved = try attributes.resolve(input: input, most: 3)
        let skipped = resolved.kernel.count - input.count
        var axes: [Axis] = []
        var work = 1
        for (index, size) in input.enumerated() {
            let place = index + skipped
            let (kernel, stride, dilation) = (
                resolved.kernel[place], resolved.strides[place], resolved.dilations[place]
            )
            let (before, after) = (resolved.before[place], resolved.after[place])
            let room = size + before + after - dilation * (kernel - 1) - 1
            guard room >= 0, before < kernel * dilation, after < kernel * dilation else {
                throw ModelError(
                    "a window of \(attributes.kernel ?? []), dilation \(dilation), does not fit the input",
                    got: "\(input) with padding \(resolved.before) and \(resolved.after)")
            }
            var count = (attributes.roundsUp ? (room + stride - 1) / stride : room / stride) + 1
            // A window that would begin past the input and its leading padding is left out.
            if attributes.roundsUp, (count - 1) * stride >= size + before { count -= 1 }
            let (product, overflow) = work.multipliedReportingOverflow(by: max(count, 1) * kernel)
            guard !overflow, product <= WindowAttributes.work else {
                throw ModelError("a window of \(attributes.kernel ?? []) over \(input) is not supported")
            }
            work = product
            axes.append(
                Axis(
                    input: size, output: count, kernel: kernel, stride: stride, dilation: dilation, before: before,
                    after: after))
        }
        return axes
    }

    private func run(
        _ axes: [Axis], _ x: Buffer<Float>, _ y: Buffer<Float>, _ indices: Tensor?, _ pool: WorkerPool
    ) {
        let (from, to) = (axes.reduce(1) { $0 * $1.input }, axes.reduce(1) { $0 * $1.output })
        let strides = StridedRead.rowMajor(axes.map(\.input))
        let places = indices?.elements(as: Int64.self)
        pool.split(y.count / to, chunk: max(1, elementwiseChunk / to)) { planes in
            for plane in planes {
                for index in 0..<to {
                    let (windows, all) = windows(axes, index)
                    var elements = [0]
                    for (axis, window) in windows.enumerated() {
                        elements = elements.flatMap { start in window.map { start + $0 * strides[axis] } }
                    }
                    let target = plane * to + index
                    guard isMaximum else {
                        let sum = elements.reduce(0.0) { $0 + Double(x[plane * from + $1]) }
                        y[target] = Float(sum / Double(countsPadding ? all : elements.count))
                        continue
                    }
                    var best = elements.first ?? 0
                    for element in elements where x[plane * from + element] > x[plane * from + best] { best = element }
                    y[target] = elements.isEmpty ? -.infinity : x[plane * from + best]
                    places?[target] = Int64(plane * from + number(best, axes, strides))
                }
            }
        }
    }

    /// The places under one output's window by dimension, and how many there are with those of the padding.
    private func windows(_ axes: [Axis], _ index: Int) -> ([[Int]], all: Int) {
        var rest = index
        var windows = [[Int]](repeating: [], count: axes.count)
        var all = 1
        for (place, axis) in axes.enumerated().reversed() {
            windows[place] = axis.places(rest % axis.output, padded: false)
            if countsPadding { all *= axis.places(rest % axis.output, padded: true).count }
            rest /= axis.output
        }
        return (windows, all)
    }

    /// An element's number within its plane, in the order that is asked for.
    private func number(_ element: Int, _ axes: [Axis], _ strides: [Int]) -> Int {
        guard isColumnMajor else { return element }
        var (number, step) = (0, 1)
        for (axis, stride) in zip(axes, strides) {
            number += element / stride % axis.input * step
            step *= axis.input
        }
        return number
    }
}
