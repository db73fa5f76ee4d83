import Tensors

/// A convolution as sums over taps and channels. Where the window has padding, the input's rows are copied with it first: those
/// under a task's band of outputs, or all, where bands would be few.
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
    private let pooled: PooledRows?

    private enum Padding: Sendable {
        case none
        /// A task copies what it reads.
        case band
        /// All is copied before all tasks, or by each thread for itself.
        case whole, own
    }

    /// Floats of a band's input that should stay in the second cache.
    private static let bandFloats = 1 << 16
    /// Pixels of a band at least, so that weights are read for many of them.
    private static let leastPixels = 24
    /// What the pixels whose sums a kernel holds in registers are a multiple of: its `tile_pixels`, 6 or 12.
    private static let tilePixels = 6
    /// Tasks that are enough to keep threads busy, and multiplications that one should have.
    private static let enough = 8
    private static let taskWork = 1 << 18
    /// Multiplications that an output counts besides its own, so that large images of few channels are shared too: one thread alone
    /// would first have to see what two had written, and they then what it wrote.
    private static let outputWork = 40

    /// - Parameter pooling: of the outputs; not of a 1x1 kernel.
    init(
        _ geometry: BlockedConv.Geometry, bias: Buffer<Float>, threads: Int, pooling: Window? = nil,
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
        let parts = geometry.batch * geometry.group
        let pairs = (geometry.outputBlocks + 1) / 2
        let work = DirectConvolution.work(geometry)
        let wanted = max(1, min(DirectConvolution.enough, work / DirectConvolution.taskWork))
        let bands = DirectConvolution.bands(geometry, isFlat: isFlat, wanted: wanted)
        self.bands = bands
        let bandsSuffice = pooling != nil || parts * bands.count >= threads
        let groups = EvenParts(pairs, parts: bandsSuffice ? 1 : wanted / max(1, parts * bands.count))
        self.groups = groups
        let isCopied = parts == 1 && min(bands.count * groups.count, threads) <= BlockedConv.mostCopies
        padding = !isPadded ? .none : groups.count == 1 ? .band : isCopied ? .own : .whole
        let pitch = isPadded ? width : window.input.x
        pooled = pooling.map { pooling in
            PooledRows(
                pooling, batch: geometry.batch, blocks: geometry.group, planes: geometry.outputBlocks,
                planeWork: geometry.work / max(1, parts), threads: threads)
        }
        let mostRows = pooled?.convolved ?? bands.most
        let isWhole = padding == .whole || padding == .own
        let blockRows = isWhole ? height : window.inputRows(under: mostRows)
        var product = BlockedProduct(
            channels: geometry.channels,
            blockStride: isPadded ? blockRows * pitch * geometry.lanes : geometry.inputPlane,
            width: isFlat ? window.outputCount : window.output.x, targetStride: pooled?.plane ?? geometry.outputPlane)
        product.lanes = geometry.lanes
        product.taps = window.kernel
        product.tapStride = .init(window.dilation.y * pitch * geometry.lanes, window.dilation.x * geometry.lanes)
        product.rowStride = isFlat ? 0 : window.stride.y * pitch * geometry.lanes
        product.columnStride = window.stride.x * geometry.lanes
        product.bounds = geometry.finish.bounds
        self.product = product
    }

    /// Multiplications of the whole, and what its outputs count besides.
    private static func work(_ geometry: BlockedConv.Geometry) -> Int {
        let outputs = geometry.batch * geometry.group * geometry.filters * geometry.window.outputCount
        return geometry.work + outputs * DirectConvolution.outputWork
    }

    /// Outputs in bands whose input stays in the second cache: of rows, or of pixels of a flat image's only row.
    ///
    /// - Parameter wanted: tasks that there should be.
    private static func bands(_ geometry: BlockedConv.Geometry, isFlat: Bool, wanted: Int) -> EvenParts {
        let (window, parts) = (geometry.window, geometry.batch * geometry.group)
        // Rows of input that a row of outputs adds to a band, in floats of all channels.
        let rowFloats = max(1, geometry.channels * (isFlat ? 1 : paddedSize(window).width * window.stride.y))
        let rows = isFlat ? window.outputCount : window.output.y
        var band = max(1, min(rows, DirectConvolution.bandFloats / rowFloats))
        let pixels = DirectConvolution.leastPixels
        let least = isFlat ? pixels : (pixels + window.output.x - 1) / window.output.x
        let tile = DirectConvolution.tilePixels
        band = max(least, isFlat ? band / pixels * pixels : band)
        // More and shorter bands rather than idle threads, while they are long enough.
        let fair = (rows * parts + wanted - 1) / wanted
        if band > fair { band = max(2 * least, fair) }
        // A short last one would read all weights for little, and leave its thread idle.
        return EvenParts(rows, parts: (rows + 3 * band / 4) / band, unit: isFlat ? tile : 1)
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
        pooled.map { pooledStep($0) } ?? (padding == .own ? ownStep : plainStep)
    }

    private func pooledStep(_ pooled: PooledRows) -> Step {
        let copy = padding == .band ? copyFloats : 0
        return Step(outputs: [], strandSpace: (copy + pooled.floats) * 4) { frame in
            let data = Data(frame, copies: 0)
            pooled.run(frame, at: copy) { part, _, rows, strand, y in
                run(part, rows: rows, 0..<geometry.outputBlocks, strand: strand, data, residual: nil, into: y)
            }
        }
    }

    private var ownStep: Step {
        Step(outputs: [], strandSpace: copyFloats * 4) { frame in
            let data = Data(frame, copies: 0)
            let prepare = { @Sendable (strand: Int) in
                let copies = frame.floats(ofStrand: strand, count: copyFloats)
                for plane in 0..<geometry.inputBlocks { pad(plane, data.x, into: copies) }
            }
            frame.pool.run(bands.count * groups.count, prepare: prepare) { run($0, strand: $1, data) }
        }
    }

    private var plainStep: Step {
        let parts = geometry.batch * geometry.group
        let copies = padding == .whole ? parts * copyFloats : 0
        return Step(
            outputs: [], workspace: copies * 4, strandSpace: padding == .band ? copyFloats * 4 : 0
        ) { frame in
            let data = Data(frame, copies: copies)
            if padding == .whole {
                frame.pool.run(parts * geometry.inputBlocks) { pad($0, data.x, into: data.copies) }
            }
            frame.pool.run(parts * bands.count * groups.count) { task, strand in run(task, strand: strand, data) }
        }
    }

    /// A plane with its padding.
    private func pad(_ plane: Int, _ x: Buffer<Float>, into copies: Buffer<Float>) {
        let rows = product.blockStride / (DirectConvolution.paddedSize(geometry.window).width * geometry.lanes)
        Kernel.padRows(
            x[plane * geometry.inputPlane..<(plane + 1) * geometry.inputPlane], window: geometry.window,
            lanes: geometry.lanes, rows: 0..<rows,
            into: copies[plane * product.blockStride..<(plane + 1) * product.blockStride])
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
        case .whole, .own:
            let start = first * DirectConvolution.paddedSize(window).width * lanes
            if padding == .own { return data.frame.floats(ofStrand: strand, count: copyFloats)[start..<copyFloats] }
            return data.copies[part * copyFloats + start..<(part + 1) * copyFloats]
        case .band:
            let copy = data.frame.floats(ofStrand: strand, count: copyFloats)
            let count = window.inputRows(under: rows.count)
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

    /// Floats of a row of outputs, where those of a 1x1 kernel are pixels.
    private var rowFloats: Int {
        (product.rowStride == 0 ? 1 : geometry.window.output.x) * BlockedLayout.channels
    }

    /// A group of blocks' outputs, of a band of an image.
    private func run(_ task: Int, strand: Int, _ data: Data) {
        let (part, band) = (task / groups.count / bands.count, task / groups.count % bands.count)
        let pairs = groups[task % groups.count]
        let blocks = 2 * pairs.lowerBound..<min(2 * pairs.upperBound, geometry.outputBlocks)
        let (plane, rows) = (geometry.outputPlane, bands[band])
        let start = (part * geometry.outputBlocks + blocks.lowerBound) * plane + rows.lowerBound * rowFloats
        let end = start + (blocks.count - 1) * plane + rows.count * rowFloats
        run(
            part, rows: rows, blocks, strand: strand, data, residual: data.residual?[start..<end],
            into: data.y[start..<end])
    }

    /// Some rows of some blocks of outputs; `y` and the residual begin there, and have their planes `product.targetStride` apart.
    private func run(
        _ part: Int, rows: Range<Int>, _ blocks: Range<Int>, strand: Int, _ data: Data, residual: Buffer<Float>?,
        into y: Buffer<Float>
    ) {
        let lanes = BlockedLayout.channels
        let x = input(part, rows, strand: strand, data)
        let first = part % geometry.group * geometry.outputBlocks + blocks.lowerBound
        let floats = rows.count * rowFloats
        let range = 0..<floats / lanes
        let slopes = form == .narrow ? nil : geometry.finish.slopes
        if form == .narrow {
            Kernel.narrowProduct(
                product, x, weights: weights, bias: bias, residual: residual, filters: geometry.filters, into: y,
                range: range)
        } else {
            let blockWeights = product.weights(outputs: 1)
            Kernel.blockedProduct(
                product, x, weights: weights[first * blockWeights..<(first + blocks.count) * blockWeights],
                bias: bias[first * lanes..<(first + blocks.count) * lanes], residual: residual,
                slopes: slopes?[first * lanes..<(first + blocks.count) * lanes], outputs: blocks.count, into: y,
                range: range)
        }
        guard !geometry.finish.isDone, slopes == nil else { return }
        for index in 0..<blocks.count {
            let start = index * product.targetStride
            geometry.finish.apply(to: y[start..<start + floats], block: first + index)
        }
    }
}
