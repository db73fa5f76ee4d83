import Images
import TestSupport

/// Photos made for a test.
enum SyntheticPhoto {
    /// A dim, blue, noisy gradient: several measures have something to say of it.
    static func gradient(width: Int = 320, height: Int = 240, seed: UInt64 = 1) throws -> [UInt8] {
        var random = TestRandom(seed: seed)
        var pixels: [UInt8] = []
        pixels.reserveCapacity(width * height * 3)
        for y in 0..<height {
            for x in 0..<width {
                let light = (x + y) * 60 / (width + height)
                let noise = Int.random(in: 0...6, using: &random)
                pixels.append(UInt8(light / 3 + noise))
                pixels.append(UInt8(light / 2 + noise))
                pixels.append(UInt8(light + noise))
            }
        }
        return try Image(width: width, height: height, pixels: pixels).jpeg(quality: 95)
    }
}
