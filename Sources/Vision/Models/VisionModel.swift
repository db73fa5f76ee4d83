package import ONNX
import Tensors

/// A model that looks at photos: how the photo becomes its input, and how its outputs become observations.
package protocol VisionModel: Sendable {
    /// What it is for.
    static var task: VisionTask { get }
    /// The catalogue names of the files it can read.
    static var names: [String] { get }
    /// How a photo becomes the input.
    static var rule: InputRule { get }
    /// What the outputs are expected to be; nil stands for any size.
    static var outputShapes: [String: [Int?]] { get }

    /// The catalogue name of the file at hand.
    var name: String { get }

    /// - Throws: ``ModelError`` where the file's inputs and outputs are not those of this model.
    init(name: String, network: any Network) throws(ModelError)
}

/// Every model that Vision knows. A new one is a file in this folder and a line here.
package enum Models {
    package static let all: [any VisionModel.Type] = [
        FaceDetector.self,
        HeadPoseEstimator.self,
        ExpressionReader.self,
        CompactExpressionReader.self,
        FaceAttributesReader.self,
        ObjectDetector.self,
        PeopleDetector.self,
        BodyPoseEstimator.self,
        CompactBodyPoseEstimator.self,
        SceneClassifier.self,
    ]

    /// The model that reads the catalogue entry `name`; nil for an entry that is not of vision.
    package static func model(named name: String) -> (any VisionModel.Type)? {
        all.first { $0.names.contains(name) }
    }
}

extension VisionModel {
    /// Checks that a file's inputs and outputs are those the model expects.
    ///
    /// - Returns: the name of the one input.
    static func checkedInput(of network: any Network, _ name: String) throws(ModelError) -> String {
        guard network.inputs.count == 1 else {
            throw ModelError("\(name) has \(network.inputs.count) inputs", expected: "1")
        }
        let input = network.inputs[0]
        guard input.type == .float32 else {
            throw ModelError("\(name): type of input \"\(input.name)\"", expected: "float32", got: input.type.rawValue)
        }
        let planes = rule.channels == .grey ? 1 : 3
        let wanted: [Int?] =
            switch (rule.fit, rule.layout) {
            case (.shrink, _): [1, planes, nil, nil]
            case (_, .nchw): [1, planes, rule.height, rule.width]
            case (_, .nhwc): [1, rule.height, rule.width, planes]
            }
        guard matches(input.shape, wanted) else {
            throw ModelError(
                "\(name): shape of input \"\(input.name)\"", expected: text(wanted), got: input.shapeText)
        }
        for (output, wanted) in outputShapes.sorted(by: { $0.key < $1.key }) {
            guard let found = network.outputs.first(where: { $0.name == output }) else {
                throw ModelError("\(name) has no output \"\(output)\"")
            }
            guard matches(found.shape, wanted) else {
                throw ModelError("\(name): shape of output \"\(output)\"", expected: text(wanted), got: found.shapeText)
            }
        }
        return input.name
    }

    /// The part of a photo that shows a face to a model.
    ///
    /// - Parameters:
    ///   - size: the side of a square, in means of the sides of the face's box.
    ///   - rise: how many of them its centre lies higher than the box's.
    static func square(around face: Box, size: Double, rise: Double) -> Box {
        let side = (face.width + face.height) / 2
        return Box(
            x: face.centre.x - size * side / 2, y: face.centre.y - rise * side - size * side / 2, width: size * side,
            height: size * side)
    }

    /// The output `probs` [1, count] of a face: the mean over it and its mirror image, which ought to be alike, in 0...1.
    ///
    /// - Parameters:
    ///   - face: the input [1, C, H, W].
    ///   - input: its name.
    func probabilities(
        of face: Tensor, count: Int, by network: any Network, input: String
    ) throws(ModelError) -> [Float] {
        var means = [Float](repeating: 0, count: count)
        for view in [face, Self.mirrored(face)] {
            let scores = try Self.floats("probs", of: try network.run([input: view]), shape: [1, count])
            for index in means.indices { means[index] += scores[index] / 2 }
        }
        guard means.allSatisfy(\.isFinite) else { throw ModelError("\(name) gave scores that are not numbers") }
        return means.map { min(max($0, 0), 1) }
    }

    /// An input [1, C, H, W] turned left to right.
    private static func mirrored(_ tensor: Tensor) -> Tensor {
        let values = tensor.floats.array
        let rows = stride(from: 0, to: values.count, by: rule.width)
        return Tensor(rows.flatMap { values[$0..<$0 + rule.width].reversed() }, shape: tensor.shape)
    }

    /// One output of a run as numbers.
    ///
    /// - Parameters:
    ///   - shape: what it must be.
    static func floats(
        _ output: String, of results: [String: Tensor], shape: [Int]
    ) throws(ModelError) -> Buffer<Float> {
        guard let tensor = results[output] else { throw ModelError("the run gave no output \"\(output)\"") }
        guard tensor.type == .float32, tensor.shape == shape else {
            throw ModelError(
                "output \"\(output)\"", expected: "float32 \(shape)", got: "\(tensor.type) \(tensor.shape)")
        }
        return tensor.floats
    }

    /// Whether a declared shape may be the wanted one; sizes that either leaves open fit.
    private static func matches(_ declared: [Int?]?, _ wanted: [Int?]) -> Bool {
        guard let declared else { return true }
        return declared.count == wanted.count
            && zip(declared, wanted).allSatisfy { $0 == nil || $1 == nil || $0 == $1 }
    }

    private static func text(_ shape: [Int?]) -> String {
        "[" + shape.map { $0.map(String.init) ?? "?" }.joined(separator: ", ") + "]"
    }
}
