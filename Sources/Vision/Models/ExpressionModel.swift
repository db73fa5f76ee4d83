package import Images
package import ONNX
import Tensors

/// A model that says which expression a grey crop of a face shows.
package protocol ExpressionModel: VisionModel {
    /// The classes in the model's order, as the vocabulary spells them.
    static var classes: [String] { get }
    /// The crop that reads best: the side of a square in means of the face box's sides, and how many of them its centre
    /// lies higher than the box's.
    static var crop: (size: Double, rise: Double) { get }

    var network: any Network { get }
    /// The name of the network's one input; its output is `probs`, [1, classes].
    var input: String { get }
}

extension ExpressionModel {
    package static var task: VisionTask { .expression }
    package static var outputShapes: [String: [Int?]] { ["probs": [1, classes.count]] }

    /// The part of the photo that shows a face to the model.
    package static func part(for box: Box) -> Box { square(around: box, size: crop.size, rise: crop.rise) }

    /// Reads the expression of the face in `box`.
    package func read(_ photo: Image, face box: Box) throws(ModelError) -> FaceExpression {
        let tensor = Self.rule.prepare(photo, part: Self.part(for: box)).tensor
        let means = try probabilities(of: tensor, count: Self.classes.count, by: network, input: input)
        return FaceExpression(scores: zip(Self.classes, means).map { .init(label: $0, score: $1) })
    }
}
