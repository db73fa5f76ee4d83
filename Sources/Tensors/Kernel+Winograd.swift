import Kernels

/// The size of Winograd's F(4x4, 3x3) or F(2x2, 3x3) for one window: tiles of that many outputs, each of which takes 36 or 16
/// products a channel.
package struct WinogradTiles: Sendable {
    /// Outputs along an edge of a tile.
    package enum Edge: Int, Sendable {
        case two = 2
        case four = 4

        /// Values of a transformed tile.
        package var values: Int { (rawValue + 2) * (rawValue + 2) }
    }

    package let edge: Edge
    package let window: Window
    /// Tiles in a row, and rows of them.
    package let columns: Int
    package let rows: Int

    package var count: Int { columns * rows }
    /// Values of a transformed tile.
    package var values: Int { edge.values }

    /// The pixels of some tiles' outputs, as runs that follow each other in a plane.
    package func outputRuns(_ range: Range<Int>) -> [Range<Int>] {
        let (edge, width) = (edge.rawValue, window.output.x)
        var runs: [Range<Int>] = []
        for row in range.lowerBound / columns..<(range.upperBound + columns - 1) / columns {
            let part = range.clamped(to: row * columns..<(row + 1) * columns)
            let (first, last) = (part.lowerBound - row * columns, part.upperBound - row * columns)
            let x = first * edge..<min(last * edge, width)
            for y in row * edge..<min((row + 1) * edge, window.output.y) {
                let run = y * width + x.lowerBound..<y * width + x.upperBound
                if let previous = runs.last, previous.upperBound == run.lowerBound {
                    runs[runs.count - 1] = previous.lowerBound..<run.upperBound
                } else {
                    runs.append(run)
                }
            }
        }
        return runs
    }

    /// Floats from one value of some tiles to the next one, where each has the tiles of so many blocks: an odd number of lines, so
    /// that the values of a tile lie in different sets of the first cache. Powers of two put all of them into one.
    package static func stride(blocks: Int, tiles: Int) -> Int {
        let lineFloats = 16
        let lines = (blocks * tiles * BlockedLayout.channels + lineFloats - 1) / lineFloats
        return (lines | 1) * lineFloats
    }

    /// Nil where the kernel is not 3x3 of stride and dilation 1.
    package init?(_ window: Window, edge: Edge) {
        let one = Window.Pair(1, 1)
        guard window.kernel == .init(3, 3), window.stride == one, window.dilation == one else { return nil }
        self.window = window
        self.edge = edge
        columns = (window.output.x + edge.rawValue - 1) / edge.rawValue
        rows = (window.output.y + edge.rawValue - 1) / edge.rawValue
    }
}

// Winograd's convolution in the blocked layout (Lavin and Gray, 2015, arXiv:1509.09308).
extension Kernel {
    /// Tiles `range` of one plane, transformed: value v of tile t lies at `v * stride + 8 * (t - range.lowerBound)`.
    package static func winogradInput(
        _ x: Buffer<Float>, _ tiles: WinogradTiles, range: Range<Int>, into y: Buffer<Float>, stride: Int
    ) {
        let lanes = BlockedLayout.channels
        precondition(x.count == checkedProduct(tiles.window.inputCount, lanes), "x is not the plane")
        check(tiles, range, y, stride)
        y.requireWritable()
        var shape = tiles.window.raw
        unsafe table.pointee.winograd_input_f32(
            x.start, &shape, tiles.edge.rawValue, range.lowerBound, range.count, y.start, stride)
    }

    /// The outputs of tiles `range` of one plane, from their values.
    ///
    /// - Parameters:
    ///   - residual: a plane as y, added before results are cut to the bounds.
    ///   - y: the whole plane, of which the tiles' outputs are written.
    package static func winogradOutput(
        _ x: Buffer<Float>, stride: Int, _ tiles: WinogradTiles, range: Range<Int>, bias: Buffer<Float>,
        residual: Buffer<Float>? = nil, bounds: ClosedRange<Float>, into y: Buffer<Float>
    ) {
        let lanes = BlockedLayout.channels
        precondition(y.count == checkedProduct(tiles.window.outputCount, lanes), "y is not the plane")
        precondition(bias.count == lanes, "one bias a lane")
        precondition(residual == nil || residual?.count == y.count, "the residual is not the plane")
        check(tiles, range, x, stride)
        y.requireWritable()
        var shape = tiles.window.raw
        unsafe table.pointee.winograd_output_f32(
            x.start, stride, &shape, tiles.edge.rawValue, range.lowerBound, range.count, bias.start, residual?.start,
            bounds.lowerBound, bounds.upperBound, y.start)
    }

