package import Images
import ONNX
import Tensors

/// Looks at a photo with every model at hand and with the measures.
///
/// A model that is missing is listed as skipped, one that throws as failed, and the others go on. The same photo and
/// models give the same observations at any number of threads.
package struct Analyzer: Sendable {
    package let models: VisionModels

    package init(models: VisionModels) { self.models = models }

    /// What is being done to a photo; told as it happens.
    package enum Progress: Sendable, Hashable {
        /// A stage begins: a task's raw value, or `measures`.
        case started(stage: String)
        case finished(stage: String, milliseconds: Double)
    }

    /// Faces and people that the models for one of them look at, at most; the largest.
    package static let mostSubjects = 20

    /// Analyses a photo.
    ///
    /// - Parameters:
    ///   - captured: when it was taken, as the camera wrote it.
    ///   - tasks: the models to run; nil for all. Measures always run.
    ///   - isCancelled: asked between runs of models; true ends the work.
    ///   - progress: told when a stage begins and ends; skipped ones are not mentioned.
    /// - Throws: `CancellationError` once `isCancelled` says so.
    package func analyze(
        _ photo: Image, captured: String? = nil, tasks: Set<VisionTask>? = nil, isCancelled: () -> Bool = { false },
        progress: (Progress) -> Void = { _ in }
    ) throws(CancellationError) -> Analysis {
        var run = Run(
            photo: photo, analysis: Analysis(width: photo.width, height: photo.height, captured: captured),
            models: models, tasks: tasks)
        for task in VisionTask.allCases {
            if isCancelled() { throw CancellationError() }
            try run.perform(task, isCancelled: isCancelled, progress: progress)
        }
        if isCancelled() { throw CancellationError() }
        let clock = Stopwatch()
        progress(.started(stage: "measures"))
        run.measure()
        progress(.finished(stage: "measures", milliseconds: clock.milliseconds))
        return run.analysis
    }
}

/// One photo's way through the models.
private struct Run {
    let photo: Image
    var analysis: Analysis
    let models: VisionModels
    let tasks: Set<VisionTask>?
    private var faceDoubt: Float = 0
    private var personDoubt: Float = 0

    init(photo: Image, analysis: Analysis, models: VisionModels, tasks: Set<VisionTask>?) {
        self.photo = photo
        self.analysis = analysis
        self.models = models
        self.tasks = tasks
    }

    /// Runs one task, or says why not.
    mutating func perform(
        _ task: VisionTask, isCancelled: () -> Bool, progress: (Analyzer.Progress) -> Void
    ) throws(CancellationError) {
        guard tasks?.contains(task) ?? true else { return skip(task, .notRequested) }
        // The detector of things has found the people already.
        if task == .people, analysis.ran(.objects) { return }
        guard let name = models.name(for: task) else {
            if task == .headPose { estimatePoses() }
            return skip(task, .noModel)
        }
        guard hasSubjects(for: task) else { return skip(task, .nothingToDo) }
        progress(.started(stage: task.rawValue))
        let clock = Stopwatch()
        let isDone: Bool
        do {
            isDone = try run(task, isCancelled)
            analysis.models.append(ModelRun(task: task, id: name, milliseconds: clock.milliseconds))
        } catch {
            isDone = true
            if task == .headPose { estimatePoses() }
            analysis.failed.append(FailedTask(task: task, message: error.description))
        }
        guard isDone else { throw CancellationError() }
        progress(.finished(stage: task.rawValue, milliseconds: clock.milliseconds))
    }

    private mutating func skip(_ task: VisionTask, _ reason: SkippedTask.Reason) {
        analysis.skipped.append(SkippedTask(task: task, reason: reason))
    }

    private func hasSubjects(for task: VisionTask) -> Bool {
        switch task {
        case .faces, .objects, .people, .scene: true
        case .expression, .faceAttributes, .headPose: !analysis.faces.isEmpty
        case .bodyPose: !analysis.bodies.isEmpty
        }
    }

    /// Runs a model.
    ///
    /// - Returns: false where it was cancelled half-way.
    private mutating func run(_ task: VisionTask, _ isCancelled: () -> Bool) throws(ModelError) -> Bool {
        switch task {
        case .faces:
            guard let model = models.faces else { return true }
            let found = try model.find(in: photo)
            analysis.faces = found.faces
            faceDoubt = found.doubt
        case .objects:
            guard let model = models.objects else { return true }
            let found = try model.find(in: photo)
            analysis.objects = found.objects
            return try take(found.people, by: model, isCancelled)
        case .people:
            guard let model = models.people else { return true }
            return try take(model.people(in: photo, part: nil), by: model, isCancelled)
        case .expression:
            guard let model = models.expression else { return true }
            return try readFaces(into: \.expression, isCancelled) { photo, box throws(ModelError) in
                try model.read(photo, face: box)
            }
        case .faceAttributes:
            guard let model = models.faceAttributes else { return true }
            return try readFaces(into: \.attributes, isCancelled) { photo, box throws(ModelError) in
                try model.read(photo, face: box)
            }
        case .headPose:
            guard let model = models.headPose else { return true }
            return try readFaces(into: \.pose, isCancelled) { photo, box throws(ModelError) in
                try model.read(photo, face: box)
            }
        case .bodyPose:
            guard let model = models.bodyPose else { return true }
            for index in analysis.bodies.indices.prefix(Analyzer.mostSubjects) {
                if isCancelled() { return false }
                analysis.bodies[index].keypoints = try model.read(photo, person: analysis.bodies[index].box)
            }
        case .scene:
            analysis.scene = try models.scene?.read(photo)
        }
        return true
    }

    /// Adds what a model says of each of the largest faces.
    ///
    /// - Returns: false where it was cancelled half-way.
    private mutating func readFaces<Observation>(
        into observation: WritableKeyPath<Face, Observation?>, _ isCancelled: () -> Bool,
        _ read: (Image, Box) throws(ModelError) -> Observation
    ) throws(ModelError) -> Bool {
        for index in analysis.faces.indices.prefix(Analyzer.mostSubjects) {
            if isCancelled() { return false }
            analysis.faces[index][keyPath: observation] = try read(photo, analysis.faces[index].box)
        }
        return true
    }

    /// Takes the people that were found; where nobody was, a large photo is searched once more.
    private mutating func take(
        _ first: FoundPeople, by model: any PeopleModel, _ isCancelled: () -> Bool
    ) throws(ModelError) -> Bool {
        var found = first
        personDoubt = found.doubt
        if found.people.isEmpty, analysis.faces.isEmpty, max(photo.width, photo.height) > type(of: model).rule.width {
            if isCancelled() { return false }
            found = try model.findSmallPeople(in: photo)
            personDoubt = max(personDoubt, found.doubt)
        }
        analysis.bodies = found.people
        return true
    }

    /// Head poses by rule, for faces no model told of.
    private mutating func estimatePoses() {
        for index in analysis.faces.indices where analysis.faces[index].pose == nil {
            analysis.faces[index].pose = analysis.faces[index].points.pose
        }
    }

    mutating func measure() {
        analysis.measures = Measures(of: photo, faces: analysis.faces, bodies: analysis.bodies)
        if analysis.ran(.faces) || analysis.lookedForPeople {
            analysis.measures.composition.people = PeopleCount(
                faces: analysis.faces, bodies: analysis.bodies, doubt: max(faceDoubt, personDoubt))
        }
    }
}
