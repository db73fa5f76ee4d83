import Tensors

/// A 3x3 convolution of stride 1 by Winograd's F(4x4, 3x3), a quarter of the multiplications of the direct one, or F(2x2, 3x3),
/// four ninths.
struct WinogradConvolution: Sendable {
    private let geometry: BlockedConv.Geometry
    private let tiles: WinogradTiles
    private let weights: Weights
    private let bias: Buffer<Float>
    /// Tiles, a task's in each part, which are worked on together; nil where all are, and their blocks are tasks.
    private let bands: EvenParts?
    /// Pairs of blocks of outputs, whose weights lie together; those of a part are made together.
    private let groups: EvenParts
    /// Whether all threads transform the tiles together, where these are few, rather than each for itself.
    private let isShared: Bool
    /// Whether lines are claimed for the outputs: other threads may have read what lies there. Of small tiles they are too few, and of
    /// large images others have read few.
    private let claims: Bool

    /// The transformed weights are two or four times as many as those of the file.
    private enum Weights {
        case transformed(Buffer<Float>)
        /// Which each run transforms: that costs little where there are many tiles.
        case plain(Buffer<Float>)
    }

    /// Tiles from which on it costs less than a fifteenth of the products; of 1,024 tiles, nothing that can be measured.
    private static let manyTiles = 256
    /// Floats of transformed inputs that should stay in the second cache.
    private static let runFloats = 1 << 16
    /// Channels from which on the transforms can cost less than they save.
    private static let leastChannels = 16
    /// Floats that transformed weights may be: F(4x4, 3x3) makes four times as many of them as there were.
    private static let mostWeights: [(edge: WinogradTiles.Edge, floats: Int)] = [(.two, 1 << 26), (.four, 1 << 22)]
    /// Tiles that all are one run at most, and those of a thread at least where they are shared out: reading weights for fewer takes
    /// longer than multiplying by them.
    private static let fewTiles = 64
    private static let leastShare = 20
    /// Pairs of blocks of outputs that are made together at most: as many as a kernel's registers hold, and with AVX2 twice as many,
    /// since the tiles' values, which the first cache cannot hold all of, are then read half as often.
    private static let groupPairs = 2
    /// Multiplications that a task should have.
    private static let taskWork = 1 << 22
    /// Floats that a thread's outputs may be where lines are claimed for them: half the second cache, or they leave it in between.
    private static let mostClaimed = 1 << 17

    /// Nil where a direct convolution is quicker.
    init?(
        _ geometry: BlockedConv.Geometry, bias: Buffer<Float>, threads: Int,
        pack: (ConvolutionWeights.Form) -> Buffer<Float>
    ) {
        let (channels, filters) = (geometry.channels, geometry.filters)
        guard let tiles = WinogradConvolution.tiles(geometry) else { return nil }
        self.geometry = geometry
        self.tiles = tiles
        self.bias = bias
        weights =
            tiles.count >= WinogradConvolution.manyTiles
            ? .plain(pack(.product(lanes: geometry.lanes))) : .transformed(pack(.winograd(tiles.edge)))
        if tiles.count > WinogradConvolution.fewTiles {
            let fitting = WinogradConvolution.runFloats / (tiles.values * channels)
            let enough = WinogradConvolution.taskWork / (tiles.values * channels * filters)
            let band = max(12, min(48, fitting, enough))
            // Two tiles' values are a line.
            bands = EvenParts(tiles.count, parts: (tiles.count + band - 1) / band, unit: 2)
        } else if threads > 1, tiles.count / threads >= WinogradConvolution.leastShare {
            bands = EvenParts(tiles.count, parts: threads)
        } else {
            bands = nil
        }
        let (pairs, most) = ((geometry.outputBlocks + 1) / 2, WinogradConvolution.groupPairs)
        groups = EvenParts(pairs, parts: (pairs + most - 1) / most)
        isShared = min(groups.count, threads) > BlockedConv.mostCopies
        let outputFloats = geometry.batch * geometry.outputBlocks * geometry.outputPlane
        claims =
            threads > 1 && tiles.edge == .four && outputFloats / threads <= WinogradConvolution.mostClaimed
    }

