package import ONNX
package import Tensors

extension Session: Network {}

/// The loaded models, at most one a task.
package struct VisionModels: Sendable {
    private var loaded: [VisionTask: any VisionModel] = [:]

    package var faces: FaceDetector? { loaded[.faces] as? FaceDetector }
    package var objects: ObjectDetector? { loaded[.objects] as? ObjectDetector }
    /// The model for things finds people too, and they need not be looked for twice.
    package var people: (any PeopleModel)? { objects ?? loaded[.people] as? any PeopleModel }
    package var headPose: HeadPoseEstimator? { loaded[.headPose] as? HeadPoseEstimator }
    package var expression: (any ExpressionModel)? { loaded[.expression] as? any ExpressionModel }
    package var faceAttributes: FaceAttributesReader? { loaded[.faceAttributes] as? FaceAttributesReader }
    package var bodyPose: (any BodyPoseModel)? { loaded[.bodyPose] as? any BodyPoseModel }
    package var scene: SceneClassifier? { loaded[.scene] as? SceneClassifier }

    /// None at all: measures alone will speak.
    package init() {}

    /// Adds the model that reads the catalogue entry `name`, in place of one for the same task.
    ///
    /// - Returns: false where no vision model reads that entry.
    /// - Throws: ``ModelError`` where the network's inputs and outputs are not those of the model.
    @discardableResult
    package mutating func add(name: String, network: any Network) throws(ModelError) -> Bool {
        guard let model = Models.model(named: name) else { return false }
        loaded[model.task] = try model.init(name: name, network: network)
        return true
    }

    /// Adds the model that reads the catalogue entry `name` from the ONNX file at `path`.
    ///
    /// - Returns: false where no vision model reads that entry; the file is then not opened.
    /// - Throws: ``ModelError`` where the file cannot be loaded or is not the model's.
    @discardableResult
    package mutating func add(name: String, path: String, pool: WorkerPool) throws(ModelError) -> Bool {
        guard Models.model(named: name) != nil else { return false }
        return try add(name: name, network: Session(path: path, pool: pool))
    }

    /// The catalogue name of the model for `task`; nil without one.
    package func name(for task: VisionTask) -> String? { task == .people ? people?.name : loaded[task]?.name }
}
