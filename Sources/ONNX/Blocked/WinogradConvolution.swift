import Tensors

/// A 3x3 convolution of stride 1 by Winograd's F(4x4, 3x3): a quarter of the multiplications of the direct one.
struct WinogradConvolution: Sendable {
    private let geometry: BlockedConv.Geometry
    private let tiles: WinogradTiles
    private let weights: Buffer<Float>
    private let bias: Buffer<Float>
    /// Tiles whose values are worked on together.
    private let runTiles: Int
    /// Rows of tiles a task has; 0 where all tiles are one run, whose blocks are split instead.
    private let bandRows: Int
    private let strands: Int

    /// Floats of transformed inputs that should stay in the second cache.
    private static let runFloats = 1 << 16
    /// Channels, and tiles, from which on the transforms cost less than they save.
    private static let leastChannels = 16
    private static let leastTiles = 9
    /// Floats of transformed weights past which reading them takes as long as multiplying would.
    private static let mostWeights = 1 << 22
    /// Tiles that all are one run at most, and the multiplications a task should have.
    private static let fewTiles = 64
    private static let taskWork = 1 << 20

    /// Nil where a direct convolution is quicker.
    init?(
        _ geometry: BlockedConv.Geometry, bias: Buffer<Float>, threads: Int,
        pack: (ConvolutionWeights.Form) -> Buffer<Float>
    ) {
        let (channels, filters) = (geometry.channels, geometry.filters)
        guard geometry.group == 1, geometry.lanes == BlockedLayout.channels, let tiles = WinogradTiles(geometry.window),
            channels >= WinogradConvolution.leastChannels, filters >= WinogradConvolution.leastChannels,
            tiles.count >= WinogradConvolution.leastTiles,
            // Tiles at the edges compute outputs that nobody wants.
            geometry.window.outputCount * 9 >= tiles.count * WinogradTiles.values * 3 / 2,
            WinogradTiles.values * channels * filters <= WinogradConvolution.mostWeights
        else { return nil }
        self.geometry = geometry
        self.tiles = tiles
        self.bias = bias
        weights = pack(.winograd)
        let fitting = WinogradConvolution.runFloats / (WinogradTiles.values * channels) / 6 * 6
        let isOneRun = tiles.count <= WinogradConvolution.fewTiles
        runTiles = isOneRun ? tiles.count : max(12, min(48, fitting))
        let rowWork = WinogradTiles.values * channels * filters * tiles.columns
        bandRows =
            isOneRun ? 0 : max(1, min(runTiles / tiles.columns, WinogradConvolution.taskWork * 4 / rowWork))
        let tasks = isOneRun ? geometry.outputBlocks : geometry.batch * (tiles.rows / bandRows)
        strands = max(1, min(threads, tasks))
    }

    private var inputFloats: Int { WinogradTiles.values * geometry.inputBlocks * BlockedLayout.channels * runTiles }
    /// Of the products of a pair of blocks.
    private var outputFloats: Int { WinogradTiles.values * 2 * BlockedLayout.channels * runTiles }

    var step: Step {
        bandRows > 0 ? bandedStep : wholeStep
    }

    // MARK: Bands of tiles

    private var bandedStep: Step {
        let bands = (tiles.rows + bandRows - 1) / bandRows
        let floats = inputFloats + outputFloats
        return Step(outputs: [], workspace: strands * floats * 4) { frame in
            frame.pool.run(tiles: geometry.batch * bands, strands: strands) { task, strand in
                let (image, band) = (task / bands, task % bands)
                let rows = band * bandRows..<min((band + 1) * bandRows, tiles.rows)
                let input = frame.floats(at: strand * floats, count: inputFloats)
                let output = frame.floats(at: strand * floats + inputFloats, count: outputFloats)
                let end = rows.upperBound * tiles.columns
                for start in stride(from: rows.lowerBound * tiles.columns, to: end, by: runTiles) {
                    let range = start..<min(start + runTiles, end)
                    for block in 0..<geometry.inputBlocks {
                        transform(image, block: block, range, into: input, frame)
                    }
                    for pair in stride(from: 0, to: geometry.outputBlocks, by: 2) {
                        multiply(image, pair: pair, range, input, output, frame)
                    }
                }
                finish(image, 0..<geometry.outputBlocks, tileRows: rows, frame)
            }
        }
    }

