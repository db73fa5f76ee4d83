extension Measures.Scenery {
    /// How far toward green a pixel of leaves leans, and how dark or light it may be.
    private static let leaf: Float = 0.035
    private static let leafLuma: ClosedRange<Float> = 0.06...0.85
    /// Leaves are not smooth: the step of luma to the next pixels, added, must be larger.
    private static let leafStep: Float = 0.02
    /// How far toward blue a pixel of sky leans, and its least luma.
    private static let skyBlue: Float = 0.03
    private static let skyLuma: Float = 0.45

    init(_ photo: ReducedPhoto) {
        self.init()
        let (width, height) = (photo.width, photo.height)
        let (luma, blue, red) = (photo.luma.span, photo.blue.span, photo.red.span)
        let band = max(1, height / 4)
        var leaves = 0
        var (skyAbove, skyBelow) = (0, 0)
        for row in 0..<height {
            for column in 0..<width {
                let at = row * width + column
                let (y, cb, cr) = (luma[at], blue[at], red[at])
                if -cb - cr > Self.leaf, cb < 0, Self.leafLuma.contains(y) {
                    let right = column + 1 < width ? abs(luma[at + 1] - y) : 0
                    let below = row + 1 < height ? abs(luma[at + width] - y) : 0
                    if right + below > Self.leafStep { leaves += 1 }
                }
                if cb > Self.skyBlue, cr < 0, y > Self.skyLuma {
                    if row < band { skyAbove += 1 }
                    if row >= height - band { skyBelow += 1 }
                }
            }
        }
        foliage = Float(leaves) / Float(width * height)
        self.skyAbove = Float(skyAbove) / Float(width * band)
        self.skyBelow = Float(skyBelow) / Float(width * band)
    }
}
