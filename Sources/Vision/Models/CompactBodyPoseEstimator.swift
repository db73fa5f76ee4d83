package import ONNX

/// Places the 17 keypoints of COCO on one person: the embedded top-down heatmap network.
package struct CompactBodyPoseEstimator: BodyPoseModel {
    package static let names = ["heckle_body"]
    package static let rule = InputRule(
        width: 192, height: 192, fit: .stretch, channels: .rgb, mean: [127.5, 127.5, 127.5],
        scale: [1 / 127.5, 1 / 127.5, 1 / 127.5])
    package static let heatmaps = "heatmaps"
    /// COCO's, then the neck and the top of the head.
    package static let maps = BodyPart.allCases.count + 2
    package static let step = 4
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
