import Tensors

/// `Conv`: one- and two-dimensional convolution, in groups.
///
/// Patches become columns of a matrix that the weights multiply (im2col); 1x1 kernels multiply the image itself; where
/// each channel has a kernel of its own, that slides directly.
struct Conv: Operator, FusesActivation {
    static let signatures = [Signature(name: "Conv", inputs: 2...3)]

    var attributes: WindowAttributes
    let group: Int
    /// An activation that belongs to the node; see ``Rewrites``.
    var epilogue: Epilogue?

    init(_ attributes: inout Attributes) throws(ModelError) {
        self.attributes = try WindowAttributes(&attributes, isPool: false)
        group = try attributes.int("group", default: 1, in: 1...1 << 24)
    }

    /// Sizes of one convolution.
    struct Geometry: Sendable {
        let batch: Int
        let window: Window
        let group: Int
        /// Channels of the input and output in one group.
        let inputs: Int
        let outputs: Int

        /// Rows of the patch matrix.
        var depth: Int { inputs * window.taps }
        /// Whether the image itself is the patch matrix.
        var isPointwise: Bool {
            window.kernel == .init(1, 1) && window.stride == .init(1, 1) && window.output == window.input
        }
    }

    /// Channels of an input [N, C, ...] and filters of weights [M, C / group, ...].
    static func channels(
        of input: [Int], weights: [Int], group: Int
    ) throws(ModelError) -> (channels: Int, filters: Int) {
        let (channels, filters) = (input[1], weights[0])
        guard channels > 0, channels % group == 0, filters % group == 0, filters > 0, weights[1] == channels / group
        else {
            throw ModelError(
                "weights do not fit the input's channels",
                expected: "[\(filters), \(channels)/\(group), ...], filters a multiple of \(group)", got: "\(weights)")
        }
        return (channels, filters)
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.requireFloats(0, ranks: 3...4)
        let (x, w) = (inputs[0], inputs[1])
        try inputs.requireFloats(1, ranks: x.rank...x.rank)
        let (channels, filters) = try Conv.channels(of: x.shape, weights: w.shape, group: group)
        if inputs.optional(2) != nil {
            try inputs.requireFloats(2)
            try inputs.requireShape(2, [filters])
        }
        let window = try attributes.window(input: Array(x.shape[2...]), kernel: Array(w.shape[2...]))
        let geometry = Geometry(
            batch: x.shape[0], window: window, group: group, inputs: channels / group, outputs: filters / group)
        let shape = [x.shape[0], filters] + WindowAttributes.spatial(window, rank: x.rank - 2)
        var step = Step(outputs: [TensorType(type: .float32, shape: shape)])
        try Planner.checkSize(step.outputs[0], limit: inputs.memoryLimit)
        try Planner.checkSize(
            TensorType(type: .float32, shape: [geometry.depth, window.output.x]), limit: inputs.memoryLimit)
        let epilogue = epilogue
        if geometry.inputs == 1 {
            step.run = { Conv.runDepthwise(geometry, epilogue, $0) }
        } else if geometry.isPointwise {
            step.run = { Conv.runPointwise(geometry, epilogue, $0) }
        } else {
            let tiles = PatchTiles(geometry)
            let strands = min(inputs.threads, tiles.count)
            let (bytes, overflow) = tiles.floats.multipliedReportingOverflow(by: 4 * strands)
            guard !overflow else { throw ModelError("a patch matrix that overflows") }
            step.workspace = bytes
            step.run = { Conv.runPatches(geometry, tiles, strands: strands, epilogue, $0) }
        }
        return step
    }

    /// Adds the bias to one row of sums and applies the epilogue.
    private static func finish(_ row: Buffer<Float>, channel: Int, _ bias: Buffer<Float>?, _ epilogue: Epilogue?) {
        if let bias { Kernel.add(row, bias[channel], into: row) }
        epilogue?.apply(to: row, channel: channel)
    }

    // MARK: Depthwise

    /// Multiplications of a thread's share.
    private static let depthwiseWork = 1 << 17

    private static func runDepthwise(_ geometry: Geometry, _ epilogue: Epilogue?, _ frame: Frame) {
        let window = geometry.window
        let (x, w, y) = (frame.input(0).floats, frame.input(1).floats, frame.output.floats)
        let bias = frame.optional(2)?.floats
        let filters = geometry.group * geometry.outputs
        let (source, target, taps) = (window.inputCount, window.outputCount, window.taps)
        frame.pool.split(geometry.batch * filters, chunk: max(1, depthwiseWork / max(target * taps, 1))) { range in
            for plane in range {
                let filter = plane % filters
                let from = (plane / filters * geometry.group + filter / geometry.outputs) * source
                let row = y[plane * target..<(plane + 1) * target]
                Kernel.depthwise(
                    x[from..<from + source], weights: w[filter * taps..<(filter + 1) * taps], bias: bias?[filter] ?? 0,
                    window: window, rows: 0..<window.output.y, into: row)
                epilogue?.apply(to: row, channel: filter)
            }
        }
    }

