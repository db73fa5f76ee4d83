package import ONNX

/// Places the 17 keypoints of COCO on one person: Ultralight-SimplePose.
package struct BodyPoseEstimator: BodyPoseModel {
    package static let names = ["ultralight_simplepose"]
    /// ImageNet's mean and deviation.
    package static let rule = InputRule(
        width: 192, height: 256, fit: .stretch, channels: .rgb, mean: [123.675, 116.28, 103.53],
        scale: [1 / 58.395, 1 / 57.12, 1 / 57.375])
    package static let output = "hybridsequential0_conv7_fwd"
    package static let maps = (count: 17, width: 48, height: 64)
    package static let place: Float = 0
    package static let margin = 1.1

    package let name: String
    package let network: any Network
    package let input: String

    package init(name: String, network: any Network) throws(ModelError) {
        self.name = name
        self.network = network
        input = try Self.checkedInput(of: network, name)
    }
}
