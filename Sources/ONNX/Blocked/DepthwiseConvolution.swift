import Tensors

/// A convolution in which every channel has a kernel of its own.
struct DepthwiseConvolution: Sendable {
    private let geometry: BlockedConv.Geometry
    private let weights: Buffer<Float>
    private let bias: Buffer<Float>
    private let cut: Cut

    private enum Cut: Sendable {
        case bands(PlaneBands)
        /// Outputs are pooled, a plane's by themselves.
        case pooled(PooledRows)
    }

    /// - Parameter pooling: of the outputs.
    init(
        _ geometry: BlockedConv.Geometry, weights: Buffer<Float>, bias: Buffer<Float>, threads: Int,
        pooling: Window? = nil
    ) {
        self.geometry = geometry
        self.weights = weights
        self.bias = bias
        let (window, blocks) = (geometry.window, BlockedLayout.blocks(of: geometry.group))
        if let pooling {
            let work = (window.outputCount * window.taps + pooling.outputCount * pooling.taps) * BlockedLayout.channels
            cut = .pooled(
                PooledRows(
                    pooling, batch: geometry.batch, blocks: blocks, planes: 1, planeWork: work, threads: threads))
        } else {
            cut = .bands(PlaneBands(window, batch: geometry.batch, blocks: blocks, threads: threads))
        }
    }

    var step: Step {
        switch cut {
        case .bands(let bands):
            Step(outputs: []) { frame in
                let (x, y, plane) = (frame.input(0).floats, frame.output.floats, geometry.outputPlane)
                let residual = frame.optional(3)?.floats
                let width = geometry.window.output.x * BlockedLayout.channels
                bands.run(frame.pool) { index, block, rows, _ in
                    let range = index * plane + rows.lowerBound * width..<index * plane + rows.upperBound * width
                    run(index, block: block, rows, x, residual?[range], into: y[range])
                }
            }
        case .pooled(let pooled):
            Step(outputs: [], strandSpace: pooled.floats * 4) { frame in
                let x = frame.input(0).floats
                pooled.run(frame) { index, block, rows, _, y in run(index, block: block, rows, x, nil, into: y) }
            }
        }
    }

    /// Some rows of a plane's outputs; `y` and the residual are these rows.
    private func run(
        _ plane: Int, block: Int, _ rows: Range<Int>, _ x: Buffer<Float>, _ residual: Buffer<Float>?,
        into y: Buffer<Float>
    ) {
        let lanes = BlockedLayout.channels
        let taps = geometry.window.taps * lanes
        let (input, window) = geometry.window.band(rows)
        let (start, width) = (plane * geometry.inputPlane, window.input.x * lanes)
        let slopes = geometry.finish.slopes
        Kernel.blockedDepthwise(
            x[start + input.lowerBound * width..<start + input.upperBound * width],
            weights: weights[block * taps..<(block + 1) * taps], bias: bias[block * lanes..<(block + 1) * lanes],
            residual: residual, slopes: slopes?[block * lanes..<(block + 1) * lanes], window: window,
            rows: 0..<rows.count, bounds: geometry.finish.bounds, into: y)
        guard !geometry.finish.isDone, slopes == nil else { return }
        geometry.finish.apply(to: y, block: block)
    }
}
