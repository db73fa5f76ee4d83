import Tensors

/// `Resize` and its forerunner `Upsample`: a tensor sampled at more or fewer places.
struct Resize: Operator {
    static let signatures = [
        Signature(name: "Resize", opsets: 10...28, inputs: 1...4),
        Signature(name: "Upsample", opsets: 7...9, inputs: 1...2),
    ]

    private enum Mode: String, CaseIterable, Sendable { case nearest, linear, cubic }
    /// How sizes that would change the aspect ratio are meant: as they are, or as bounds.
    private enum Policy: String, CaseIterable, Sendable {
        case stretch
        case notLarger = "not_larger"
        case notSmaller = "not_smaller"
    }

    private let mode: Mode
    private let coordinates: ResizeAxis.Coordinates
    private let rounding: ResizeAxis.Rounding
    private let cubicCoefficient: Float
    private let excludesOutside: Bool
    private let axes: [Int]?
    private var policy = Policy.stretch
    private var isSmoothed = false
    /// What lies outside the part of the input that `tf_crop_and_resize` samples.
    private var outside: Float = 0
    /// Upsample's attribute before operator set 9.
    private let fixedScales: [Float]?
    /// Places among the inputs; sizes came with operator set 11.
    private let scalesInput: Int
    private let sizesInput: Int?

    init(_ attributes: inout Attributes) throws(ModelError) {
        mode = try attributes.choice("mode", default: .nearest)
        let isUpsample = attributes.operatorName == "Upsample"
        guard !isUpsample, attributes.opset >= 11 else {
            // The first versions: the plainest of coordinates, and only these.
            coordinates = .asymmetric
            rounding = .floor
            cubicCoefficient = 0
            excludesOutside = false
            axes = nil
            fixedScales = isUpsample && attributes.opset < 9 ? try attributes.floats("scales") : nil
            scalesInput = 1
            sizesInput = nil
            guard (fixedScales == nil) == (attributes.inputCount == 2) else { throw ModelError("`scales` is missing") }
            return
        }
        fixedScales = nil
        scalesInput = 2
        sizesInput = 3
        coordinates = try attributes.choice("coordinate_transformation_mode", default: .halfPixel)
        rounding = try attributes.choice("nearest_mode", default: .preferFloor)
        cubicCoefficient = try attributes.float("cubic_coeff_a", default: -0.75)
        excludesOutside = try attributes.flag("exclude_outside")
        outside = try attributes.float("extrapolation_value", default: 0)
        axes = attributes.opset >= 18 ? try attributes.ints("axes") : nil
        if attributes.opset >= 18 {
            policy = try attributes.choice("keep_aspect_ratio_policy", default: .stretch)
            isSmoothed = try attributes.flag("antialias") && mode != .nearest
        }
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let input = inputs[0]
        try inputs.requireFloats(0)
        let resized = try resizedAxes(inputs)
        let shape = resized.map(\.output)
        let type = TensorType(type: .float32, shape: shape)
        let changed = resized.indices.filter { !resized[$0].isIdentity }
        if changed.isEmpty || shape.contains(0) {
            return shape.contains(0) ? Step(outputs: [type]) { _ in } : .reshape(input, to: shape)
        }
        guard input.count > 0 else { throw ModelError("nothing to resize", got: "\(input.shape)") }
        try Planner.checkSize(type, limit: inputs.memoryLimit)
        if isPlain, changed.allSatisfy({ $0 >= shape.count - 2 }) { return planPlanes(resized, type) }
        return try planAxes(resized, changed, type, limit: inputs.memoryLimit)
    }

    /// Input and output size of every dimension.
    func resizedAxes(_ inputs: Operands) throws(ModelError) -> [ResizeAxis] {
        let shape = inputs[0].shape
        let places = try Operands.axes(axes ?? Array(shape.indices), rank: shape.count)
        var result = shape.map { ResizeAxis(input: $0, output: $0, scale: 1) }
        if let sizesInput, let sizes = try inputs.integers(sizesInput, "`sizes`"), !sizes.isEmpty {
            guard sizes.count == places.count, sizes.allSatisfy({ $0 >= 0 && $0 < 1 << 31 }) else {
                throw ModelError("wrong `sizes`", expected: "\(places.count) sizes", got: "\(sizes.prefix(8))")
            }
            for (place, axis) in zip(places, bySizes(sizes, places.map { shape[$0] })) { result[place] = axis }
        } else {
            for (place, scale) in zip(places, try scales(inputs, count: places.count)) {
                let size = (Float(shape[place]) * scale).rounded(.down)
                guard size < Float(1 << 31) else { throw ModelError("a size of \(size)") }
                result[place] = ResizeAxis(input: shape[place], output: Int(size), scale: scale)
            }
        }
        guard coordinates == .cropAndResize else { return result }
        for (place, region) in zip(places, try regions(inputs, count: places.count)) { result[place].region = region }
        return result
    }

