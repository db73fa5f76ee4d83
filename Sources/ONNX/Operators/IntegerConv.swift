import Tensors

/// `ConvInteger` and `QLinearConv`: one- and two-dimensional convolution of quantised images, summed in 32-bit
/// integers, which wrap around. Padding counts as the zero point, that is as 0.
///
/// The second adds a bias and takes the sums back to 8 bits.
struct IntegerConv: Operator {
    static let signatures = [
        Signature(name: "ConvInteger", opsets: 10...28, inputs: 2...4),
        Signature(name: "QLinearConv", opsets: 10...28, inputs: 8...9),
    ]

    private let attributes: WindowAttributes
    private let group: Int
    private let isRescaled: Bool

    init(_ attributes: inout Attributes) throws(ModelError) {
        isRescaled = attributes.operatorName == "QLinearConv"
        self.attributes = try WindowAttributes(&attributes, isPool: false)
        group = try attributes.int("group", default: 1, in: 1...1 << 24)
    }

    /// Places of the inputs.
    private var weights: Int { isRescaled ? 3 : 1 }
    private var zeroPoint: Int { 2 }
    private var weightZeroPoint: Int { isRescaled ? 5 : 3 }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        for index in [0, weights] { try inputs.require(index, [.uint8, .int8]) }
        let (x, w) = (inputs[0], inputs[weights])
        guard (3...4).contains(x.rank), w.rank == x.rank else {
            throw ModelError("wrong number of dimensions", expected: "3 or 4", got: "\(x.shape) and \(w.shape)")
        }
        let (channels, filters) = try Conv.channels(of: x.shape, weights: w.shape, group: group)
        try check(inputs, filters: filters)
        let window = try attributes.window(input: Array(x.shape[2...]), kernel: Array(w.shape[2...]))
        let geometry = Conv.Geometry(
            batch: x.shape[0], window: window, group: group, inputs: channels / group, outputs: filters / group)
        let shape = [x.shape[0], filters] + WindowAttributes.spatial(window, rank: x.rank - 2)
        let type = TensorType(type: isRescaled ? inputs[7].type : .int32, shape: shape)
        try Planner.checkSize(type, limit: inputs.memoryLimit / 8)
        let counts = (x.count, w.count)
        let sums = isRescaled ? shape.reduce(1, *) : 0
        return Step(outputs: [type], workspace: (counts.0 + counts.1 + sums) * 4) { frame in
            run(geometry, counts, frame)
        }
    }

    /// Checks scales, zero points and the bias.
    private func check(_ inputs: Operands, filters: Int) throws(ModelError) {
        func check(_ index: Int, _ types: [ElementType], isPerFilter: Bool) throws(ModelError) {
            guard let operand = inputs.optional(index) else { return }
            try inputs.require(index, types)
            guard operand.count == 1 || (isPerFilter && operand.shape == [filters]) else {
                throw ModelError(
                    "wrong shape of input \(index)", expected: isPerFilter ? "one value or [\(filters)]" : "one value",
                    got: "\(operand.shape)")
            }
        }
        try check(zeroPoint, [inputs[0].type], isPerFilter: false)
        try check(weightZeroPoint, [inputs[weights].type], isPerFilter: true)
        guard isRescaled else { return }
        try check(1, [.float32], isPerFilter: false)
        try check(4, [.float32], isPerFilter: true)
        try check(6, [.float32], isPerFilter: false)
        try check(7, [.uint8, .int8], isPerFilter: false)
        guard inputs.optional(8) != nil else { return }
        try inputs.require(8, [.int32])
        try inputs.requireShape(8, [filters])
    }

    private func run(_ geometry: Conv.Geometry, _ counts: (Int, Int), _ frame: Frame) {
        func scratch(_ start: Int, _ count: Int) -> Buffer<Int32> {
            frame.scratch(shape: [count], type: .int32, byteOffset: start * 4).elements(as: Int32.self)
        }
        let (x, w) = (scratch(0, counts.0), scratch(counts.0, counts.1))
        let point = Centered.zeroPoints(frame.optional(zeroPoint))[0]
        let filterPoints = Centered.zeroPoints(frame.optional(weightZeroPoint))
        let perFilter = geometry.depth
        Centered.fill(x, from: frame.input(0)) { _ in point }
        Centered.fill(w, from: frame.input(weights)) { filterPoints[filterPoints.count == 1 ? 0 : $0 / perFilter] }
        let sums =
            isRescaled
            ? scratch(counts.0 + counts.1, frame.output.count) : frame.output.elements(as: Int32.self)
        let (filters, area) = (geometry.group * geometry.outputs, geometry.window.outputCount)
        let image = geometry.inputs * geometry.window.inputCount
        frame.pool.run(geometry.batch * filters) { plane in
            let filter = plane % filters
            let part = plane / filters * geometry.group + filter / geometry.outputs
            IntegerConv.plane(
                x[part * image..<(part + 1) * image], w[filter * perFilter..<(filter + 1) * perFilter],
                geometry.window, into: sums[plane * area..<(plane + 1) * area])
        }
        if isRescaled { rescale(sums, filters: filters, area: area, frame) }
    }

    /// One plane of the output: every tap of the kernel adds a shifted copy of the image.
    private static func plane(_ x: Buffer<Int32>, _ w: Buffer<Int32>, _ window: Window, into y: Buffer<Int32>) {
        y.fill(with: 0)
        let width = window.input.x
        let step = window.stride.x
        x.withSpan { x in
            y.withMutableSpan { y in
                for tap in 0..<w.count {
                    let factor = w[tap]
                    let (row, column) = (tap / window.kernel.x % window.kernel.y, tap % window.kernel.x)
                    let from = tap / window.taps * window.inputCount
                    let left = column * window.dilation.x - window.padding.left
                    let columns = covered(left, step: step, size: width, count: window.output.x)
                    for line in 0..<window.output.y {
                        let source = line * window.stride.y - window.padding.top + row * window.dilation.y
                        guard source >= 0, source < window.input.y else { continue }
                        let (start, target) = (from + source * width + left, line * window.output.x)
                        for index in columns { y[target + index] &+= factor &* x[start + index * step] }
                    }
                }
            }
        }
    }

    /// The outputs below `count` whose place, `first + output * step`, lies within `size` elements.
    private static func covered(_ first: Int, step: Int, size: Int, count: Int) -> Range<Int> {
        let low = first >= 0 ? 0 : (-first + step - 1) / step
        let high = size > first ? (size - first - 1) / step + 1 : 0
        return min(low, count)..<max(min(low, count), min(high, count))
    }

    private func rescale(_ sums: Buffer<Int32>, filters: Int, area: Int, _ frame: Frame) {
        let (scale, scales) = (frame.input(1).floats[0] / frame.input(6).floats[0], frame.input(4).floats)
        let zeroPoint = Centered.zeroPoints(frame.input(7))[0]
        let bias = frame.optional(8)?.elements(as: Int32.self)
        func write<Value: TensorElement & FixedWidthInteger>(_: Value.Type) {
            let y = frame.output.elements(as: Value.self)
            let own = Value(truncatingIfNeeded: zeroPoint)
            for index in sums.indices {
                let filter = index / area % filters
                let factor = scale * scales[scales.count == 1 ? 0 : filter]
                y[index] = quantized(Float(sums[index] &+ (bias?[filter] ?? 0)) * factor, own)
            }
        }
        frame.output.type == .int8 ? write(Int8.self) : write(UInt8.self)
    }
}
