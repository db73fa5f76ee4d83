import Tensors

/// A convolution as sums over taps and channels. Where the window has padding, the input's rows are copied with it first: a
/// band of them a thread, or all, where bands would be few.
struct DirectConvolution: Sendable {
    private let geometry: BlockedConv.Geometry
    private let weights: Buffer<Float>
    private let bias: Buffer<Float>
    private let product: BlockedProduct
    /// Outputs are worked on in bands: of rows, or of pixels of a 1x1 kernel's only row.
    private let bands: EvenParts
    /// Pairs of blocks of output channels; those of a part are worked on together.
    private let groups: EvenParts
    private let padding: Padding
    private let form: ConvolutionWeights.Form

    private enum Padding: Sendable { case none, band, whole }

    /// Floats of a band's input that should stay in the second cache.
    private static let bandFloats = 1 << 16
    /// Pixels of a band at least, so that weights are read for many of them.
    private static let leastPixels = 24
    /// What the pixels whose sums a kernel holds in registers are a multiple of: its `tile_pixels`, 6 or 12.
    private static let tilePixels = 6
    /// Tasks that are enough to keep threads busy, and multiplications that one should have.
    private static let enough = 8
    private static let taskWork = 1 << 18

    init(
        _ geometry: BlockedConv.Geometry, bias: Buffer<Float>,
        pack: (ConvolutionWeights.Form) -> Buffer<Float>
    ) {
        self.geometry = geometry
        form = DirectConvolution.form(geometry)
        weights = pack(form)
        self.bias = bias
        let window = geometry.window
        let isPadded = window.padding != .none
        let (height, width) = DirectConvolution.paddedSize(window)
        let isFlat = window.kernel == .init(1, 1) && window.stride == .init(1, 1) && !isPadded
        // Rows of input that a row of outputs adds to a band, in floats of all channels.
        let rowFloats = max(1, geometry.channels * (isFlat ? 1 : width * window.stride.y))
        let rows = isFlat ? window.outputCount : window.output.y
        let parts = geometry.batch * geometry.group
        let pairs = (geometry.outputBlocks + 1) / 2
        let wanted = max(1, min(DirectConvolution.enough, geometry.work / DirectConvolution.taskWork))
        var band = max(1, min(rows, DirectConvolution.bandFloats / rowFloats))
        let pixels = DirectConvolution.leastPixels
        let least = isFlat ? pixels : (pixels + window.output.x - 1) / window.output.x
        let tile = DirectConvolution.tilePixels
        band = max(least, isFlat ? band / pixels * pixels : band)
        // More and shorter bands rather than idle threads, while they are long enough.
        let fair = (rows * parts + wanted - 1) / wanted
        if band > fair { band = max(2 * least, fair) }
        // A short last one would read all weights for little, and leave its thread idle.
        let bands = EvenParts(rows, parts: (rows + 3 * band / 4) / band, unit: isFlat ? tile : 1)
        self.bands = bands
        let groups = EvenParts(pairs, parts: wanted / max(1, parts * bands.count))
        self.groups = groups
        padding = !isPadded ? .none : groups.count > 1 ? .whole : .band
        let pitch = isPadded ? width : window.input.x
        let blockRows = padding == .whole ? height : DirectConvolution.inputRows(window, outputs: bands.most)
        var product = BlockedProduct(
            channels: geometry.channels,
            blockStride: isPadded ? blockRows * pitch * geometry.lanes : geometry.inputPlane,
            width: isFlat ? window.outputCount : window.output.x, targetStride: geometry.outputPlane)
        product.lanes = geometry.lanes
        product.taps = window.kernel
        product.tapStride = .init(window.dilation.y * pitch * geometry.lanes, window.dilation.x * geometry.lanes)
        product.rowStride = isFlat ? 0 : window.stride.y * pitch * geometry.lanes
        product.columnStride = window.stride.x * geometry.lanes
        product.bounds = geometry.finish.bounds
        self.product = product
    }

    /// The form of weights that is quickest: where filters are few, vectors of input channels are fuller than vectors of filters
    /// would be.
    private static func form(_ geometry: BlockedConv.Geometry) -> ConvolutionWeights.Form {
        let isNarrow =
            geometry.group == 1 && geometry.lanes == BlockedLayout.channels && geometry.window.stride.x == 1
            && geometry.filters <= BlockedLayout.narrowFilters
            && geometry.filters * geometry.inputBlocks <= geometry.channels
        return isNarrow ? .narrow : .product(lanes: geometry.lanes)
    }

    private static func paddedSize(_ window: Window) -> (height: Int, width: Int) {
        (
            window.input.y + window.padding.top + window.padding.bottom,
            window.input.x + window.padding.left + window.padding.right
        )
    }

    /// Rows of input under `outputs` rows of output.
    private static func inputRows(_ window: Window, outputs: Int) -> Int {
        (outputs - 1) * window.stride.y + (window.kernel.y - 1) * window.dilation.y + 1
    }

    /// Floats of the copies of one band's input, or of all.
    private var copyFloats: Int { geometry.inputBlocks * product.blockStride }

