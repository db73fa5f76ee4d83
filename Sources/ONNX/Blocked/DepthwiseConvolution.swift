import Tensors

/// A convolution in which every channel has a kernel of its own.
struct DepthwiseConvolution: Sendable {
    private let geometry: BlockedConv.Geometry
    private let weights: Buffer<Float>
    private let bias: Buffer<Float>

    init(_ geometry: BlockedConv.Geometry, weights: Buffer<Float>, bias: Buffer<Float>) {
        self.geometry = geometry
        self.weights = weights
        self.bias = bias
    }

    /// Multiplications that a task should have, and of one call of the kernel at least.
    private static let taskWork = 1 << 16
    private static let callWork = 3 << 11
    /// Tasks that are enough to keep threads busy.
    private static let enough = 8

    var step: Step {
        let window = geometry.window
        let blocks = BlockedLayout.blocks(of: geometry.group)
        let rowWork = max(1, window.output.x * window.taps * BlockedLayout.channels)
        let work = rowWork * window.output.y * blocks * geometry.batch
        let wanted = min(DepthwiseConvolution.enough, work / DepthwiseConvolution.taskWork)
        // Bands of rows of all blocks: pointwise convolutions before and after are cut so too, and find the rows where they are.
        let most = rowWork * window.output.y / DepthwiseConvolution.callWork
        let bands = EvenParts(window.output.y, parts: min(wanted, most))
        let tasks = EvenParts(geometry.batch * bands.count * blocks, parts: wanted)
        return Step(outputs: []) { frame in
            let (x, y) = (frame.input(0).floats, frame.output.floats)
            let residual = frame.optional(3)?.floats
            frame.pool.run(tasks.count) { task in
                for unit in tasks[task] {
                    let (part, block) = (unit / blocks, unit % blocks)
                    let (image, band) = (part / bands.count, part % bands.count)
                    run(image * blocks + block, block: block, bands[band], x, residual, y)
                }
            }
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