    // MARK: 1x1

    private static func runPointwise(_ geometry: Geometry, _ epilogue: Epilogue?, _ frame: Frame) {
        let (x, w, y) = (frame.input(0).floats, frame.input(1).floats, frame.output.floats)
        let bias = frame.optional(2)?.floats
        let area = geometry.window.outputCount
        let (depth, outputs) = (geometry.inputs, geometry.outputs)
        let product = MatrixProduct(rows: outputs, columns: area, depth: depth)
        let tiles = product.tiles
        frame.pool.run(geometry.batch * geometry.group * tiles) { index in
            let part = index / tiles
            let group = part % geometry.group
            let source = x[part * depth * area..<(part + 1) * depth * area]
            let target = y[part * outputs * area..<(part + 1) * outputs * area]
            let weights = w[group * outputs * depth..<(group + 1) * outputs * depth]
            let (rows, columns) = product.tile(index % tiles)
            if area == 1 {
                Kernel.matrixVectors(
                    weights[rows.lowerBound * depth..<rows.upperBound * depth], rows: rows.count, columns: depth,
                    source,
                    into: target[rows])
            } else {
                product.compute(
                    tile: index % tiles, .init(elements: weights, stride: depth), .init(elements: source, stride: area),
                    into: target)
            }
            for row in rows {
                let values = target[row * area + columns.lowerBound..<row * area + columns.upperBound]
                finish(values, channel: group * outputs + row, bias, epilogue)
            }
        }
    }

    // MARK: Patches

    /// How the output is cut: into bands of rows, and these into blocks of channels where there are few bands.
    struct PatchTiles: Sendable {
        let bandRows: Int
        let bands: Int
        let blockChannels: Int
        let blocks: Int
        let parts: Int

        /// Floats of a patch matrix that should stay in the second cache.
        private static let patchFloats = 1 << 17
        /// Tiles that are enough to keep threads busy, where there is work for as many.
        private static let enough = 8
        private static let tileWork = 1 << 19

        init(_ geometry: Geometry) {
            let output = geometry.window.output
            parts = geometry.batch * geometry.group
            bandRows = max(1, min(output.y, PatchTiles.patchFloats / max(geometry.depth * output.x, 1)))
            bands = (output.y - 1) / bandRows + 1
            let work = geometry.depth * geometry.outputs * output.x * bandRows
            let wanted = max(1, min(PatchTiles.enough / max(parts * bands, 1), work / PatchTiles.tileWork))
            // A block repeats the patches, which pays from some dozens of channels on.
            blockChannels = max(min(geometry.outputs, 32), (geometry.outputs + wanted - 1) / wanted)
            blocks = (geometry.outputs - 1) / blockChannels + 1
            floats = geometry.depth * bandRows * output.x
        }

        var count: Int { parts * bands * blocks }
        /// Floats of one band's patch matrix.
        let floats: Int
    }

    private static func runPatches(
        _ geometry: Geometry, _ tiles: PatchTiles, strands: Int, _ epilogue: Epilogue?, _ frame: Frame
    ) {
        let window = geometry.window
        let (x, w, y) = (frame.input(0).floats, frame.input(1).floats, frame.output.floats)
        let bias = frame.optional(2)?.floats
        let (depth, outputs, area) = (geometry.depth, geometry.outputs, window.outputCount)
        let image = geometry.inputs * window.inputCount
        frame.pool.run(tiles.count) { tile, strand in
            let block = tile % tiles.blocks
            let band = tile / tiles.blocks % tiles.bands
            let part = tile / (tiles.blocks * tiles.bands)
            let group = part % geometry.group
            let rows = band * tiles.bandRows..<min((band + 1) * tiles.bandRows, window.output.y)
            let channels = block * tiles.blockChannels..<min((block + 1) * tiles.blockChannels, outputs)
            let columns = rows.count * window.output.x
            let patches = frame.floats(at: strand * tiles.floats, count: depth * columns)
            Kernel.im2col(
                x[part * image..<(part + 1) * image], channels: geometry.inputs, window: window, rows: rows,
                into: patches)
            let first = group * outputs + channels.lowerBound
            let start = (part * outputs + channels.lowerBound) * area + rows.lowerBound * window.output.x
            Kernel.gemm(
                transposeA: false, transposeB: false, m: channels.count, n: columns, k: depth, alpha: 1,
                w[first * depth..<(first + channels.count) * depth], lda: depth, patches, ldb: columns, beta: 0,
                into: y[start..<start + (channels.count - 1) * area + columns], ldc: area)
            for channel in 0..<channels.count {
                let row = y[start + channel * area..<start + channel * area + columns]
                finish(row, channel: first + channel, bias, epilogue)
            }
        }
    }
}
