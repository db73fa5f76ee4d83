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

    /// Reads the expression of the face in `box`: the mean over the face and its mirror image, which ought to be alike.
    package func read(_ photo: Image, face box: Box) throws(ModelError) -> FaceExpression {
        let tensor = Self.rule.prepare(photo, part: Self.part(for: box)).tensor
        var means = [Float](repeating: 0, count: Self.classes.count)
        for view in [tensor, Self.mirrored(tensor)] {
            let scores = try Self.floats("probs", of: try network.run([input: view]), shape: [1, means.count])
            for index in means.indices { means[index] += scores[index] / 2 }
        }
        guard means.allSatisfy(\.isFinite) else { throw ModelError("\(name) gave scores that are not numbers") }
        return FaceExpression(
            scores: zip(Self.classes, means).map { .init(label: $0, score: min(max($1, 0), 1)) })
    }
}
