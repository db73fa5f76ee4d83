package import Images
package import ONNX
import Tensors

/// Says whether a face smiles, has its mouth open or its eyes closed, and wears glasses or a hat: the embedded network, a
/// small residual one over 64 x 64 pixels of the head.
package struct FaceAttributesReader: VisionModel {
    package static let task = VisionTask.faceAttributes
    package static let names = ["heckle_attributes"]
    /// RGB levels to -1...1.
    package static let rule = InputRule(
        width: 64, height: 64, fit: .stretch, channels: .rgb, mean: [127.5, 127.5, 127.5],
        scale: [1 / 127.5, 1 / 127.5, 1 / 127.5])
    package static let outputShapes: [String: [Int?]] = ["probs": [1, 5]]

    package let name: String
    private let network: any Network
    private let input: String

    package init(name: String, network: any Network) throws(ModelError) {
        self.name = name
        self.network = network
        input = try Self.checkedInput(of: network, name)
    }

    /// The part of the photo that shows a head to the model: with room for a hat.
    package static func part(for box: Box) -> Box { square(around: box, size: 1.68, rise: 0.12) }

    /// Reads the face in `box`.
    package func read(_ photo: Image, face box: Box) throws(ModelError) -> FaceAttributes {
        let tensor = Self.rule.prepare(photo, part: Self.part(for: box)).tensor
        let means = try probabilities(of: tensor, count: 5, by: network, input: input)
        return FaceAttributes(
            isSmiling: means[0], isMouthOpen: means[1], areEyesClosed: means[2], wearsGlasses: means[3],
            wearsHat: means[4])
    }
}
