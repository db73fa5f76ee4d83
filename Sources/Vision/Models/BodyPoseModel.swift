package import Images
package import ONNX
import Tensors

/// A model that places keypoints on one person: a top-down network that gives a heatmap a keypoint.
package protocol BodyPoseModel: VisionModel {
    /// The name of the output; its maps begin with those of ``BodyPart``, in its order.
    static var output: String { get }
    /// Number and size of the maps.
    static var maps: (count: Int, width: Int, height: Int) { get }
    /// Where in a cell of a map its keypoint lies, in cells: 0 for its corner, 0.5 for its middle.
    static var place: Float { get }
    /// The crop is the person's box this many times as large, then widened to the input's proportions.
    static var margin: Double { get }

    var network: any Network { get }
    /// The name of the network's one input.
    var input: String { get }
}

extension BodyPoseModel {
    package static var task: VisionTask { .bodyPose }
    package static var outputShapes: [String: [Int?]] { [output: [1, maps.count, maps.height, maps.width]] }

    /// The part of the photo that shows a person to the model.
    package static func part(for box: Box) -> Box {
        let proportion = Double(rule.width) / Double(rule.height)
        var (width, height) = (box.width * margin, box.height * margin)
        if width > height * proportion { height = width / proportion } else { width = height * proportion }
        return Box(x: box.centre.x - width / 2, y: box.centre.y - height / 2, width: width, height: height)
    }

    /// The keypoints of the person in `box`.
    package func read(_ photo: Image, person box: Box) throws(ModelError) -> [Keypoint] {
        let prepared = Self.rule.prepare(photo, part: Self.part(for: box))
        let heat = try Self.floats(
            Self.output, of: try network.run([input: prepared.tensor]),
            shape: [1, Self.maps.count, Self.maps.height, Self.maps.width])
        let size = Self.maps.width * Self.maps.height
        let step = Float(Self.rule.width) / Float(Self.maps.width)
        return BodyPart.allCases.map { part in
            let (x, y, score) = Self.peak(heat[part.rawValue * size..<(part.rawValue + 1) * size].array)
            let point = prepared.toPhoto((x + Self.place) * step, (y + Self.place) * step)
            return Keypoint(part: part, point: point, score: score)
        }
    }

    /// Where a heatmap is highest (the first of equal places), a quarter of a cell toward the higher neighbour.
    private static func peak(_ heat: [Float]) -> (x: Float, y: Float, score: Float) {
        let (width, height) = (maps.width, maps.height)
        var best = 0
        for index in heat.indices where heat[index] > heat[best] { best = index }
        let (column, row) = (best % width, best / width)
        func shift(_ before: Float, _ after: Float) -> Float { after > before ? 0.25 : after < before ? -0.25 : 0 }
        var (x, y) = (Float(column), Float(row))
        if column > 0, column < width - 1 { x += shift(heat[best - 1], heat[best + 1]) }
        if row > 0, row < height - 1 { y += shift(heat[best - width], heat[best + width]) }
        let score = heat[best]
        return (x, y, score.isFinite ? min(max(score, 0), 1) : 0)
    }
}