    // MARK: Few tiles

    private var wholeStep: Step {
        let pairs = (geometry.outputBlocks + 1) / 2
        return Step(outputs: [], workspace: (inputFloats + strands * outputFloats) * 4) { frame in
            let input = frame.floats(at: 0, count: inputFloats)
            for image in 0..<geometry.batch {
                frame.pool.split(geometry.inputBlocks, chunk: 4) { blocks in
                    for block in blocks { transform(image, block: block, 0..<tiles.count, into: input, frame) }
                }
                frame.pool.run(tiles: pairs, strands: strands) { pair, strand in
                    let output = frame.floats(at: inputFloats + strand * outputFloats, count: outputFloats)
                    multiply(image, pair: 2 * pair, 0..<tiles.count, input, output, frame)
                    let blocks = 2 * pair..<min(2 * pair + 2, geometry.outputBlocks)
                    finish(image, blocks, tileRows: 0..<tiles.rows, frame)
                }
            }
        }
    }

    // MARK: Parts

    /// One block's tiles, to [36, blocks, tiles, 8].
    private func transform(
        _ image: Int, block: Int, _ range: Range<Int>, into input: Buffer<Float>, _ frame: Frame
    ) {
        let lanes = BlockedLayout.channels
        let plane = (image * geometry.inputBlocks + block) * geometry.inputPlane
        let width = range.count * lanes
        Kernel.winogradInput(
            frame.input(0).floats[plane..<plane + geometry.inputPlane], tiles, range: range,
            into: input[block * width..<input.count], stride: geometry.inputBlocks * width)
    }

    /// Two blocks of outputs of these tiles: the 36 products, then back.
    private func multiply(
        _ image: Int, pair: Int, _ range: Range<Int>, _ input: Buffer<Float>, _ output: Buffer<Float>, _ frame: Frame
    ) {
        let lanes = BlockedLayout.channels
        let width = range.count * lanes
        let count = min(2, geometry.outputBlocks - pair)
        let product = BlockedProduct(
            channels: geometry.channels, blockStride: width, width: range.count, targetStride: width)
        let value = geometry.inputBlocks * width
        let blockWeights = product.weights(outputs: 1)
        let zeros = WinogradConvolution.zeros[0..<count * lanes]
        for index in 0..<WinogradTiles.values {
            let first = (WinogradTiles.values * pair + index * count) * blockWeights
            Kernel.blockedProduct(
                product, input[index * value..<(index + 1) * value],
                weights: weights[first..<first + count * blockWeights], bias: zeros, outputs: count,
                into: output[index * count * width..<(index + 1) * count * width], range: 0..<range.count)
        }
        let (y, residual) = (frame.output.floats, frame.optional(3)?.floats)
        for block in 0..<count {
            let plane = (image * geometry.outputBlocks + pair + block) * geometry.outputPlane
            let end = plane + geometry.outputPlane
            Kernel.winogradOutput(
                output[block * width..<output.count], stride: count * width, tiles, range: range,
                bias: bias[(pair + block) * lanes..<(pair + block + 1) * lanes], residual: residual?[plane..<end],
                bounds: geometry.finish.bounds, into: y[plane..<end])
        }
    }

    private static let zeros = Buffer<Float>(count: 2 * BlockedLayout.channels)

    /// What the kernels have not done, to the outputs of some rows of tiles.
    private func finish(_ image: Int, _ blocks: Range<Int>, tileRows: Range<Int>, _ frame: Frame) {
        guard !geometry.finish.isDone else { return }
        let output = geometry.window.output
        let rows = tileRows.lowerBound * WinogradTiles.edge..<min(tileRows.upperBound * WinogradTiles.edge, output.y)
        let width = output.x * BlockedLayout.channels
        for block in blocks {
            let plane = (image * geometry.outputBlocks + block) * geometry.outputPlane
            geometry.finish.apply(
                to: frame.output.floats[plane + rows.lowerBound * width..<plane + rows.upperBound * width],
                block: block)
        }
    }
}
