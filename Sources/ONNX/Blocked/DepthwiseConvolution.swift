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

    /// Multiplications of a thread's share.
    private static let share = 1 << 18

    var step: Step {
        let window = geometry.window
        let lanes = BlockedLayout.channels
        let blocks = BlockedLayout.blocks(of: geometry.group)
        let rowWork = max(1, window.output.x * window.taps * lanes)
        let bandRows = max(1, min(window.output.y, DepthwiseConvolution.share / rowWork))
        let bands = (window.output.y + bandRows - 1) / bandRows
        let chunk = max(1, DepthwiseConvolution.share / (rowWork * bandRows))
        return Step(outputs: []) { frame in
            let (x, y) = (frame.input(0).floats, frame.output.floats)
            let residual = frame.optional(3)?.floats
            frame.pool.split(geometry.batch * blocks * bands, chunk: chunk) { range in
                for index in range {
                    let (plane, band) = (index / bands, index % bands)
                    let rows = band * bandRows..<min((band + 1) * bandRows, window.output.y)
                    run(plane, block: plane % blocks, rows, x, residual, y)
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
        let target = y[plane * to..<(plane + 1) * to]
        Kernel.blockedDepthwise(
            x[plane * from..<(plane + 1) * from], weights: weights[block * taps..<(block + 1) * taps],
            bias: bias[block * lanes..<(block + 1) * lanes], residual: residual?[plane * to..<(plane + 1) * to],
            window: geometry.window, rows: rows, bounds: geometry.finish.bounds, into: target)
        let width = geometry.window.output.x * lanes
        geometry.finish.apply(to: target[rows.lowerBound * width..<rows.upperBound * width], block: block)
    }
}
