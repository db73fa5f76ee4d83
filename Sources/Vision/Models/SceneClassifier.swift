package import Images
package import ONNX
import Tensors

/// Says in what kind of place a photo was taken: the embedded network, Fisher vectors of gradients and
/// colours (Sánchez, Perronnin, Mensink and Verbeek, 2013) under a linear layer, fitted to public sets of scenes.
package struct SceneClassifier: VisionModel {
    package static let task = VisionTask.scene
    package static let names = ["heckle_scene"]
    /// The whole photo as a square; levels to -1...1.
    package static let rule = InputRule(
        width: 160, height: 160, fit: .stretch, channels: .rgb, mean: [127.5, 127.5, 127.5],
        scale: [1 / 127.5, 1 / 127.5, 1 / 127.5])
    package static let outputShapes: [String: [Int?]] = ["probs": [1, classes.count]]

    /// Every value that a class is, in the order of the classes.
    package static let values = classes.flatMap(\.values).reduce(into: [String]()) { values, value in
        if !values.contains(value) { values.append(value) }
    }

    package let name: String
    private let network: any Network
    private let input: String

    package init(name: String, network: any Network) throws(ModelError) {
        self.name = name
        self.network = network
        input = try Self.checkedInput(of: network, name)
    }

    /// Where a photo was taken.
    package func read(_ photo: Image) throws(ModelError) -> SceneGuess {
        let tensor = Self.rule.prepare(photo).tensor
        let scores = try Self.floats("probs", of: try network.run([input: tensor]), shape: [1, Self.classes.count])
            .array
        guard scores.allSatisfy(\.isFinite) else { throw ModelError("\(name) gave scores that are not numbers") }
        let bounded = scores.map { min(max($0, 0), 1) }
        let values = Self.values.map { value in
            let sum = zip(Self.classes, bounded).reduce(Float(0)) { $1.0.values.contains(value) ? $0 + $1.1 : $0 }
            return ClassScore(label: value, score: min(sum, 1))
        }
        return SceneGuess(scores: zip(Self.classes, bounded).map { .init(label: $0.label, score: $1) }, values: values)
    }
}
