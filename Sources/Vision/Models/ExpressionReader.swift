package import ONNX

/// Says which expression a face shows: mini-XCEPTION (Arriaga, Valdenegro-Toro and Plöger, 2017), trained on FER-2013.
package struct ExpressionReader: ExpressionModel {
    package static let names = ["fer2013_mini_xception"]
    /// Grey levels to -1...1.
    package static let rule = InputRule(
        width: 64, height: 64, fit: .stretch, channels: .grey, mean: [127.5], scale: [1 / 127.5], layout: .nhwc)
    /// Those of FER-2013.
    package static let classes = ["angry", "disgusted", "fearful", "happy", "sad", "surprised", "neutral"]
    package static let crop = (size: 1.2, rise: 0.025)

    package let name: String
    package let network: any Network
    package let input: String

    package init(name: String, network: any Network) throws(ModelError) {
        self.name = name
        self.network = network
        input = try Self.checkedInput(of: network, name)
    }
}
