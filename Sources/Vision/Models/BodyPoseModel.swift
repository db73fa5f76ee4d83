package import Images
package import ONNX
import Tensors

/// A model that places the 17 keypoints of COCO on one person by a heatmap each.
package protocol BodyPoseModel: VisionModel {
    /// The name of the output with the heatmaps, [1, maps, height, width], those of ``BodyPart`` first.
    static var heatmaps: String { get }
    /// Maps in the output: at least 17.
    static var maps: Int { get }
    /// How many input pixels a cell of a map is wide and high.
    static var step: Int { get }
    /// The crop is the person's box this many times as large, then widened to the input's proportions.
    static var margin: Double { get }

    var network: any Network { get }
    /// The name of the network's one input.
    var input: String { get }
}

extension BodyPoseModel {
    package static var task: VisionTask { .bodyPose }
    package static var outputShapes: [String: [Int?]] { [heatmaps: mapsShape] }

    private static var mapsShape: [Int] { [1, maps, rule.height / step, rule.width / step] }

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
            Self.heatmaps, of: try network.run([input: prepared.tensor]), shape: Self.mapsShape)
        let columns = Self.rule.width / Self.step
        let size = columns * (Self.rule.height / Self.step)
        return BodyPart.allCases.map { part in
            let map = heat[part.rawValue * size..<(part.rawValue + 1) * size].array
            let (x, y, score) = Self.peak(map, columns: columns)
            return Keypoint(
                part: part, point: prepared.toPhoto(x * Float(Self.step), y * Float(Self.step)), score: score)
        }
    }

    /// Where a heatmap is highest (the first of equal places), a quarter of a cell toward the higher neighbour.
    private static func peak(_ heat: [Float], columns: Int) -> (x: Float, y: Float, score: Float) {
        var best = 0
        for index in heat.indices where heat[index] > heat[best] { best = index }
        let (column, row) = (best % columns, best / columns)
        func shift(_ before: Float, _ after: Float) -> Float { after > before ? 0.25 : after < before ? -0.25 : 0 }
        var (x, y) = (Float(column), Float(row))
        if column > 0, column < columns - 1 { x += shift(heat[best - 1], heat[best + 1]) }
        if row > 0, row < heat.count / columns - 1 { y += shift(heat[best - columns], heat[best + columns]) }
        let score = heat[best]
        return (x, y, score.isFinite ? min(max(score, 0), 1) : 0)
    }
}
