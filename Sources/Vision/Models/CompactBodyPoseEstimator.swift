package import ONNX

/// Places the 17 keypoints of COCO on one person: the embedded network, a small residual one over 160 x 160 pixels, which
/// places the neck and the top of the head too.
package struct CompactBodyPoseEstimator: BodyPoseModel {
    package static let names = ["heckle_body"]
    /// RGB levels to -1...1.
    package static let rule = InputRule(
        width: 160, height: 160, fit: .stretch, channels: .rgb, mean: [127.5, 127.5, 127.5],
        scale: [1 / 127.5, 1 / 127.5, 1 / 127.5])
    package static let output = "heatmaps"
    package static let maps = (count: 19, width: 40, height: 40)
    package static let place: Float = 0.5
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
