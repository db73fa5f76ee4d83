import Kernels

// To and from the blocked layout, and what differs by channel. A run of pixels is [pixels, 8] of one block.
extension Kernel {
    /// Up to eight planes of one size to a block; its lanes past them become 0.
    ///
    /// - Parameters:
    ///   - x: [channels, pixels].
    ///   - y: [pixels, 8].
    package static func planesToBlock(_ x: Buffer<Float>, channels: Int, into y: Buffer<Float>) {
        let pixels = checkBlock(y)
        precondition((1...BlockedLayout.channels).contains(channels), "\(channels) channels in a block")
        precondition(x.count == channels * pixels, "x is not the planes")
        y.requireWritable()
        unsafe table.pointee.planes_to_blocks_f32(x.start, channels, pixels, pixels, y.start)
    }

    /// The reverse, of the first `channels` lanes.
    package static func blockToPlanes(_ x: Buffer<Float>, channels: Int, into y: Buffer<Float>) {
        let pixels = checkBlock(x)
        precondition((1...BlockedLayout.channels).contains(channels), "\(channels) channels in a block")
        precondition(y.count == channels * pixels, "y is not the planes")
        y.requireWritable()
        unsafe table.pointee.blocks_to_planes_f32(x.start, channels, pixels, y.start, pixels)
    }

    /// Pixels of x to every `stride`-th of y; those between stay.
    package static func spreadPixels(_ x: Buffer<Float>, stride: Int, into y: Buffer<Float>) {
        let pixels = checkBlock(x)
        precondition(stride > 0, "a stride of \(stride)")
        precondition(
            pixels == 0 || y.count >= (checkedProduct(pixels - 1, stride) + 1) * BlockedLayout.channels,
            "y is too short")
        y.requireWritable()
        unsafe table.pointee.spread_pixels_f32(x.start, pixels, stride, y.start)
    }

    /// y = x * scale + offset, eight of each. In place where y is x.
    package static func scaleBlock(
        _ x: Buffer<Float>, by scale: Buffer<Float>, offset: Buffer<Float>, into y: Buffer<Float>
    ) {
        let pixels = checkBlock(x)
        precondition(y.count == x.count, "x and y differ in length")
        precondition(scale.count == BlockedLayout.channels && offset.count == BlockedLayout.channels, "one a lane")
        y.requireWritable()
        unsafe table.pointee.scale_offset_blocks_f32(x.start, scale.start, offset.start, y.start, pixels)
    }

    /// Negative elements times their channel's slope. In place where y is x.
    package static func leakyReluBlock(_ x: Buffer<Float>, slopes: Buffer<Float>, into y: Buffer<Float>) {
        let pixels = checkBlock(x)
        precondition(y.count == x.count, "x and y differ in length")
        precondition(slopes.count == BlockedLayout.channels, "one slope a lane")
        y.requireWritable()
        unsafe table.pointee.leaky_relu_blocks_f32(x.start, slopes.start, y.start, pixels)
    }

    /// Each lane's mean; NaN for no pixels.
    package static func blockMeans(_ x: Buffer<Float>, into means: Buffer<Float>) {
        let pixels = checkBlock(x)
        precondition(means.count == BlockedLayout.channels, "one mean a lane")
        means.requireWritable()
        unsafe table.pointee.mean_blocks_f32(x.start, pixels, means.start)
    }

    /// Each lane's mean squared deviation from its mean.
    package static func blockVariances(_ x: Buffer<Float>, means: Buffer<Float>, into variances: Buffer<Float>) {
        let pixels = checkBlock(x)
        precondition(
            means.count == BlockedLayout.channels && variances.count == BlockedLayout.channels, "one a lane")
        variances.requireWritable()
        unsafe table.pointee.variance_blocks_f32(x.start, means.start, pixels, variances.start)
    }

    /// As ``resizeLinear(_:rows:columns:into:)``, of one block's plane.
    package static func resizeLinearBlock(
        _ x: Buffer<Float>, rows: ResizeTaps, columns: ResizeTaps, into y: Buffer<Float>
    ) {
        let lanes = BlockedLayout.channels
        precondition(x.count == checkedProduct(rows.source, columns.source, lanes), "x is not the plane")
        precondition(y.count == checkedProduct(rows.targets, columns.targets, lanes), "y is not the plane")
        y.requireWritable()
        unsafe table.pointee.resize_linear_blocks_f32(
            x.start, columns.source, rows.neighbours.start, rows.fractions.start, rows.targets,
            columns.neighbours.start, columns.fractions.start, columns.targets, y.start)
    }

    /// As ``resizeNearest(_:width:rows:columns:into:)``, of one block's plane.
    package static func resizeNearestBlock(
        _ x: Buffer<Float>, width: Int, rows: [Int32], columns: [Int32], into y: Buffer<Float>
    ) {
        let lanes = BlockedLayout.channels
        precondition(width > 0 && x.count % (width * lanes) == 0, "x is not whole rows")
        let height = x.count / (width * lanes)
        precondition(rows.allSatisfy { $0 >= 0 && Int($0) < height }, "a row outside the plane")
        precondition(columns.allSatisfy { $0 >= 0 && Int($0) < width }, "a column outside the plane")
        precondition(y.count == checkedProduct(rows.count, columns.count, lanes), "y is not the plane")
        y.requireWritable()
        unsafe table.pointee.resize_nearest_blocks_f32(
            x.start, width, rows, rows.count, columns, columns.count, y.start)
    }

    /// Pixels of a run.
    private static func checkBlock(_ x: Buffer<Float>) -> Int {
        precondition(x.count % BlockedLayout.channels == 0, "not whole pixels")
        return x.count / BlockedLayout.channels
    }
}
