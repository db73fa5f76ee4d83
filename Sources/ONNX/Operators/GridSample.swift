import Tensors

/// `GridSample`: an image of one to three dimensions sampled at the places of a grid, given from -1 to 1 along each
/// dimension, the last one first.
struct GridSample: Operator {
    static let signatures = [Signature(name: "GridSample", opsets: 16...28, inputs: 2...2)]

    private enum Mode: String, CaseIterable, Sendable {
        case linear, nearest, cubic
        /// Their names before operator set 20, for images of two dimensions.
        case bilinear, bicubic
    }

    private let mode: Mode
    private let padding: GridAxis.Padding
    private let alignsCorners: Bool

    init(_ attributes: inout Attributes) throws(ModelError) {
        let mode = try attributes.choice("mode", default: Mode.linear)
        self.mode = mode == .bilinear ? .linear : mode == .bicubic ? .cubic : mode
        padding = try attributes.choice("padding_mode", default: .zeros)
        alignsCorners = try attributes.flag("align_corners")
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.requireFloats(0, ranks: 3...5)
        let shape = inputs[0].shape
        try inputs.requireFloats(1, ranks: shape.count...shape.count)
        let spatial = Array(shape[2...])
        let grid = inputs[1].shape
        guard grid[0] == shape[0], grid[grid.count - 1] == spatial.count else {
            throw ModelError(
                "wrong shape of input 1", expected: "[\(shape[0]), ..., \(spatial.count)]", got: "\(grid)")
        }
        guard spatial.allSatisfy({ $0 > 0 && $0 < 1 << 24 }) else { throw ModelError("an image of \(spatial)") }
        let output = Array(grid[1..<grid.count - 1])
        let type = TensorType(type: .float32, shape: Array(shape[..<2]) + output)
        let axes = zip(spatial, StridedRead.rowMajor(spatial)).map {
            GridAxis(size: $0, stride: $1, padding: padding, alignsCorners: alignsCorners)
        }
        let (channels, area) = (shape[1], output.reduce(1, *))
        let plane = spatial.reduce(1, *)
        return Step(outputs: [type]) { frame in
            let (x, places, y) = (frame.input(0).floats, frame.input(1).floats, frame.output.floats)
            frame.pool.split(shape[0] * area, chunk: 256) { range in
                for index in range {
                    let taps = taps(axes, places, at: index * axes.count)
                    let (image, place) = (index / area, index % area)
                    for channel in 0..<channels {
                        let start = (image * channels + channel) * plane
                        var sum: Float = 0
                        for tap in taps { sum += tap.weight * x[start + tap.offset] }
                        y[(image * channels + channel) * area + place] = sum
                    }
                }
            }
        }
    }

    /// The elements of an image that one place of the grid reads: of each axis' taps every combination.
    private func taps(_ axes: [GridAxis], _ places: Buffer<Float>, at start: Int) -> [GridAxis.Tap] {
        var taps = [GridAxis.Tap(offset: 0, weight: 1)]
        for (index, axis) in axes.enumerated() {
            // The grid names the last dimension first.
            let x = axis.place(places[start + axes.count - 1 - index], rounds: mode == .nearest)
            let own =
                switch mode {
                case .nearest: axis.tap(x, 1).map { [$0] } ?? []
                case .linear, .bilinear: axis.linear(x)
                case .cubic, .bicubic: axis.cubic(x)
                }
            taps = taps.flatMap { tap in
                own.map { GridAxis.Tap(offset: tap.offset + $0.offset, weight: tap.weight * $0.weight) }
            }
        }
        return taps
    }
}