    /// The tiles that take the least time; nil where the direct convolution does.
    ///
    /// All are compared by multiplications a pair of channels, where reading a weight counts as much as multiplying it by
    /// twenty pixels (thirty on one machine, fewer on another with quicker memory), and transforms as much as nine channels more on
    /// either side: measured with AVX-512 for 7x7 to 80x80 pixels of 16 to 512 channels.
    private static func tiles(_ geometry: BlockedConv.Geometry) -> WinogradTiles? {
        guard geometry.group == 1, geometry.lanes == BlockedLayout.channels,
            min(geometry.channels, geometry.filters) >= leastChannels
        else { return nil }
        func time(_ values: Int, _ pixels: Int) -> Double { Double(values) * Double(pixels + 20) }
        let transforms = 1 + 9 / Double(geometry.channels) + 9 / Double(geometry.filters)
        var best: WinogradTiles?
        var least = time(geometry.window.taps, geometry.window.outputCount)
        for (edge, floats) in mostWeights {
            guard let tiles = WinogradTiles(geometry.window, edge: edge),
                tiles.values * geometry.channels * geometry.filters <= floats
            else { continue }
            let taken = time(tiles.values, tiles.count) * transforms
            if taken < least { (best, least) = (tiles, taken) }
        }
        return best
    }

    private func group(_ index: Int) -> Range<Int> {
        let pairs = groups[index]
        return 2 * pairs.lowerBound..<min(2 * pairs.upperBound, geometry.outputBlocks)
    }

    /// Tiles of the largest part.
    private var runTiles: Int { bands?.most ?? tiles.count }
    private var inputFloats: Int { tiles.values * WinogradTiles.stride(blocks: geometry.inputBlocks, tiles: runTiles) }
    /// Of the products of some blocks.
    private var outputFloats: Int { tiles.values * WinogradTiles.stride(blocks: 2 * groups.most, tiles: runTiles) }

    var step: Step {
        bands.map { bandedStep($0) } ?? wholeStep
    }

    /// What tasks read and write, but for the workspace: found once for all of them.
    private struct Data: Sendable {
        let x: Buffer<Float>
        let y: Buffer<Float>
        let residual: Buffer<Float>?
        let weights: Buffer<Float>

        init(_ frame: Frame, weights: Buffer<Float>) {
            x = frame.input(0).floats
            y = frame.output.floats
            residual = frame.optional(3)?.floats
            self.weights = weights
        }
    }

    /// Of transformed weights that are made in a run.
    private var weightFloats: Int {
        guard case .plain = weights else { return 0 }
        return tiles.values * geometry.outputBlocks * BlockedLayout.channels * geometry.channels
    }

    /// The transformed weights; those made now lie from float `place` of the workspace on.
    private func weights(at place: Int, _ frame: Frame) -> Buffer<Float> {
        switch weights {
        case .transformed(let weights): return weights
        case .plain(let plain):
            let result = frame.floats(at: place, count: weightFloats)
            let taps = geometry.window.taps
            // Of a pair of blocks, for a tap.
            let floats = 2 * BlockedLayout.channels * geometry.channels
            frame.pool.run((geometry.outputBlocks + 1) / 2) { pair in
                let outputs = min(2, geometry.outputBlocks - 2 * pair)
                let (start, count) = (pair * floats, floats / 2 * outputs)
                Kernel.winogradWeights(
                    plain[start * taps..<(start + count) * taps], edge: tiles.edge, outputs: outputs,
                    channels: geometry.channels, into: result[start * tiles.values..<(start + count) * tiles.values])
            }
            return result
        }
    }

    // MARK: Bands of tiles

    private func bandedStep(_ bands: EvenParts) -> Step {
        Step(outputs: [], workspace: weightFloats * 4, strandSpace: (inputFloats + outputFloats) * 4) { frame in
            let data = Data(frame, weights: weights(at: 0, frame))
            frame.pool.run(geometry.batch * bands.count) { task, strand in
                let (image, band) = (task / bands.count, bands[task % bands.count])
                let input = frame.floats(ofStrand: strand, at: outputFloats, count: inputFloats)
                let output = frame.floats(ofStrand: strand, count: outputFloats)
                transform(image, 0..<geometry.inputBlocks, band, into: input, data)
                for index in 0..<groups.count { multiply(image, group(index), band, input, output, data) }
                finish(image, 0..<geometry.outputBlocks, band, data)
            }
        }
    }

    // MARK: Few tiles