    /// What tasks read and write: found once for all of them.
    private struct Data: Sendable {
        let x: Buffer<Float>
        let y: Buffer<Float>
        let residual: Buffer<Float>?
        /// Copies of the whole input with its padding.
        let copies: Buffer<Float>
        let frame: Frame

        init(_ frame: Frame, copies: Int) {
            x = frame.input(0).floats
            y = frame.output.floats
            residual = frame.optional(3)?.floats
            self.copies = frame.floats(at: 0, count: copies)
            self.frame = frame
        }
    }

    var step: Step {
        let parts = geometry.batch * geometry.group
        let copies = padding == .whole ? parts * copyFloats : 0
        return Step(
            outputs: [], workspace: copies * 4, strandSpace: padding == .band ? copyFloats * 4 : 0
        ) { frame in
            let data = Data(frame, copies: copies)
            if padding == .whole { padAll(parts, data, frame.pool) }
            frame.pool.run(parts * bands.count * groups.count) { task, strand in
                let (part, band) = (task / groups.count / bands.count, task / groups.count % bands.count)
                let pairs = groups[task % groups.count]
                let blocks = 2 * pairs.lowerBound..<min(2 * pairs.upperBound, geometry.outputBlocks)
                run(part, rows: bands[band], blocks, strand: strand, data)
            }
        }
    }

    private func padAll(_ parts: Int, _ data: Data, _ pool: WorkerPool) {
        let rows = product.blockStride / (DirectConvolution.paddedSize(geometry.window).width * geometry.lanes)
        pool.run(parts * geometry.inputBlocks) { plane in
            Kernel.padRows(
                data.x[plane * geometry.inputPlane..<(plane + 1) * geometry.inputPlane], window: geometry.window,
                lanes: geometry.lanes, rows: 0..<rows,
                into: data.copies[plane * product.blockStride..<(plane + 1) * product.blockStride])
        }
    }

    /// The input as the product of a band reads it, from the band's first tap on.
    private func input(_ part: Int, _ rows: Range<Int>, strand: Int, _ data: Data) -> Buffer<Float> {
        let window = geometry.window
        let (plane, lanes) = (geometry.inputPlane, geometry.lanes)
        let x = data.x
        let first = rows.lowerBound * window.stride.y
        switch padding {
        case .none:
            let image = x[part * geometry.inputBlocks * plane..<(part + 1) * geometry.inputBlocks * plane]
            // The rows of a 1x1 kernel are pixels.
            let start = product.rowStride == 0 ? rows.lowerBound * lanes : first * window.input.x * lanes
            return image[start..<image.count]
        case .whole:
            let width = DirectConvolution.paddedSize(window).width
            return data.copies[part * copyFloats + first * width * lanes..<(part + 1) * copyFloats]
        case .band:
            let copy = data.frame.floats(ofStrand: strand, count: copyFloats)
            let count = DirectConvolution.inputRows(window, outputs: rows.count)
            let floats = count * DirectConvolution.paddedSize(window).width * lanes
            for block in 0..<geometry.inputBlocks {
                let source = (part * geometry.inputBlocks + block) * plane
                Kernel.padRows(
                    x[source..<source + plane], window: window, lanes: lanes, rows: first..<first + count,
                    into: copy[block * product.blockStride..<block * product.blockStride + floats])
            }
            return copy
        }
    }

    private func run(_ part: Int, rows: Range<Int>, _ blocks: Range<Int>, strand: Int, _ data: Data) {
        let lanes = BlockedLayout.channels
        let width = product.rowStride == 0 ? 1 : geometry.window.output.x
        let x = input(part, rows, strand: strand, data)
        let (y, residual, plane) = (data.y, data.residual, geometry.outputPlane)
        let first = part % geometry.group * geometry.outputBlocks + blocks.lowerBound
        let start = (part * geometry.outputBlocks + blocks.lowerBound) * plane + rows.lowerBound * width * lanes
        let end = start + (blocks.count - 1) * plane + rows.count * width * lanes
        let range = 0..<rows.count * width
        let slopes = form == .narrow ? nil : geometry.finish.slopes
        if form == .narrow {
            Kernel.narrowProduct(
                product, x, weights: weights, bias: bias, residual: residual?[start..<end], filters: geometry.filters,
                into: y[start..<end], range: range)
        } else {
            let blockWeights = product.weights(outputs: 1)
            Kernel.blockedProduct(
                product, x, weights: weights[first * blockWeights..<(first + blocks.count) * blockWeights],
                bias: bias[first * lanes..<(first + blocks.count) * lanes], residual: residual?[start..<end],
                slopes: slopes?[first * lanes..<(first + blocks.count) * lanes], outputs: blocks.count,
                into: y[start..<end], range: range)
        }
        guard !geometry.finish.isDone, slopes == nil else { return }
        for index in 0..<blocks.count {
            let run = start + index * plane
            geometry.finish.apply(to: y[run..<run + rows.count * width * lanes], block: first + index)
        }
    }
}
