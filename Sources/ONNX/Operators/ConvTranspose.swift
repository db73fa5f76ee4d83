import Tensors

/// `ConvTranspose`: every input element adds the kernel, scaled by it, to the output.
struct ConvTranspose: Operator {
    static let signatures = [Signature(name: "ConvTranspose", inputs: 2...3)]

    private let attributes: WindowAttributes
    let group: Int
    private let outputPadding: [Int]?
    private let outputShape: [Int]?

    init(_ attributes: inout Attributes) throws(ModelError) {
        self.attributes = try WindowAttributes(&attributes, isPool: false)
        group = try attributes.int("group", default: 1, in: 1...1 << 24)
        outputPadding = try attributes.ints("output_padding", in: 0...1 << 24)
        outputShape = try attributes.ints("output_shape", in: 1...1 << 30)
    }

    /// Strides up to which outputs are computed a phase at a time.
    private static let largestStride = 4

    /// The phases of height and width, where they do not depend on the input's size.
    func phases(kernel: [Int]) -> (rows: [BlockedConvTranspose.Phase], columns: [BlockedConvTranspose.Phase])? {
        let (strides, pads) = (attributes.strides ?? [1, 1], attributes.pads ?? [0, 0, 0, 0])
        let extra = outputPadding ?? [0, 0]
        guard outputShape == nil, attributes.autoPad == .explicit, attributes.kernel ?? kernel == kernel,
            attributes.dilations ?? [1, 1] == [1, 1], strides.count == 2, pads.count == 4, extra.count == 2,
            strides.allSatisfy({ $0 <= ConvTranspose.largestStride })
        else { return nil }
        let phases = (0..<2).compactMap { axis in
            BlockedConvTranspose.Phase.all(
                kernel: kernel[axis], stride: strides[axis], before: pads[axis], after: pads[axis + 2],
                extra: extra[axis])
        }
        return phases.count == 2 ? (phases[0], phases[1]) : nil
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
        var step = Step(outputs: [TensorType(type: .float32, shape: [x.shape[0], filters] + output)])
        let geometry = Geometry(
            parts: x.shape[0] * group, group: group, depth: channels / group, filters: w.shape[1], y: axes[0],
            x: axes[1])
        // The products of all taps and places of one image and group: once a strand where there are many of these.
        let strands = min(inputs.threads, geometry.parts)
        let (bytes, tooLarge) = floats.multipliedReportingOverflow(by: 4 * strands)
        guard !tooLarge else { throw ModelError("a matrix of products that overflows") }
        step.workspace = bytes
        step.run = { frame in
            if strands > 1 {
                frame.pool.run(geometry.parts) { part, strand in
                    ConvTranspose.run(geometry, part: part, strand: strand, frame)
                }
            } else {
                for part in 0..<geometry.parts { ConvTranspose.run(geometry, part: part, strand: 0, frame) }
            }
        }
        return step
    }

    /// Sizes of one transposed convolution.
    private struct Geometry: Sendable {
        /// Images times groups.
        let parts: Int
        let group: Int
        /// Input channels of a group.
        let depth: Int
        /// Output channels of a group.
        let filters: Int
        let y: Axis
        let x: Axis

        var taps: Int { y.kernel * x.kernel }
        /// Places of an input plane.
        var area: Int { y.input * x.input }
        /// Places of an output plane.
        var plane: Int { y.output * x.output }
    }

    /// One group of one image: all products, then each where it belongs.
    private static func run(_ geometry: Geometry, part: Int, strand: Int, _ frame: Frame) {
        let (source, weights, y) = (frame.input(0).floats, frame.input(1).floats, frame.output.floats)
        let bias = frame.optional(2)?.floats
        let (taps, area, plane, depth) = (geometry.taps, geometry.area, geometry.plane, geometry.depth)
        let group = part % geometry.group
        let rows = geometry.filters * taps
        let products = frame.floats(at: strand * rows * area, count: rows * area)
        let image = source[part * depth * area..<(part + 1) * depth * area]
        let matrix = weights[group * depth * rows..<(group + 1) * depth * rows]
        // A product of one column with one row is not worth its memory.
        let isDepthwise = depth == 1
        let product = MatrixProduct(rows: rows, columns: area, depth: depth)
        frame.pool.run(isDepthwise ? 0 : product.tiles) { tile in
            product.compute(
                tile: tile, .init(elements: matrix, stride: rows, isTransposed: true),
                .init(elements: image, stride: area), into: products)
        }
        frame.pool.run(geometry.filters) { filter in
            let start = (part * geometry.filters + filter) * plane
            let target = y[start..<start + plane]
            target.fill(with: bias?[group * geometry.filters + filter] ?? 0)
            if isDepthwise {
                let factors = matrix[filter * taps..<(filter + 1) * taps]
                scatter(image, factors: factors, geometry.y, geometry.x, into: target)
            } else {
                let own = products[filter * taps * area..<(filter + 1) * taps * area]
                scatter(own, factors: nil, geometry.y, geometry.x, into: target)
            }
        }
    }

    /// Adds what each tap of one filter contributes to its plane.
    ///
    /// - Parameters:
    ///   - products: [kernel y, kernel x, input y, input x], or one input plane [input y, input x] that all taps read.
    ///   - factors: what each tap multiplies that plane with; nil for products.
    private static func scatter(
        _ products: Buffer<Float>, factors: Buffer<Float>?, _ y: Axis, _ x: Axis, into plane: Buffer<Float>
    ) {
        let apart = factors == nil ? y.input * x.input : 0
        // Spans of the whole rather than a buffer a row: rows are short, and counting references to shared memory is
        // slow.
        products.withSpan { products in
            plane.withMutableSpan { plane in
                for tap in 0..<y.kernel * x.kernel {
                    let (tapY, tapX) = (tap / x.kernel, tap % x.kernel)
                    let columns = x.places(tapX)
                    let factor = factors?[tap] ?? 1
                    for row in y.places(tapY) {
                        let from = tap * apart + row * x.input
                        let line = (row * y.stride + tapY * y.dilation - y.before) * x.output
                        let to = line + tapX * x.dilation - x.before
                        for column in columns { plane[to + column * x.stride] += factor * products[from + column] }
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
