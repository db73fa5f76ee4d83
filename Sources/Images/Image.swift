/// Pixels of one photo: [height, width, 3] UInt8, red first, upright. Never empty.
package struct Image: Sendable, Hashable {
    package let width: Int
    package let height: Int
    /// [height, width, 3].
    package let pixels: [UInt8]

    /// - Parameters:
    ///   - width, height: at least 1.
    ///   - pixels: `width * height * 3` bytes.
    package init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0, "an image of \(width) x \(height)")
        precondition(pixels.count == width * height * 3, "\(pixels.count) bytes for \(width) x \(height)")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// An image of one colour.
    package init(width: Int, height: Int, colour: Colour) {
        precondition(width > 0 && height > 0, "an image of \(width) x \(height)")
        self.init(width: width, height: height, pixels: Image.bytes(pixels: width * height, colour: colour))
    }

    /// The pixel in column `x` and row `y`, both inside.
    package subscript(x: Int, y: Int) -> Colour {
        precondition(x >= 0 && x < width && y >= 0 && y < height, "\(x), \(y) outside \(width) x \(height)")
        let place = (y * width + x) * 3
        return Colour(red: pixels[place], green: pixels[place + 1], blue: pixels[place + 2])
    }

    /// `count` pixels of one colour, three bytes each.
    static func bytes(pixels count: Int, colour: Colour) -> [UInt8] {
        if colour.red == colour.green, colour.green == colour.blue {
            return [UInt8](repeating: colour.red, count: count * 3)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * 3)
        for _ in 0..<count { bytes += [colour.red, colour.green, colour.blue] }
        return bytes
    }
}

extension Image: CustomStringConvertible {
    /// The size alone: pixels of a photo belong in no log.
    package var description: String { "image of \(width) x \(height)" }
}
