import Tensors

/// `ConvTranspose`: every input element adds the kernel, scaled by it, to the output.
struct ConvTranspose: Operator {
    static let signatures = [Signature(name: "ConvTranspose", inputs: 2...3)]

    private let attributes: WindowAttributes
    private let group: Int
    private let outputPadding: [Int]?
    private let outputShape: [Int]?

    init(_ attributes: inout Attributes) throws(ModelError) {
        self.attributes = try WindowAttributes(&attributes, isPool: false)
        group = try attributes.int("group", default: 1, in: 1...1 << 24)
        outputPadding = try attributes.ints("output_padding", in: 0...1 << 24)
        outputShape = try attributes.ints("output_shape", in: 1...1 << 30)
    }

    /// Where the products go along one axis: output place = input place * stride + tap * dilation - before.
    private struct Axis: Sendable {
        let input: Int
        let output: Int
        let kernel: Int
        let stride: Int
        let dilation: Int
        let before: Int

        /// The input places whose products with `tap` fall inside the output.
        func places(_ tap: Int) -> Range<Int> {
            let shift = tap * dilation - before
            let first = shift >= 0 ? 0 : (-shift + stride - 1) / stride
            let last = output - 1 - shift
            let end = last < 0 ? 0 : min(input, last / stride + 1)
            return first..<max(first, end)
        }
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.requireFloats(0, ranks: 3...4)
        let (x, w) = (inputs[0], inputs[1])
        try inputs.requireFloats(1, ranks: x.rank...x.rank)
        let channels = x.shape[1]
        guard channels > 0, channels % group == 0, w.shape[0] == channels, w.shape[1] > 0, w.shape[1] < 1 << 31 else {
            throw ModelError(
                "weights do not fit the input's channels", expected: "[\(channels), ...]", got: "\(w.shape)")
        }
        let filters = w.shape[1] * group
        if inputs.optional(2) != nil {
            try inputs.requireFloats(2)
            try inputs.requireShape(2, [filters])
        }
        let axes = try axes(input: Array(x.shape[2...]), kernel: Array(w.shape[2...]))
        let output = x.rank == 3 ? [axes[1].output] : axes.map(\.output)
        let taps = axes[0].kernel * axes[1].kernel
        let area = axes[0].input * axes[1].input
        let (floats, overflow) = (w.shape[1] * taps).multipliedReportingOverflow(by: area)
        guard !overflow, floats < Int.max / 8 / max(x.shape[0] * group, 1) else {
            throw ModelError("a matrix of products that overflows")
        }
        let depth = channels / group
        let filtersPerGroup = w.shape[1]
        var step = Step(outputs: [TensorType(type: .float32, shape: [x.shape[0], filters] + output)])
        // The products of all taps and places of one image and group.
        step.workspace = floats * 4
        let parts = x.shape[0] * group
        step.run = { frame in
            let (source, weights, y) = (frame.input(0).floats, frame.input(1).floats, frame.output.floats)
            let bias = frame.optional(2)?.floats
            let plane = axes[0].output * axes[1].output
            let rows = filtersPerGroup * taps
            let products = frame.floats(at: 0, count: rows * area)
            let product = MatrixProduct(rows: rows, columns: area, depth: depth)
            for part in 0..<parts {
                let group = part % self.group
                let image = source[part * depth * area..<(part + 1) * depth * area]
                let matrix = weights[group * depth * rows..<(group + 1) * depth * rows]
                frame.pool.run(product.tiles) { tile in
                    product.compute(
                        tile: tile, .init(elements: matrix, stride: rows, isTransposed: true),
                        .init(elements: image, stride: area), into: products)
                }
                frame.pool.run(filtersPerGroup) { filter in
                    let start = (part * filtersPerGroup + filter) * plane
                    let target = y[start..<start + plane]
                    target.fill(with: bias?[group * filtersPerGroup + filter] ?? 0)
                    let own = products[filter * taps * area..<(filter + 1) * taps * area]
                    ConvTranspose.scatter(own, axes[0], axes[1], into: target)
                }
            }
        }
        return step
    }

    /// Adds the products [kernel y, kernel x, input y, input x] of one filter to its plane.
    private static func scatter(_ products: Buffer<Float>, _ y: Axis, _ x: Axis, into plane: Buffer<Float>) {
        for tap in 0..<y.kernel * x.kernel {
            let (tapY, tapX) = (tap / x.kernel, tap % x.kernel)
            let columns = x.places(tapX)
            guard !columns.isEmpty else { continue }
            for row in y.places(tapY) {
                let from = (tap * y.input + row) * x.input + columns.lowerBound
                let line = (row * y.stride + tapY * y.dilation - y.before) * x.output
                let to = line + columns.lowerBound * x.stride + tapX * x.dilation - x.before
                let source = products[from..<from + columns.count]
                let target = plane[to..<to + (columns.count - 1) * x.stride + 1]
                if x.stride == 1 {
                    Kernel.add(target, source, into: target)
                } else {
                    source.withSpan { source in
                        target.withMutableSpan { target in
                            for index in 0..<source.count { target[index * x.stride] += source[index] }
                        }
                    }
                }
            }
        }
    }

    /// Both axes; a line of values is an image of one row.
    private func axes(input: [Int], kernel: [Int]) throws(ModelError) -> [Axis] {
        let resolved = try explicit.resolve(input: input, kernel: kernel)
        let missing = 2 - input.count
        func lifted(_ name: String, _ values: [Int]?, _ filler: Int) throws(ModelError) -> [Int]? {
            guard let values else { return nil }
            // Some files give the whole shape.
            let spatial = name == "output_shape" && values.count == input.count + 2 ? Array(values[2...]) : values
            guard spatial.count == input.count else {
                throw ModelError("wrong length of `\(name)`", expected: "\(input.count)", got: "\(values.count)")
            }
            return [Int](repeating: filler, count: missing) + spatial
        }
        let extra = try lifted("output_padding", outputPadding, 0) ?? [0, 0]
        let wanted = try lifted("output_shape", outputShape, 1)
        var axes: [Axis] = []
        for axis in 0..<2 {
            let size = ([Int](repeating: 1, count: missing) + input)[axis]
            let reach = (resolved.kernel[axis] - 1) * resolved.dilations[axis] + 1
            let full = (size - 1) * resolved.strides[axis] + reach + extra[axis]
            var before = resolved.before[axis]
            var output = full - before - resolved.after[axis]
            let isSame = attributes.autoPad == .sameUpper || attributes.autoPad == .sameLower
            if let target = wanted?[axis] ?? (isSame ? size * resolved.strides[axis] : nil) {
                let total = max(full - target, 0)
                before = attributes.autoPad == .sameUpper ? total / 2 : total - total / 2
                output = target
            }
            guard output > 0, output < 1 << 31 else { throw ModelError("padding leaves no output", got: "\(output)") }
            axes.append(
                Axis(
                    input: size, output: output, kernel: resolved.kernel[axis], stride: resolved.strides[axis],
                    dilation: resolved.dilations[axis], before: before))
        }
        return axes
    }

    /// The attributes without automatic padding, whose rule for ``Conv`` is not the one here.
    private var explicit: WindowAttributes { attributes.withoutAutoPad }
}
