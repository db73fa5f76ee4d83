extension Measures.Colour {
    /// Pixels darker or lighter than this say nothing about colour.
    private static let lit: ClosedRange<Float> = 0.12...0.97
    /// How far a pixel must lean to count for amber or blue, and for green.
    private static let warm: Float = 0.02
    private static let green: Float = 0.015

    init(_ photo: ReducedPhoto) {
        self.init()
        let count = photo.luma.count
        var (chromas, ambers, greens) = (0.0, 0.0, 0.0)
        var (warmCount, coolCount, greenCount, litCount) = (0, 0, 0, 0)
        var histogram = [Int](repeating: 0, count: 1001)
        let (luma, blue, red) = (photo.luma.span, photo.blue.span, photo.red.span)
        for index in 0..<count {
            let (cb, cr) = (blue[index], red[index])
            let chroma = min(1, 2 * (cb * cb + cr * cr).squareRoot())
            chromas += Double(chroma)
            histogram[Int(chroma * 1000)] += 1
            let amber = cr - cb
            let leaf = -cb - cr
            ambers += Double(amber)
            greens += Double(leaf)
            guard Self.lit.contains(luma[index]) else { continue }
            litCount += 1
            if amber > Self.warm { warmCount += 1 }
            if amber < -Self.warm { coolCount += 1 }
            if leaf > Self.green { greenCount += 1 }
        }
        saturation = Float(chromas / Double(count))
        warmth = Float(ambers / Double(count))
        greenness = Float(greens / Double(count))
        warmShare = Float(warmCount) / Float(max(1, litCount))
        coolShare = Float(coolCount) / Float(max(1, litCount))
        greenShare = Float(greenCount) / Float(max(1, litCount))
        litShare = Float(litCount) / Float(count)
        var left = count - Int(0.98 * Double(count))
        for level in histogram.indices.reversed() {
            left -= histogram[level]
            if left <= 0 {
                vividness = Float(level) / 1000
                break
            }
        }
    }
}
