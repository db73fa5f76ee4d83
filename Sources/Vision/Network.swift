package import ONNX
package import Tensors

/// What a vision model needs of a loaded ONNX file; tests put a small implementation of their own in its place.
package protocol Network: Sendable {
    /// Inputs a run must give, without those that have a default.
    var inputs: [ValueInfo] { get }
    var outputs: [ValueInfo] { get }

    /// All outputs for these inputs, by name.
    func run(_ inputs: [String: Tensor]) throws(ModelError) -> [String: Tensor]
}
