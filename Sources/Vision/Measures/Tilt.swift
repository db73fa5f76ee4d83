#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// How far a photo leans, from lines that ought to be level or plumb.
///
/// Directions of edges within 20 degrees of either are counted in half degrees. One of the two may lean by perspective
/// alone, so they tell only together: both with a clear peak, and the same lean.
struct Tilt {
    /// Degrees, clockwise positive; nil where lines do not tell.
    let degrees: Float?

    /// Edges weaker than this are noise.
    private static let leastEdge: Float = 0.05
    /// Stronger edges count no more than this.
    private static let mostEdge: Float = 0.3
    /// Directions counted to each side, in degrees, and how many a degree.
    private static let reach = 20
    private static let resolution = 2
    /// How much higher than evenly spread directions a peak must be; plumb lines, which perspective spares, must be
    /// clear.
    private static let leastPeak = (level: 1.5, plumb: 1.9)
    /// Strength of edges near the direction, a pixel of the photo.
    private static let leastStrength = 0.004
    /// How far the two peaks may lie apart, in degrees.
    private static let agreement: Float = 2.5

    init(_ photo: ReducedPhoto) {
        var level = [Double](repeating: 0, count: 2 * Self.reach * Self.resolution + 1)
        var plumb = level
        // Edges one pixel wide would show the pixel grid's directions rather than their own.
        let soft = Self.softened(Self.softened(photo.luma, photo.width, photo.height), photo.width, photo.height)
        let luma = soft.span
        let width = photo.width
        for row in 1..<max(1, photo.height - 1) {
            for column in 1..<max(1, width - 1) {
                let at = row * width + column
                let (above, below) = (at - width, at + width)
                let right = luma[above + 1] + 2 * luma[at + 1] + luma[below + 1]
                let left = luma[above - 1] + 2 * luma[at - 1] + luma[below - 1]
                let upper = luma[above - 1] + 2 * luma[above] + luma[above + 1]
                let lower = luma[below - 1] + 2 * luma[below] + luma[below + 1]
                let (x, y) = ((right - left) / 4, (lower - upper) / 4)
                let strength = (x * x + y * y).squareRoot()
                guard strength > Self.leastEdge else { continue }
                // The line runs across the gradient; both are known up to half a turn.
                let lean = abs(y) >= abs(x) ? atan2(-x, y) : atan2(y, x)
                let line = Self.folded(lean * 180 / .pi)
                let bin = Int(((line + Float(Self.reach)) * Float(Self.resolution)).rounded())
                guard level.indices.contains(bin) else { continue }
                let weight = Double(min(strength, Self.mostEdge))
                if abs(y) >= abs(x) { level[bin] += weight } else { plumb[bin] += weight }
            }
        }
        let pixels = Double(photo.luma.count)
        guard let horizontal = Self.peak(level, pixels, Self.leastPeak.level),
            let vertical = Self.peak(plumb, pixels, Self.leastPeak.plumb),
            abs(horizontal.degrees - vertical.degrees) <= Self.agreement
        else {
            degrees = nil
            return
        }
        let (a, b) = (Float(horizontal.weight), Float(vertical.weight))
        degrees = (horizontal.degrees * a + vertical.degrees * b) / (a + b)
    }

    /// Each pixel's mean with its neighbours, nearer ones counting twice or four times; the rim as it was.
    private static func softened(_ luma: [Float], _ width: Int, _ height: Int) -> [Float] {
        var result = luma
        var target = result.mutableSpan
        let source = luma.span
        for row in 1..<max(1, height - 1) {
            for column in 1..<max(1, width - 1) {
                let at = row * width + column
                let (above, below) = (at - width, at + width)
                let corners = source[above - 1] + source[above + 1] + source[below - 1] + source[below + 1]
                let sides = source[above] + source[at - 1] + source[at + 1] + source[below]
                target[at] = (corners + 2 * sides + 4 * source[at]) / 16
            }
        }
        return result
    }

    /// An angle in degrees brought to -90...90.
    private static func folded(_ angle: Float) -> Float { angle > 90 ? angle - 180 : angle < -90 ? angle + 180 : angle }

    /// The clearest direction; nil where there is none.
    private static func peak(
        _ histogram: [Double], _ pixels: Double, _ leastPeak: Double
    ) -> (degrees: Float, weight: Double)? {
        let total = histogram.reduce(0, +)
        guard total / pixels >= leastStrength else { return nil }
        var best = 2
        func smoothed(_ bin: Int) -> Double { histogram[bin - 1] + histogram[bin] + histogram[bin + 1] }
        for bin in 3..<histogram.count - 2 where smoothed(bin) > smoothed(best) { best = bin }
        guard smoothed(best) / total * Double(histogram.count) / 3 >= leastPeak else { return nil }
        // Between bins: the centre of the peak's weight.
        let lean = (histogram[best + 1] - histogram[best - 1]) / smoothed(best)
        return ((Float(best) + Float(lean)) / Float(resolution) - Float(reach), smoothed(best))
    }
}
