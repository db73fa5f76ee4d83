package import ONNX
package import Tensors

extension Session: Network {}

/// The loaded models, at most one a task.
package struct VisionModels: Sendable {
    package private(set) var faces: FaceDetector?
    package private(set) var headPose: HeadPoseEstimator?
    package private(set) var expression: ExpressionReader?
    package private(set) var objects: ObjectDetector?
    package private(set) var bodyPose: BodyPoseEstimator?

    /// None at all: measures alone will speak.
    package init() {}

    /// Adds the model that reads the catalogue entry `name`, in place of one for the same task.
    ///
    /// - Returns: false where no vision model reads that entry.
    /// - Throws: ``ModelError`` where the network's inputs and outputs are not those of the model.
    @discardableResult
    package mutating func add(name: String, network: any Network) throws(ModelError) -> Bool {
        guard let model = Models.model(named: name) else { return false }
        switch model.task {
        case .faces: faces = try FaceDetector(name: name, network: network)
        case .headPose: headPose = try HeadPoseEstimator(name: name, network: network)
        case .expression: expression = try ExpressionReader(name: name, network: network)
        case .objects: objects = try ObjectDetector(name: name, network: network)
        case .bodyPose: bodyPose = try BodyPoseEstimator(name: name, network: network)
        }
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
    package func name(for task: VisionTask) -> String? {
        switch task {
        case .faces: faces?.name
        case .headPose: headPose?.name
        case .expression: expression?.name
        case .objects: objects?.name
        case .bodyPose: bodyPose?.name
        }
    }
}
