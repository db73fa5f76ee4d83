package import ONNX

/// Says which expression a face shows: the embedded network, a small residual one over 48 x 48 grey pixels.
package struct CompactExpressionReader: ExpressionModel {
    package static let names = ["heckle_expression"]
    /// Grey levels to -1...1.
    package static let rule = InputRule(
        width: 48, height: 48, fit: .stretch, channels: .grey, mean: [127.5], scale: [1 / 127.5])
    /// The vocabulary's, in its order.
    package static let classes = [
        "neutral", "happy", "sad", "surprised", "fearful", "disgusted", "angry", "contemptuous",
    ]
    package static let crop = (size: 1.15, rise: 0.02)

    package let name: String
    package let network: any Network
    package let input: String

    package init(name: String, network: any Network) throws(ModelError) {
        self.name = name
        self.network = network
        input = try Self.checkedInput(of: network, name)
    }
}
