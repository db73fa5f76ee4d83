package import Images
package import ONNX
import Tensors

/// Says which expression a face shows: mini-XCEPTION (Arriaga, Valdenegro-Toro and Plöger, 2017), trained on FER-2013.
package struct ExpressionReader: VisionModel {
    package static let task = VisionTask.expression
    package static let names = ["fer2013_mini_xception"]
    /// Grey levels to -1...1.
    package static let rule = InputRule(
        width: 64, height: 64, fit: .stretch, channels: .grey, mean: [127.5], scale: [1 / 127.5], layout: .nhwc)
    package static let outputShapes: [String: [Int?]] = ["probs": [1, classes.count]]

    /// The classes of FER-2013 in the model's order, as the vocabulary spells them.
    package static let classes = ["angry", "disgusted", "fearful", "happy", "sad", "surprised", "neutral"]

    /// The crop that reads best: a square of 1.2 times the mean of the face box's sides, a fortieth of them higher.
    private static let crop = (size: 1.2, rise: 0.025)

    package let name: String
    private let network: any Network
    private let input: String

    package init(name: String, network: any Network) throws(ModelError) {
        self.name = name
        self.network = network
        input = try Self.checkedInput(of: network, name)
    }

    /// The part of the photo that shows a face to the model.
    package static func part(for box: Box) -> Box {
        let side = (box.width + box.height) / 2
        let size = side * crop.size
        return Box(
            x: box.centre.x - size / 2, y: box.centre.y - crop.rise * side - size / 2, width: size, height: size)
    }

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

    /// An input turned left to right.
    private static func mirrored(_ tensor: Tensor) -> Tensor {
        let values = tensor.floats.array
        let rows = stride(from: 0, to: values.count, by: rule.width)
        return Tensor(rows.flatMap { values[$0..<$0 + rule.width].reversed() }, shape: tensor.shape)
    }
}
