package import Images
package import ONNX
import Tensors

/// Places the 17 keypoints of COCO on one person: Ultralight-SimplePose, a top-down heatmap network.
package struct BodyPoseEstimator: VisionModel {
    package static let task = VisionTask.bodyPose
    package static let names = ["ultralight_simplepose"]
    /// ImageNet's mean and deviation.
    package static let rule = InputRule(
        width: 192, height: 256, fit: .stretch, channels: .rgb, mean: [123.675, 116.28, 103.53],
        scale: [1 / 58.395, 1 / 57.12, 1 / 57.375])
    package static let outputShapes: [String: [Int?]] = [
        output: [1, BodyPart.allCases.count, map.height, map.width]
    ]

    private static let output = "hybridsequential0_conv7_fwd"
    /// Size of a part's heatmap: a quarter of the input's.
    private static let map = (width: 48, height: 64)
    /// The crop is the person's box this many times as large, then widened to the input's proportions.
    private static let margin = 1.1

    package let name: String
    private let network: any Network
    private let input: String

    package init(name: String, network: any Network) throws(ModelError) {
        self.name = name
        self.network = network
        input = try Self.checkedInput(of: network, name)
    }

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
        let maps = try Self.floats(
            Self.output, of: try network.run([input: prepared.tensor]),
            shape: [1, BodyPart.allCases.count, Self.map.height, Self.map.width])
        let size = Self.map.width * Self.map.height
        return BodyPart.allCases.map { part in
            let (x, y, score) = Self.peak(maps[part.rawValue * size..<(part.rawValue + 1) * size].array)
            let step = Float(Self.rule.width / Self.map.width)
            return Keypoint(part: part, point: prepared.toPhoto(x * step, y * step), score: score)
        }
    }

    /// Where a heatmap is highest (the first of equal places), a quarter of a cell toward the higher neighbour.
    static func peak(_ heat: [Float]) -> (x: Float, y: Float, score: Float) {
        var best = 0
        for index in heat.indices where heat[index] > heat[best] { best = index }
        let (column, row) = (best % map.width, best / map.width)
        func shift(_ before: Float, _ after: Float) -> Float { after > before ? 0.25 : after < before ? -0.25 : 0 }
        var (x, y) = (Float(column), Float(row))
        if column > 0, column < map.width - 1 { x += shift(heat[best - 1], heat[best + 1]) }
        if row > 0, row < map.height - 1 { y += shift(heat[best - map.width], heat[best + map.width]) }
        let score = heat[best]
        return (x, y, score.isFinite ? min(max(score, 0), 1) : 0)
    }
}
