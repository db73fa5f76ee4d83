import Kernels

// Convolution and pooling. Planes are [channels, height, width] of one image.
extension Kernel {
    /// One image's patches as the columns of a matrix, so that a convolution becomes one matrix product.
    ///
    /// - Parameters:
    ///   - x: [channels, input height, input width]: the channels of one group.
    ///   - rows: of the output; all of them, or the part one thread works on.
    ///   - y: [channels * taps, rows.count * output width]; 0 outside the input.
    package static func im2col(
        _ x: Buffer<Float>, channels: Int, window: Window, rows: Range<Int>, into y: Buffer<Float>
    ) {
        precondition(channels >= 0 && x.count == checkedProduct(channels, window.inputCount), "x is not the planes")
        precondition(rows.lowerBound >= 0 && rows.upperBound <= window.output.y, "rows outside the output")
        let needed = checkedProduct(channels, window.taps, rows.count, window.output.x)
        precondition(y.count == needed, "y is not [channels * taps, rows * width]")
        y.requireWritable()
        var shape = window.raw
        unsafe table.pointee.im2col_f32(x.start, channels, &shape, rows.lowerBound, rows.count, y.start)
    }

    /// One channel's own kernel over its plane, as in a depthwise convolution.
    ///
    /// - Parameters:
    ///   - x: [input height, input width].
    ///   - weights: [kernel height, kernel width].
    ///   - rows: of the output.
    ///   - y: [rows.count, output width].
    package static func depthwise(
        _ x: Buffer<Float>, weights: Buffer<Float>, bias: Float, window: Window, rows: Range<Int>, into y: Buffer<Float>
    ) {
        precondition(x.count == window.inputCount && weights.count == window.taps, "x or weights of another shape")
        precondition(rows.lowerBound >= 0 && rows.upperBound <= window.output.y, "rows outside the output")
        precondition(y.count == checkedProduct(rows.count, window.output.x), "y is not the rows")
        y.requireWritable()
        var shape = window.raw
        unsafe table.pointee.depthwise_f32(
            x.start, weights.start, bias, &shape, rows.lowerBound, rows.count, y.start)
    }

    /// A convolution straight from its definition, for small shapes and as the reference of others.
    ///
    /// - Parameters:
    ///   - x: [inChannels, input height, input width]: the channels of one group.
    ///   - weights: [outChannels, inChannels, kernel height, kernel width].
    ///   - bias: [outChannels], or nil for none.
    ///   - y: [outChannels, output height, output width].
    package static func convolution(
        _ x: Buffer<Float>, inChannels: Int, weights: Buffer<Float>, bias: Buffer<Float>?, outChannels: Int,
        window: Window, into y: Buffer<Float>
    ) {
        precondition(inChannels >= 0 && outChannels >= 0, "a negative count")
        precondition(x.count == checkedProduct(inChannels, window.inputCount), "x is not the planes")
        precondition(weights.count == checkedProduct(outChannels, inChannels, window.taps), "weights of another shape")
        precondition(bias == nil || bias?.count == outChannels, "one bias a channel")
        precondition(y.count == checkedProduct(outChannels, window.outputCount), "y is not the planes")
        y.requireWritable()
        var shape = window.raw
        unsafe table.pointee.convolution_f32(
            x.start, inChannels, weights.start, bias?.start, outChannels, &shape, y.start)
    }

    /// The largest element under each window.
    ///
    /// - Parameters:
    ///   - x: [channels, input height, input width].
    ///   - y: [channels, output height, output width]; minus infinity where a window lies wholly in the padding.
    package static func maxPool(_ x: Buffer<Float>, channels: Int, window: Window, into y: Buffer<Float>) {
        checkPool(x, channels, window, y)
        var shape = window.raw
        unsafe table.pointee.max_pool_f32(x.start, channels, &shape, y.start)
    }

    /// The mean under each window; padding counts as zeros with `countPadding`, else not at all.
    package static func averagePool(
        _ x: Buffer<Float>, channels: Int, window: Window, countPadding: Bool, into y: Buffer<Float>
    ) {
        checkPool(x, channels, window, y)
        var shape = window.raw
        unsafe table.pointee.average_pool_f32(x.start, channels, &shape, countPadding, y.start)
    }

    private static func checkPool(_ x: Buffer<Float>, _ channels: Int, _ window: Window, _ y: Buffer<Float>) {
        precondition(channels >= 0 && x.count == checkedProduct(channels, window.inputCount), "x is not the planes")
        precondition(y.count == checkedProduct(channels, window.outputCount), "y is not the planes")
        y.requireWritable()
    }
}