    private func bySizes(_ sizes: [Int], _ inputs: [Int]) -> [ResizeAxis] {
        let scales = zip(sizes, inputs).map { Float($0) / Float($1) }
        var common: Float?
        if policy == .notLarger { common = scales.min() }
        if policy == .notSmaller { common = scales.max() }
        return sizes.indices.map { index in
            guard let common, common.isFinite else {
                return ResizeAxis(input: inputs[index], output: sizes[index], scale: scales[index])
            }
            // The nearest whole size; the product of one axis is its own size, which is small enough.
            let size = min((common * Float(inputs[index]) + 0.5).rounded(.down), 0x1p31)
            return ResizeAxis(input: inputs[index], output: Int(size), scale: common)
        }
    }

    private func scales(_ inputs: Operands, count: Int) throws(ModelError) -> [Float] {
        var scales = fixedScales ?? []
        if fixedScales == nil {
            guard inputs.optional(scalesInput) != nil else { throw ModelError("neither `scales` nor `sizes` is given") }
            try inputs.requireFloats(scalesInput)
            guard let constant = inputs[scalesInput].constant else {
                throw .unknownValue("`scales`", input: scalesInput)
            }
            scales = constant.floats.array
        }
        guard scales.count == count, scales.allSatisfy({ $0 > 0 && $0 < 65536 }) else {
            throw ModelError("wrong `scales`", expected: "\(count) positive numbers", got: "\(scales.prefix(8))")
        }
        return scales
    }

    /// The parts of the input to sample, by resized axis.
    private func regions(_ inputs: Operands, count: Int) throws(ModelError) -> [(start: Float, end: Float)] {
        guard inputs.optional(1) != nil else { throw ModelError("`roi` (input 1) is missing") }
        try inputs.requireFloats(1)
        guard let constant = inputs[1].constant else { throw .unknownValue("`roi`", input: 1) }
        let values = constant.floats.array
        guard values.count == 2 * count, values.allSatisfy({ abs($0) < 0x1p20 }) else {
            throw ModelError("wrong `roi`", expected: "\(2 * count) numbers", got: "\(values.prefix(8))")
        }
        return (0..<count).map { (values[$0], values[count + $0]) }
    }

    /// Only the last two dimensions change: plane by plane.
    private func planPlanes(_ axes: [ResizeAxis], _ type: TensorType) -> Step {
        let rank = axes.count
        let row = rank >= 2 ? axes[rank - 2] : ResizeAxis(input: 1, output: 1, scale: 1)
        let column = axes[rank - 1]
        let planes = axes.dropLast(2).reduce(1) { $0 * $1.output }
        let (from, to) = (row.input * column.input, row.output * column.output)
        let chunk = max(1, elementwiseChunk / to)
        let sampler = sampler(row, column)
        return Step(outputs: [type]) { frame in
            let (x, y) = (frame.input(0).floats, frame.output.floats)
            frame.pool.split(planes, chunk: chunk) { range in
                for plane in range {
                    sampler.resize(x[plane * from..<(plane + 1) * from], into: y[plane * to..<(plane + 1) * to])
                }
            }
        }
    }

    /// Where the elements of a plane come from, by the nearest one or linearly between two.
    enum Sampler: Sendable {
        case nearest(rows: [Int32], columns: [Int32], width: Int)
        case linear(rows: ResizeTaps, columns: ResizeTaps)

        func resize(_ x: Buffer<Float>, into y: Buffer<Float>) {
            switch self {
            case .nearest(let rows, let columns, let width):
                Kernel.resizeNearest(x, width: width, rows: rows, columns: columns, into: y)
            case .linear(let rows, let columns): Kernel.resizeLinear(x, rows: rows, columns: columns, into: y)
            }
        }

        /// The same for a plane of blocks.
        func resizeBlock(_ x: Buffer<Float>, into y: Buffer<Float>) {
            switch self {
            case .nearest(let rows, let columns, let width):
                Kernel.resizeNearestBlock(x, width: width, rows: rows, columns: columns, into: y)
            case .linear(let rows, let columns): Kernel.resizeLinearBlock(x, rows: rows, columns: columns, into: y)
            }
        }
    }

