import Kernels

/// The blocked layout of images: [channels / 8, height, width, 8] in place of [channels, height, width] (NCHWc in oneDNN
/// and ONNX Runtime), so that eight channels of a pixel are one vector.
///
/// Lanes of the last block past the channels may hold anything.
package enum BlockedLayout {
    /// Channels of a block.
    package static let channels = Int(kernels_block_channels)

    /// Filters that ``Kernel/narrowProduct(_:_:weights:bias:residual:filters:into:range:)`` has at most.
    package static let narrowFilters = Int(kernels_narrow_filters)

    /// Blocks that `channels` take.
    package static func blocks(of channels: Int) -> Int { (channels + self.channels - 1) / self.channels }

    /// Eight numbers a block from one a channel, or from none; 0 past them.
    package static func perBlock(_ values: Buffer<Float>?, channels: Int) -> Buffer<Float> {
        let padded = Buffer<Float>(count: blocks(of: channels) * self.channels)
        if let values { padded[0..<channels].copy(from: values) }
        return padded
    }
}

/// What a convolution is in the blocked layout: for each output pixel a sum over taps and input channels. Strides are in
/// floats.
package struct BlockedProduct: Sendable {
    /// Of the input.
    package var channels: Int
    /// Channels that lie side by side in the input: 8, or 1 for planes.
    package var lanes = BlockedLayout.channels
    /// From one block (or plane) of the input to the next.
    package var blockStride: Int
    package var taps = Window.Pair(1, 1)
    package var tapStride = Window.Pair(0, 0)
    /// Outputs of a row.
    package var width: Int
    /// From an output's input to that of the output below, and to its right.
    package var rowStride = 0
    package var columnStride = BlockedLayout.channels
    /// From one block of the output to the next.
    package var targetStride: Int
    /// What results are cut to.
    package var bounds: ClosedRange<Float> = -.infinity ... .infinity

    package init(channels: Int, blockStride: Int, width: Int, targetStride: Int) {
        self.channels = channels
        self.blockStride = blockStride
        self.width = width
        self.targetStride = targetStride
    }

    /// Floats of the weights of `outputs` blocks.
    package func weights(outputs: Int) -> Int {
        checkedProduct(outputs, channels, taps.y, taps.x, BlockedLayout.channels)
    }

    /// One past the last float of x that outputs up to `last` read.
    func reach(last: Int) -> Int {
        let blocks = (channels + lanes - 1) / lanes
        let column = last < width ? last : width - 1
        return checkedProduct(blocks - 1, blockStride) + checkedProduct(taps.y - 1, tapStride.y)
            + checkedProduct(taps.x - 1, tapStride.x) + checkedProduct(last / width, rowStride)
            + checkedProduct(column, columnStride) + (blocks > 1 ? lanes : channels)
    }

    var raw: kernels_blocked_product {
        kernels_blocked_product(
            blocks: (channels + lanes - 1) / lanes, lanes: lanes, last_lanes: (channels - 1) % lanes + 1,
            block_stride: blockStride, taps_y: taps.y, taps_x: taps.x, tap_stride_y: tapStride.y,
            tap_stride_x: tapStride.x, width: width, row_stride: rowStride, column_stride: columnStride,
            target_stride: targetStride, low: bounds.lowerBound, high: bounds.upperBound)
    }
}

