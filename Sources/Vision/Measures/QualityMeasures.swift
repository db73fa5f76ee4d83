import Images

extension Measures.Quality {
    /// Faces of fewer pixels in height tell nothing about sharpness.
    private static let leastFace = 48.0
    /// The side a face is reduced to before its edges are read.
    private static let faceSide = 128

    /// - Parameters:
    ///   - edges: of the reduced photo.
    ///   - face: the box of the largest face.
    init(_ photo: Image, edges: EdgeSharpness, face: Box?) {
        self.init()
        if let crispest = edges.crispest {
            (sharpness, sharpnessAcross, sharpnessDown) = (crispest.both, crispest.across, crispest.down)
        }
        let parts = Self.noise(of: photo)
        if !parts.isEmpty { (noise, grain) = (parts[parts.count / 5], parts[parts.count / 2]) }
        megapixels = Float(Double(photo.width) * Double(photo.height) / 1e6)
        guard let face = face?.clipped(width: photo.width, height: photo.height), face.height >= Self.leastFace,
            face.width >= 1
        else { return }
        let crop = photo.cropped(left: Int(face.x), top: Int(face.y), width: Int(face.width), height: Int(face.height))
        let reduced = ReducedPhoto(crop, side: Self.faceSide)
        let whole = [Bool](repeating: true, count: reduced.width * reduced.height)
        faceSharpness = EdgeSharpness(reduced).summary(of: whole, true).sharpness
    }

    /// Noise in small parts of the photo at full size, in levels of 255, smallest first.
    ///
    /// A mask that no plane or edge answers to gives the noise (Immerkaer, 1996, "Fast noise variance estimation").
    /// Parts that are nearly black or white, where noise is cut off, are left out.
    private static func noise(of photo: Image) -> [Float] {
        let (grid, side) = (24, 16)
        var found: [Float] = []
        let pixels = photo.pixels.span
        var luma = [Float](repeating: 0, count: side * side)
        for row in 0..<grid {
            for column in 0..<grid {
                let left = Int((Double(column) + 0.5) * Double(photo.width) / Double(grid)) - side / 2
                let top = Int((Double(row) + 0.5) * Double(photo.height) / Double(grid)) - side / 2
                guard left >= 0, top >= 0, left + side <= photo.width, top + side <= photo.height else { continue }
                var sum: Float = 0
                for y in 0..<side {
                    for x in 0..<side {
                        let at = ((top + y) * photo.width + left + x) * 3
                        let value =
                            0.299 * Float(pixels[at]) + 0.587 * Float(pixels[at + 1]) + 0.114 * Float(pixels[at + 2])
                        luma[y * side + x] = value
                        sum += value
                    }
                }
                let mean = sum / Float(side * side)
                if mean >= 8, mean <= 247 { found.append(deviation(luma, side)) }
            }
        }
        return found.sorted()
    }

    private static func deviation(_ luma: [Float], _ side: Int) -> Float {
        var sum: Float = 0
        for y in 1..<side - 1 {
            for x in 1..<side - 1 {
                let at = y * side + x
                let corners = luma[at - side - 1] + luma[at - side + 1] + luma[at + side - 1] + luma[at + side + 1]
                let sides = luma[at - side] + luma[at - 1] + luma[at + 1] + luma[at + side]
                sum += abs(corners - 2 * sides + 4 * luma[at])
            }
        }
        let count = Float((side - 2) * (side - 2))
        return (Float.pi / 2).squareRoot() * sum / (6 * count)
    }
}