    /// For a mode that is not cubic.
    func sampler(_ row: ResizeAxis, _ column: ResizeAxis) -> Sampler {
        if mode == .nearest {
            return .nearest(
                rows: (0..<row.output).map { Int32(row.nearest($0, coordinates, rounding)) },
                columns: (0..<column.output).map { Int32(column.nearest($0, coordinates, rounding)) },
                width: column.input)
        }
        return .linear(
            rows: ResizeTaps(source: row.input, taps: (0..<row.output).map { row.linear($0, coordinates) }),
            columns: ResizeTaps(source: column.input, taps: (0..<column.output).map { column.linear($0, coordinates) }))
    }

    /// Whether it takes no more than the nearest element or the two around a place.
    private var isPlain: Bool { mode != .cubic && !isSmoothed && coordinates != .cropAndResize }

    /// Whether an image's batch and channels stay as they are: scales tell; sizes would be odd to change them, and are looked
    /// at when they are known.
    func sparesChannels(_ node: Graph.Node, _ layout: BlockedValues) -> Bool {
        guard isPlain else { return false }
        if let axes { return axes.allSatisfy { $0 >= 2 || $0 == -1 || $0 == -2 } }
        if let sizesInput, sizesInput < node.inputs.count, let sizes = node.inputs[sizesInput] {
            guard let known = layout.constant(sizes) else { return true }
            return known.type == .int64 && known.count == 4
                && layout.image(node.inputs[0])?.channels == known.tensor.integers[1]
        }
        let scales: [Float]? =
            scalesInput < node.inputs.count
            ? layout.constant(node.inputs[scalesInput]).flatMap { $0.type == .float32 ? $0.tensor.floats.array : nil }
            : fixedScales
        return scales?.count == 4 && scales?.prefix(2).allSatisfy { $0 == 1 } ?? false
    }

    /// Any dimensions, one after the other: each pass is a weighted sum of rows.
    private func planAxes(
        _ axes: [ResizeAxis], _ changed: [Int], _ type: TensorType, limit: Int
    ) throws(ModelError) -> Step {
        var passes: [Pass] = []
        var shape = axes.map(\.input)
        var largest = 0
        for place in changed {
            let axis = axes[place]
            let taps = (0..<axis.output).map { self.taps(axis, $0) }
            shape[place] = axis.output
            try Planner.checkSize(TensorType(type: .float32, shape: shape), limit: limit / 2)
            passes.append(
                Pass(
                    outer: shape[..<place].reduce(1, *), inner: shape[(place + 1)...].reduce(1, *), input: axis.input,
                    taps: taps, outside: outside))
            largest = max(largest, shape.reduce(1, *))
        }
        // Passes but the last go back and forth between two halves of the workspace.
        let (steps, half) = (passes, largest)
        return Step(outputs: [type], workspace: 2 * half * 4) { frame in
            var source = frame.input(0).floats
            for (index, pass) in steps.enumerated() {
                let count = pass.outer * pass.taps.count * pass.inner
                let isLast = index == steps.count - 1
                let target = isLast ? frame.output.floats : frame.floats(at: index % 2 * half, count: count)
                pass.run(source, target, frame.pool)
                source = target
            }
        }
    }

    /// The elements that one of the output comes from, and their shares; none where it lies outside.
    private func taps(_ axis: ResizeAxis, _ index: Int) -> [(Int, Float)] {
        if axis.isOutside(index, coordinates) { return [] }
        if isSmoothed {
            return axis.smoothed(
                index, coordinates, cubicCoefficient: mode == .cubic ? cubicCoefficient : nil,
                excludesOutside: excludesOutside)
        }
        switch mode {
        case .nearest: return [(axis.nearest(index, coordinates, rounding), 1)]
        case .linear:
            let tap = axis.linear(index, coordinates)
            return [(tap.first, 1 - tap.fraction), (tap.second, tap.fraction)]
        case .cubic: return axis.cubic(index, coordinates, a: cubicCoefficient, excludesOutside: excludesOutside)
        }
    }

    /// One dimension of [outer, input, inner] to [outer, taps, inner].
    private struct Pass: Sendable {
        let outer: Int
        let inner: Int
        let input: Int
        let taps: [[(Int, Float)]]
        /// What stands where there are no taps.
        let outside: Float

        func run(_ source: Buffer<Float>, _ target: Buffer<Float>, _ pool: WorkerPool) {
            pool.split(outer, chunk: max(1, elementwiseChunk / max(taps.count * inner, 1))) { range in
                for place in range {
                    for (index, weights) in taps.enumerated() {
                        let start = (place * taps.count + index) * inner
                        let line = target[start..<start + inner]
                        line.fill(with: weights.isEmpty ? outside : 0)
                        for (from, weight) in weights {
                            let first = (place * input + from) * inner
                            Kernel.axpy(weight, source[first..<first + inner], into: line)
                        }
                    }
                }
            }
        }
    }
}
