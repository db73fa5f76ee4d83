import Tensors

/// `Resize` and its forerunner `Upsample`: a tensor sampled at more or fewer places.
struct Resize: Operator {
    static let signatures = [
        Signature(name: "Resize", opsets: 10...28, inputs: 1...4),
        Signature(name: "Upsample", opsets: 7...9, inputs: 1...2),
    ]

    private enum Mode: String, CaseIterable, Sendable { case nearest, linear, cubic }
    /// The only policy there is so far besides those that change the sizes.
    private enum Policy: String, CaseIterable { case stretch }

    private let mode: Mode
    private let coordinates: ResizeAxis.Coordinates
    private let rounding: ResizeAxis.Rounding
    private let cubicCoefficient: Float
    private let excludesOutside: Bool
    private let axes: [Int]?
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
        // Only for coordinates that leave the input, which are refused above.
        attributes.ignore("extrapolation_value")
        axes = attributes.opset >= 18 ? try attributes.ints("axes") : nil
        if attributes.opset >= 18 {
            _ = try attributes.choice("keep_aspect_ratio_policy", default: Policy.stretch)
            guard try !attributes.flag("antialias") else { throw ModelError("attribute `antialias` is not supported") }
        }
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let input = inputs[0]
        try inputs.requireFloats(0)
        let resized = try resizedAxes(inputs)
        let shape = resized.map(\.output)
        let type = TensorType(type: .float32, shape: shape)
        let changed = resized.indices.filter { resized[$0].input != resized[$0].output || resized[$0].scale != 1 }
        if changed.isEmpty || shape.contains(0) {
            return shape.contains(0) ? Step(outputs: [type]) { _ in } : .reshape(input, to: shape)
        }
        guard input.count > 0 else { throw ModelError("nothing to resize", got: "\(input.shape)") }
        try Planner.checkSize(type, limit: inputs.memoryLimit)
        if changed.allSatisfy({ $0 >= shape.count - 2 }), mode != .cubic { return planPlanes(resized, type) }
        return try planAxes(resized, changed, type, limit: inputs.memoryLimit)
    }

    /// Input and output size of every dimension.
    private func resizedAxes(_ inputs: Operands) throws(ModelError) -> [ResizeAxis] {
        let shape = inputs[0].shape
        let places = try Operands.axes(axes ?? Array(shape.indices), rank: shape.count)
        var result = shape.map { ResizeAxis(input: $0, output: $0, scale: 1) }
        if let sizesInput, let sizes = try inputs.integers(sizesInput, "`sizes`"), !sizes.isEmpty {
            guard sizes.count == places.count, sizes.allSatisfy({ $0 >= 0 && $0 < 1 << 31 }) else {
                throw ModelError("wrong `sizes`", expected: "\(places.count) sizes", got: "\(sizes.prefix(8))")
            }
            for (place, size) in zip(places, sizes) {
                result[place] = ResizeAxis(input: shape[place], output: size, scale: Float(size) / Float(shape[place]))
            }
            return result
        }
        let scales: [Float]
        if let fixedScales {
            scales = fixedScales
        } else {
            guard inputs.optional(scalesInput) != nil else { throw ModelError("neither `scales` nor `sizes` is given") }
            try inputs.requireFloats(scalesInput)
            guard let constant = inputs[scalesInput].constant else {
                throw .unknownValue("`scales`", input: scalesInput)
            }
            scales = constant.floats.array
        }
        guard scales.count == places.count, scales.allSatisfy({ $0 > 0 && $0 < 65536 }) else {
            throw ModelError("wrong `scales`", expected: "\(places.count) positive numbers", got: "\(scales.prefix(8))")
        }
        for (place, scale) in zip(places, scales) {
            let size = (Float(shape[place]) * scale).rounded(.down)
            guard size < Float(1 << 31) else { throw ModelError("a size of \(size)") }
            result[place] = ResizeAxis(input: shape[place], output: Int(size), scale: scale)
        }
        return result
    }

    /// Only the last two dimensions change: plane by plane.
    private func planPlanes(_ axes: [ResizeAxis], _ type: TensorType) -> Step {
        let rank = axes.count
        let row = rank >= 2 ? axes[rank - 2] : ResizeAxis(input: 1, output: 1, scale: 1)
        let column = axes[rank - 1]
        let planes = axes.dropLast(2).reduce(1) { $0 * $1.output }
        let (from, to) = (row.input * column.input, row.output * column.output)
        let chunk = max(1, elementwiseChunk / to)
        if mode == .nearest {
            let rows = (0..<row.output).map { Int32(row.nearest($0, coordinates, rounding)) }
            let columns = (0..<column.output).map { Int32(column.nearest($0, coordinates, rounding)) }
            return Step(outputs: [type]) { frame in
                let (x, y) = (frame.input(0).floats, frame.output.floats)
                frame.pool.split(planes, chunk: chunk) { range in
                    for plane in range {
                        Kernel.resizeNearest(
                            x[plane * from..<(plane + 1) * from], width: column.input, rows: rows, columns: columns,
                            into: y[plane * to..<(plane + 1) * to])
                    }
                }
            }
        }
        let rows = ResizeTaps(source: row.input, taps: (0..<row.output).map { row.linear($0, coordinates) })
        let columns = ResizeTaps(source: column.input, taps: (0..<column.output).map { column.linear($0, coordinates) })
        return Step(outputs: [type]) { frame in
            let (x, y) = (frame.input(0).floats, frame.output.floats)
            frame.pool.split(planes, chunk: chunk) { range in
                for plane in range {
                    Kernel.resizeLinear(
                        x[plane * from..<(plane + 1) * from], rows: rows, columns: columns,
                        into: y[plane * to..<(plane + 1) * to])
                }
            }
        }
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
            let taps = (0..<axis.output).map { index -> [(Int, Float)] in
                switch mode {
                case .nearest: return [(axis.nearest(index, coordinates, rounding), 1)]
                case .linear:
                    let tap = axis.linear(index, coordinates)
                    return [(tap.first, 1 - tap.fraction), (tap.second, tap.fraction)]
                case .cubic:
                    return axis.cubic(index, coordinates, a: cubicCoefficient, excludesOutside: excludesOutside)
                }
            }
            shape[place] = axis.output
            try Planner.checkSize(TensorType(type: .float32, shape: shape), limit: limit / 2)
            passes.append(
                Pass(
                    outer: shape[..<place].reduce(1, *), inner: shape[(place + 1)...].reduce(1, *), input: axis.input,
                    taps: taps))
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

    /// One dimension of [outer, input, inner] to [outer, taps, inner].
    private struct Pass: Sendable {
        let outer: Int
        let inner: Int
        let input: Int
        let taps: [[(Int, Float)]]

        func run(_ source: Buffer<Float>, _ target: Buffer<Float>, _ pool: WorkerPool) {
            pool.split(outer, chunk: max(1, elementwiseChunk / max(taps.count * inner, 1))) { range in
                for place in range {
                    for (index, weights) in taps.enumerated() {
                        let start = (place * taps.count + index) * inner
                        let line = target[start..<start + inner]
                        line.fill(with: 0)
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