// Kernels of the blocked layout. A plane is that of one block, [height, width, 8].
extension Kernel {
    /// Output pixels `range`, counted row by row, of some blocks of output channels.
    ///
    /// Each output is the same to the bit however pixels and blocks are cut (at an even block).
    /// - Parameters:
    ///   - x: from the first tap of output 0 on.
    ///   - weights: as ``packProductWeights(_:filters:channels:taps:lanes:into:)`` lays them.
    ///   - bias: eight a block.
    ///   - residual: added first; laid out as y.
    ///   - slopes: what results below zero are multiplied with, before all are cut to the bounds; eight a block; nil if they stay.
    ///   - y: from output `range.lowerBound` of the first block on.
    package static func blockedProduct(
        _ product: BlockedProduct, _ x: Buffer<Float>, weights: Buffer<Float>, bias: Buffer<Float>,
        residual: Buffer<Float>? = nil, slopes: Buffer<Float>? = nil, outputs: Int, into y: Buffer<Float>,
        range: Range<Int>
    ) {
        let lanes = BlockedLayout.channels
        precondition(outputs > 0, "nothing to compute")
        checkProduct(product, x, range)
        precondition(weights.count == product.weights(outputs: outputs), "weights of another shape")
        precondition(bias.count == outputs * lanes, "one bias a lane")
        precondition(slopes.map { $0.count == outputs * lanes } ?? true, "one slope a lane")
        guard !range.isEmpty else { return }
        precondition(outputs == 1 || product.targetStride >= range.count * lanes, "blocks of y overlap")
        let needed = checkedProduct(outputs - 1, product.targetStride) + range.count * lanes
        precondition(y.count >= needed && residual.map { $0.count >= needed } ?? true, "y is too short")
        y.requireWritable()
        var shape = product.raw
        unsafe table.pointee.blocked_product_f32(
            &shape, x.start, weights.start, bias.start, residual?.start, slopes?.start, outputs, y.start,
            range.lowerBound, range.count)
    }

    /// As ``blockedProduct(_:_:weights:bias:residual:slopes:outputs:into:range:)`` of one block that has few filters, without
    /// slopes, and quicker, since its vectors are input channels.
    ///
    /// - Parameters:
    ///   - product: of pixels side by side, blocks of eight channels each.
    ///   - weights: [input block, tap, filter, 8], 0 past the channels.
    ///   - filters: 1 to ``BlockedLayout/narrowFilters``; lanes past them may become anything.
    package static func narrowProduct(
        _ product: BlockedProduct, _ x: Buffer<Float>, weights: Buffer<Float>, bias: Buffer<Float>,
        residual: Buffer<Float>? = nil, filters: Int, into y: Buffer<Float>, range: Range<Int>
    ) {
        let lanes = BlockedLayout.channels
        precondition(filters > 0 && filters <= BlockedLayout.narrowFilters, "\(filters) filters")
        precondition(product.lanes == lanes && product.columnStride == lanes, "pixels that do not lie side by side")
        checkProduct(product, x, range)
        let blocks = BlockedLayout.blocks(of: product.channels)
        precondition(
            weights.count == checkedProduct(blocks, product.taps.y, product.taps.x, filters, lanes),
            "weights of another shape")
        precondition(bias.count == lanes, "one bias a lane")
        guard !range.isEmpty else { return }
        let needed = checkedProduct(range.count, lanes)
        precondition(y.count >= needed && residual.map { $0.count >= needed } ?? true, "y is too short")
        y.requireWritable()
        var shape = product.raw
        unsafe table.pointee.narrow_product_f32(
            &shape, x.start, weights.start, bias.start, residual?.start, filters, y.start, range.lowerBound, range.count
        )
    }

    /// Stops the process where a product's shape makes no sense, or pixels of `range` lie outside `x`.
    private static func checkProduct(_ product: BlockedProduct, _ x: Buffer<Float>, _ range: Range<Int>) {
        precondition(product.channels > 0 && product.width > 0, "nothing to compute")
        precondition(product.lanes == 1 || product.lanes == BlockedLayout.channels, "\(product.lanes) lanes")
        precondition(range.lowerBound >= 0, "a negative pixel")
        precondition(
            product.blockStride >= 0 && product.rowStride >= 0 && product.columnStride >= 0
                && product.tapStride.y >= 0 && product.tapStride.x >= 0 && product.taps.y > 0 && product.taps.x > 0,
            "a stride that walks back")
        precondition(range.isEmpty || product.reach(last: range.upperBound - 1) <= x.count, "x is too short")
    }

