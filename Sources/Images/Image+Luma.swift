extension Image {
    /// Brightness of each pixel, [height, width]: ITU-R 601 weights in 16-bit fixed point, as Pillow's mode "L".
    package func luma() -> [UInt8] {
        let count = width * height
        var target = [UInt8](repeating: 0, count: count)
        let source = pixels.span
        var output = target.mutableSpan
        for index in 0..<count {
            let red = UInt32(source[3 * index]) &* 19_595
            let green = UInt32(source[3 * index + 1]) &* 38_470
            let blue = UInt32(source[3 * index + 2]) &* 7471
            output[index] = UInt8(truncatingIfNeeded: (red &+ green &+ blue &+ 0x8000) >> 16)
        }
        return target
    }
}
