import Foundation
import Images
import TestSupport
import Vision

/// The natural logarithm, which decoding undoes.
func logarithm(_ value: Float) -> Float { Foundation.log(value) }

func cosine(_ degrees: Double) -> Double { Foundation.cos(degrees * .pi / 180) }
func sine(_ degrees: Double) -> Double { Foundation.sin(degrees * .pi / 180) }

/// Whether two numbers are as near as single precision lets decoding be.
func near(_ a: Double, _ b: Double, _ tolerance: Double = 0.01) -> Bool { abs(a - b) <= tolerance }

/// Whether two boxes have the same edges to a tolerance.
func near(_ a: Box, _ b: Box, _ tolerance: Double = 0.01) -> Bool {
    near(a.x, b.x, tolerance) && near(a.y, b.y, tolerance) && near(a.right, b.right, tolerance)
        && near(a.bottom, b.bottom, tolerance)
}

extension Image {
    /// A picture from a level (0...255) for each pixel.
    init(grey width: Int, _ height: Int, _ level: (_ x: Int, _ y: Int) -> Double) {
        self.init(width: width, height: height) { x, y in
            let value = level(x, y)
            return (value, value, value)
        }
    }

    /// A picture from a colour (0...255 a channel) for each pixel.
    init(width: Int, height: Int, _ colour: (_ x: Int, _ y: Int) -> (Double, Double, Double)) {
        var pixels: [UInt8] = []
        pixels.reserveCapacity(width * height * 3)
        for y in 0..<height {
            for x in 0..<width {
                let (r, g, b) = colour(x, y)
                for value in [r, g, b] { pixels.append(UInt8(min(max(value.rounded(), 0), 255))) }
            }
        }
        self.init(width: width, height: height, pixels: pixels)
    }

    /// The file's picture.
    static func shared(_ photo: String) throws -> DecodedImage {
        try Image.decode([UInt8](Data(contentsOf: URL(filePath: Shared.file("photos/" + photo)))))
    }
}

/// A frontal face of this box and score.
func face(_ x: Double, _ y: Double, _ width: Double, _ height: Double, score: Float = 0.9) -> Face {
    func point(_ across: Double, _ down: Double) -> Vision.Point {
        Point(x: x + across * width, y: y + down * height)
    }
    return Face(
        box: Box(x: x, y: y, width: width, height: height), score: score,
        points: FacePoints(
            rightEye: point(0.3, 0.4), leftEye: point(0.7, 0.4), nose: point(0.5, 0.6),
            rightMouthCorner: point(0.35, 0.75), leftMouthCorner: point(0.65, 0.75)))
}

func body(_ x: Double, _ y: Double, _ width: Double, _ height: Double, score: Float = 0.9) -> Body {
    Body(box: Box(x: x, y: y, width: width, height: height), score: score)
}
