/// Everything seen in one photo, and by which models.
package struct Analysis: Sendable, Equatable {
    /// Size of the upright photo in pixels.
    package let width: Int
    package let height: Int
    /// Largest first; faces of equal area from left to right.
    package var faces: [Face]
    /// Largest first, likewise.
    package var bodies: [Body]
    /// Surest first.
    package var objects: [DetectedObject]
    /// Where it was taken; nil where no model looked.
    package var scene: SceneGuess?
    package var measures: Measures
    /// When the photo was taken, as the camera wrote it (`2024:05:01 18:30:00`); nil where it did not say.
    package var captured: String?
    /// The models that ran, in the order they ran.
    package var models: [ModelRun]
    package var skipped: [SkippedTask]
    package var failed: [FailedTask]

    package init(
        width: Int, height: Int, faces: [Face] = [], bodies: [Body] = [], objects: [DetectedObject] = [],
        scene: SceneGuess? = nil, measures: Measures = Measures(), captured: String? = nil, models: [ModelRun] = [],
        skipped: [SkippedTask] = [], failed: [FailedTask] = []
    ) {
        self.width = width
        self.height = height
        self.faces = faces
        self.bodies = bodies
        self.objects = objects
        self.scene = scene
        self.measures = measures
        self.captured = captured
        self.models = models
        self.skipped = skipped
        self.failed = failed
    }

    /// Whether a model for `task` ran.
    package func ran(_ task: VisionTask) -> Bool { models.contains { $0.task == task } }

    /// Whether people's bodies were looked for: a detector of things finds people too.
    package var lookedForPeople: Bool { ran(.objects) || ran(.people) }
}

/// What vision models are for; raw values are those of requests and answers.
///
/// In the order in which they run: those that need faces or people come after those that find them.
package enum VisionTask: String, Sendable, CaseIterable {
    case faces
    case objects
    /// People alone: by the model for things where there is one, which does not run twice, else by one for people.
    case people
    case expression
    case faceAttributes = "face_attributes"
    case headPose = "head_pose"
    case bodyPose = "body_pose"
    case scene
}

/// A model that ran.
package struct ModelRun: Sendable, Hashable {
    package let task: VisionTask
    /// The catalogue name of the model.
    package let id: String
    /// Wall time of all its runs on the photo with what comes before and after them.
    package let milliseconds: Double

    package init(task: VisionTask, id: String, milliseconds: Double) {
        self.task = task
        self.id = id
        self.milliseconds = milliseconds
    }
}

/// A task that was not tried.
package struct SkippedTask: Sendable, Hashable {
    package let task: VisionTask
    /// `no_model`, `nothing_to_do` (no face, no person) or `not_requested`.
    package let reason: Reason

    package enum Reason: String, Sendable {
        case noModel = "no_model"
        case nothingToDo = "nothing_to_do"
        case notRequested = "not_requested"
    }

    package init(task: VisionTask, reason: Reason) {
        self.task = task
        self.reason = reason
    }
}

/// A task whose model gave an error.
package struct FailedTask: Sendable, Hashable {
    package let task: VisionTask
    /// For the user: model, node, operator, what was expected.
    package let message: String

    package init(task: VisionTask, message: String) {
        self.task = task
        self.message = message
    }
}