    private var wholeStep: Step {
        let all = 0..<tiles.count
        let (shared, own) = isShared ? (inputFloats, 0) : (0, inputFloats)
        return Step(
            outputs: [], workspace: (shared + weightFloats) * 4, strandSpace: (outputFloats + own) * 4
        ) { frame in
            let data = Data(frame, weights: weights(at: shared, frame))
            let sharedInput = frame.floats(at: 0, count: shared)
            for image in 0..<geometry.batch {
                if isShared {
                    frame.pool.split(geometry.inputBlocks, chunk: 4) {
                        transform(image, $0, all, into: sharedInput, data)
                    }
                }
                let input = { @Sendable (strand: Int) in
                    isShared ? sharedInput : frame.floats(ofStrand: strand, at: outputFloats, count: own)
                }
                let prepare = { @Sendable (strand: Int) in
                    guard !isShared else { return }
                    transform(image, 0..<geometry.inputBlocks, all, into: input(strand), data)
                }
                frame.pool.run(groups.count, prepare: prepare) { index, strand in
                    let output = frame.floats(ofStrand: strand, count: outputFloats)
                    multiply(image, group(index), all, input(strand), output, data)
                    finish(image, group(index), all, data)
                }
            }
        }
    }

    // MARK: Parts

    /// Some blocks' tiles, to [values][blocks, tiles, 8].
    private func transform(
        _ image: Int, _ blocks: Range<Int>, _ range: Range<Int>, into input: Buffer<Float>, _ data: Data
    ) {
        let width = range.count * BlockedLayout.channels
        let stride = WinogradTiles.stride(blocks: geometry.inputBlocks, tiles: range.count)
        for block in blocks {
            let plane = (image * geometry.inputBlocks + block) * geometry.inputPlane
            Kernel.winogradInput(
                data.x[plane..<plane + geometry.inputPlane], tiles, range: range,
                into: input[block * width..<input.count], stride: stride)
        }
    }

    /// Some blocks of outputs of these tiles: the products, then back.
    private func multiply(
        _ image: Int, _ blocks: Range<Int>, _ range: Range<Int>, _ input: Buffer<Float>, _ output: Buffer<Float>,
        _ data: Data
    ) {
        let lanes = BlockedLayout.channels
        let (count, width) = (blocks.count, range.count * lanes)
        let blockWeights = tiles.values * geometry.channels * lanes
        let stride = WinogradTiles.stride(blocks: count, tiles: range.count)
        Kernel.winogradProducts(
            input, stride: WinogradTiles.stride(blocks: geometry.inputBlocks, tiles: range.count), edge: tiles.edge,
            channels: geometry.channels, tiles: range.count,
            weights: data.weights[blocks.lowerBound * blockWeights..<blocks.upperBound * blockWeights],
            outputs: count, into: output, outputStride: stride,
            claiming: claims ? (tiles, range, planes(blocks, of: image, data.y)) : nil)
        let (y, residual) = (data.y, data.residual)
        for (index, block) in blocks.enumerated() {
            let plane = (image * geometry.outputBlocks + block) * geometry.outputPlane
            let end = plane + geometry.outputPlane
            Kernel.winogradOutput(
                output[index * width..<output.count], stride: stride, tiles, range: range,
                bias: bias[block * lanes..<(block + 1) * lanes], residual: residual?[plane..<end],
                bounds: geometry.finish.bounds, into: y[plane..<end])
        }
    }

    /// The planes of some blocks of an image.
    private func planes(_ blocks: Range<Int>, of image: Int, _ y: Buffer<Float>) -> Buffer<Float> {
        let start = (image * geometry.outputBlocks + blocks.lowerBound) * geometry.outputPlane
        return y[start..<start + blocks.count * geometry.outputPlane]
    }

    /// What the kernels have not done, to the outputs of some tiles.
    private func finish(_ image: Int, _ blocks: Range<Int>, _ range: Range<Int>, _ data: Data) {
        guard !geometry.finish.isDone else { return }
        let runs = tiles.outputRuns(range)
        for block in blocks {
            let plane = (image * geometry.outputBlocks + block) * geometry.outputPlane
            for run in runs {
                let floats = run.lowerBound * BlockedLayout.channels..<run.upperBound * BlockedLayout.channels
                geometry.finish.apply(to: data.y[plane + floats.lowerBound..<plane + floats.upperBound], block: block)
            }
        }
    }
}
