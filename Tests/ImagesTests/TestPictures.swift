import Images
import TestSupport

/// Pictures made up for the tests.
enum TestPictures {
    /// Noise: every byte of its own.
    static func noise(_ width: Int, _ height: Int, seed: UInt64 = 1) -> Image {
        var random = TestRandom(seed: seed)
        let pixels = (0..<width * height * 3).map { _ in UInt8.random(in: 0...255, using: &random) }
        return Image(width: width, height: height, pixels: pixels)
    }

    /// Soft slopes, different in each direction and channel, so that JPEG loses little and a turned picture shows.
    static func slopes(_ width: Int, _ height: Int) -> Image {
        var pixels: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                let right = width == 1 ? 0 : 200 * x / (width - 1)
                let down = height == 1 ? 0 : 120 * y / (height - 1)
                pixels += [UInt8(20 + right), UInt8(200 - down), UInt8(60 + right / 2 + down / 2)]
            }
        }
        return Image(width: width, height: height, pixels: pixels)
    }

    /// The largest difference of two bytes in the same place.
    static func difference(_ a: Image, _ b: Image) -> Int {
        precondition(a.width == b.width && a.height == b.height, "pictures of different size")
        return zip(a.pixels, b.pixels).reduce(0) { max($0, abs(Int($1.0) - Int($1.1))) }
    }
}

/// Sizes at which loops tend to go wrong.
let awkwardSizes: [(width: Int, height: Int)] = [
    (1, 1), (1, 7), (7, 1), (17, 3), (3, 17), (8, 8), (16, 16), (33, 31), (65, 129),
]