    /// Weights [filters, channels, taps] as ``blockedProduct(_:_:weights:bias:residual:slopes:outputs:into:range:)`` reads
    /// them: [pair of blocks of filters, block of 8 channels, tap, channel, 16], 8 in place of 16 for a last block alone; zeros
    /// past the filters.
    package static func packProductWeights(
        _ weights: Buffer<Float>, filters: Int, channels: Int, taps: Int, lanes: Int = BlockedLayout.channels,
        into y: Buffer<Float>
    ) {
        let outputs = BlockedLayout.blocks(of: filters)
        precondition(weights.count == checkedProduct(filters, channels, taps), "weights of another shape")
        precondition(
            y.count == checkedProduct(outputs, BlockedLayout.channels, channels, taps), "y is of another size")
        precondition(lanes > 0 && taps > 0, "nothing to pack")
        y.requireWritable()
        unsafe table.pointee.product_weights_f32(weights.start, filters, channels, taps, lanes, y.start)
    }

    /// Rows `rows` of a plane with the window's padding around it, zeros, [rows.count, padded width, lanes].
    package static func padRows(
        _ x: Buffer<Float>, window: Window, lanes: Int, rows: Range<Int>, into y: Buffer<Float>
    ) {
        precondition(x.count == checkedProduct(window.inputCount, lanes), "x is not the plane")
        let width = window.input.x + window.padding.left + window.padding.right
        precondition(rows.lowerBound >= 0 && y.count == checkedProduct(rows.count, width, lanes), "y is not the rows")
        y.requireWritable()
        var shape = window.raw
        unsafe table.pointee.pad_rows_f32(x.start, &shape, lanes, rows.lowerBound, rows.count, y.start)
    }

    /// Depthwise convolution of one plane.
    ///
    /// - Parameters:
    ///   - weights: [taps, 8].
    ///   - residual: of the output's shape, added before results are cut to the bounds.
    ///   - slopes: what results below zero are multiplied with then, eight; nil if they stay.
    ///   - rows: of the output; y is the whole plane, of which these are written.
    package static func blockedDepthwise(
        _ x: Buffer<Float>, weights: Buffer<Float>, bias: Buffer<Float>, residual: Buffer<Float>? = nil,
        slopes: Buffer<Float>? = nil, window: Window, rows: Range<Int>, bounds: ClosedRange<Float>,
        into y: Buffer<Float>
    ) {
        checkPlane(x, window, rows, y)
        precondition(weights.count == window.taps * BlockedLayout.channels, "weights of another shape")
        precondition(bias.count == BlockedLayout.channels, "one bias a lane")
        precondition(slopes.map { $0.count == BlockedLayout.channels } ?? true, "one slope a lane")
        precondition(residual == nil || residual?.count == y.count, "the residual is not the plane")
        var shape = window.raw
        unsafe table.pointee.blocked_depthwise_f32(
            x.start, weights.start, bias.start, residual?.start, slopes?.start, &shape, rows.lowerBound, rows.count,
            bounds.lowerBound, bounds.upperBound, y.start)
    }

    /// As ``maxPool(_:channels:window:into:)``, some rows of one plane, of which y is the whole.
    package static func blockedMaxPool(_ x: Buffer<Float>, window: Window, rows: Range<Int>, into y: Buffer<Float>) {
        checkPlane(x, window, rows, y)
        var shape = window.raw
        unsafe table.pointee.blocked_max_pool_f32(x.start, &shape, rows.lowerBound, rows.count, y.start)
    }

    /// As ``averagePool(_:channels:window:countPadding:into:)``, some rows of one plane, of which y is the whole.
    package static func blockedAveragePool(
        _ x: Buffer<Float>, window: Window, countPadding: Bool, rows: Range<Int>, into y: Buffer<Float>
    ) {
        checkPlane(x, window, rows, y)
        var shape = window.raw
        unsafe table.pointee.blocked_average_pool_f32(
            x.start, &shape, countPadding, rows.lowerBound, rows.count, y.start)
    }

    private static func checkPlane(_ x: Buffer<Float>, _ window: Window, _ rows: Range<Int>, _ y: Buffer<Float>) {
        precondition(x.count == checkedProduct(window.inputCount, BlockedLayout.channels), "x is not the plane")
        precondition(y.count == checkedProduct(window.outputCount, BlockedLayout.channels), "y is not the plane")
        precondition(rows.lowerBound >= 0 && rows.upperBound <= window.output.y, "rows outside the output")
        y.requireWritable()
    }
}
