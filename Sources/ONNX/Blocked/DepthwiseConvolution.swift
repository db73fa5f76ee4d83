import Tensors

/// A convolution in which every channel has a kernel of its own.
struct DepthwiseConvolution: Sendable {
    private let geometry: BlockedConv.Geometry
    private let weights: Buffer<Float>
    private let bias: Buffer<Float>
    private let bands: PlaneBands

    init(_ geometry: BlockedConv.Geometry, weights: Buffer<Float>, bias: Buffer<Float>, threads: Int) {
        self.geometry = geometry
        self.weights = weights
        self.bias = bias
        bands = PlaneBands(
            geometry.window, batch: geometry.batch, blocks: BlockedLayout.blocks(of: geometry.group), threads: threads)
    }

    var step: Step {
        Step(outputs: []) { frame in
            let (x, y) = (frame.input(0).floats, frame.output.floats)
            let residual = frame.optional(3)?.floats
            bands.run(frame.pool) { plane, block, rows in run(plane, block: block, rows, x, residual, y) }
        }
    }

    private func run(
        _ plane: Int, block: Int, _ rows: Range<Int>, _ x: Buffer<Float>, _ residual: Buffer<Float>?, _ y: Buffer<Float>
    ) {
        let lanes = BlockedLayout.channels
        let taps = geometry.window.taps * lanes
        let (from, to) = (geometry.window.inputCount * lanes, geometry.outputPlane)
        let slopes = geometry.finish.slopes
        Kernel.blockedDepthwise(
            x[plane * from..<(plane + 1) * from], weights: weights[block * taps..<(block + 1) * taps],
            bias: bias[block * lanes..<(block + 1) * lanes], residual: residual?[plane * to..<(plane + 1) * to],
            slopes: slopes?[block * lanes..<(block + 1) * lanes], window: geometry.window, rows: rows,
            bounds: geometry.finish.bounds, into: y[plane * to..<(plane + 1) * to])
        guard !geometry.finish.isDone, slopes == nil else { return }
        let width = geometry.window.output.x * lanes
        geometry.finish.apply(
            to: y[plane * to + rows.lowerBound * width..<plane * to + rows.upperBound * width], block: block)
    }
}
