package import Images
package import ONNX
import Tensors

/// Says how a head is turned: FSA-Net (Yang, Chen, Lin and Chuang, 2019), trained on 300W-LP.
package struct HeadPoseEstimator: VisionModel {
    package static let task = VisionTask.headPose
    package static let names = ["fsanet_1x1"]
    package static let rule = InputRule(
        width: 64, height: 64, fit: .stretch, channels: .bgr, mean: [127.5, 127.5, 127.5],
        scale: [1 / 128, 1 / 128, 1 / 128])
    package static let outputShapes: [String: [Int?]] = ["output": [1, 3]]

    /// The crop is a square of this many times the mean of the face box's sides.
    private static let crop = 1.2

    package let name: String
    private let network: any Network
    private let input: String

    package init(name: String, network: any Network) throws(ModelError) {
        self.name = name
        self.network = network
        input = try Self.checkedInput(of: network, name)
    }

    /// The pose of the face in `box`.
    package func read(_ photo: Image, face box: Box) throws(ModelError) -> FacePose {
        let size = (box.width + box.height) / 2 * Self.crop
        let part = Box(x: box.centre.x - size / 2, y: box.centre.y - size / 2, width: size, height: size)
        let prepared = Self.rule.prepare(photo, part: part)
        let angles = try Self.floats("output", of: try network.run([input: prepared.tensor]), shape: [1, 3]).array
        guard angles.allSatisfy(\.isFinite) else { throw ModelError("\(name) gave angles that are not numbers") }
        // The model's yaw grows as the face turns toward the left edge of the picture.
        return FacePose(yaw: -angles[0], pitch: angles[1], roll: angles[2], source: .model)
    }
}
