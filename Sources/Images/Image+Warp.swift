extension Image {
    /// The picture turned, scaled and moved onto a new canvas, read between pixels bilinearly.
    ///
    /// Whole numbers are centres of pixels, as in OpenCV's `warpAffine`, whose conventions aligned-face models expect. No
    /// smoothing: shrinking to less than half will alias.
    ///
    /// - Parameters:
    ///   - transform: from places in this picture to places in the result.
    ///   - width, height: of the result, at least 1.
    ///   - padding: what surrounds this picture.
    package func warped(
        by transform: Similarity, width newWidth: Int, height newHeight: Int, padding: Colour = .black
    ) -> Image {
        precondition(newWidth > 0 && newHeight > 0, "a canvas of \(newWidth) x \(newHeight)")
        var target = Image.bytes(pixels: newWidth * newHeight, colour: padding)
        guard let back = transform.inverse else { return Image(width: newWidth, height: newHeight, pixels: target) }
        let border = [padding.red, padding.green, padding.blue].map(Int.init)
        let source = pixels.span
        var output = target.mutableSpan
        for row in 0..<newHeight {
            for column in 0..<newWidth {
                let place = back.apply(Point(x: Double(column), y: Double(row)))
                // Also false for places that are not numbers.
                guard place.x > -1, place.x < Double(width), place.y > -1, place.y < Double(height) else { continue }
                let sample = BilinearSample(place)
                let to = (row * newWidth + column) * 3
                for channel in 0..<3 {
                    output[to + channel] = sample.value(
                        source, width: width, height: height, channel: channel, border: border[channel])
                }
            }
        }
        return Image(width: newWidth, height: newHeight, pixels: target)
    }
}

/// The four pixels around a place and their shares, in integers so that every machine gives the same bytes.
private struct BilinearSample {
    /// Shares have this many bits: 255 times two of them still fits 32.
    private static let bits = 11
    private let x: Int
    private let y: Int
    private let right: Int
    private let below: Int

    /// - Parameter place: finite, and not far outside the picture.
    init(_ place: Point) {
        let one = Double(1 << Self.bits)
        let floorX = place.x.rounded(.down)
        let floorY = place.y.rounded(.down)
        x = Int(floorX)
        y = Int(floorY)
        right = Int(((place.x - floorX) * one).rounded())
        below = Int(((place.y - floorY) * one).rounded())
    }

    func value(_ pixels: Span<UInt8>, width: Int, height: Int, channel: Int, border: Int) -> UInt8 {
        func pixel(_ x: Int, _ y: Int) -> Int {
            x >= 0 && x < width && y >= 0 && y < height ? Int(pixels[(y * width + x) * 3 + channel]) : border
        }
        let one = 1 << Self.bits
        let upper = pixel(x, y) * (one - right) + pixel(x + 1, y) * right
        let lower = pixel(x, y + 1) * (one - right) + pixel(x + 1, y + 1) * right
        let sum = upper * (one - below) + lower * below
        return UInt8((sum + 1 << (2 * Self.bits - 1)) >> (2 * Self.bits))
    }
}