    private static func check(_ tiles: WinogradTiles, _ range: Range<Int>, _ values: Buffer<Float>, _ stride: Int) {
        precondition(range.lowerBound >= 0 && range.upperBound <= tiles.count, "tiles outside the image")
        let width = range.count * BlockedLayout.channels
        precondition(stride >= width, "values overlap")
        precondition(values.count >= checkedProduct(tiles.values - 1, stride) + width, "too few values")
    }

    /// Transforms the weights of `outputs` blocks for the products: [pair of blocks, values, channels, 16], 8 in place of 16 for
    /// a last block alone.
    ///
    /// - Parameter weights: of 3x3 kernels, as ``packProductWeights(_:filters:channels:taps:lanes:into:)`` lays them.
    package static func winogradWeights(
        _ weights: Buffer<Float>, edge: WinogradTiles.Edge, outputs: Int, channels: Int, into y: Buffer<Float>
    ) {
        let packed = checkedProduct(outputs, BlockedLayout.channels, channels)
        precondition(outputs > 0 && channels > 0, "nothing to transform")
        precondition(weights.count == checkedProduct(packed, 9), "weights of another shape")
        precondition(y.count == checkedProduct(edge.values, packed), "y is of another size")
        y.requireWritable()
        unsafe table.pointee.winograd_weights_f32(weights.start, edge.rawValue, outputs, channels, y.start)
    }

    /// The products of some tiles' values with the weights of some blocks of outputs, from an even one on.
    ///
    /// - Parameters:
    ///   - x: [values][blocks of channels, tiles, 8], `stride` floats from value to value.
    ///   - weights: as ``winogradWeights(_:edge:outputs:channels:into:)`` makes them.
    ///   - y: [values][outputs, tiles, 8], `outputStride` floats from value to value.
    ///   - claimed: where the outputs of the tiles, that range of the window's, will lie: planes one after the other. They become
    ///     anything: what other threads have read takes long to write, unless it is claimed some time before.
    package static func winogradProducts(
        _ x: Buffer<Float>, stride: Int, edge: WinogradTiles.Edge, channels: Int, tiles: Int, weights: Buffer<Float>,
        outputs: Int, into y: Buffer<Float>, outputStride: Int,
        claiming claimed: (tiles: WinogradTiles, range: Range<Int>, planes: Buffer<Float>)? = nil
    ) {
        let lanes = BlockedLayout.channels
        precondition(channels > 0 && tiles > 0 && outputs > 0, "nothing to multiply")
        let width = checkedProduct(BlockedLayout.blocks(of: channels), tiles, lanes)
        precondition(stride >= width && x.count >= checkedProduct(edge.values - 1, stride) + width, "x is too small")
        precondition(
            weights.count == checkedProduct(edge.values, outputs, lanes, channels), "weights of another shape")
        let run = checkedProduct(outputs, tiles, lanes)
        precondition(
            outputStride >= run && y.count >= checkedProduct(edge.values - 1, outputStride) + run, "y is too small")
        y.requireWritable()
        guard let claimed else {
            unsafe table.pointee.winograd_products_f32(
                x.start, stride, edge.rawValue, channels, tiles, weights.start, outputs, y.start, outputStride, nil)
            return
        }
        let (range, plane) = (claimed.range, claimed.tiles.window.outputCount * lanes)
        precondition(claimed.tiles.edge == edge && range.count == tiles, "other tiles")
        precondition(range.lowerBound >= 0 && range.upperBound <= claimed.tiles.count, "tiles outside the image")
        precondition(claimed.planes.count == checkedProduct(outputs, plane), "not the outputs' planes")
        claimed.planes.requireWritable()
        var window = claimed.tiles.window.raw
        unsafe withUnsafePointer(to: &window) { window in
            var claim = unsafe kernels_claim(
                window: window, first: range.lowerBound, planes: claimed.planes.start, apart: plane)
            unsafe table.pointee.winograd_products_f32(
                x.start, stride, edge.rawValue, channels, tiles, weights.start, outputs, y.start, outputStride, &claim)
        }
    }
}
