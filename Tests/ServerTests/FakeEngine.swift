import Commentary
import Engine
import Synchronization
import Vision

/// An engine that sees the same in every photo and says the same of it, or fails as it is told to.
final class FakeEngine: PhotoEngine {
    enum Behaviour: Sendable {
        case answering
        case failing(EngineError)
        /// Begins and then waits to be cancelled.
        case endless
        case loading
    }

    let behaviour: Behaviour
    private let seen = Mutex<[CommentOptions]>([])
    private let photos = Mutex<[[UInt8]]>([])
    private let cancelled = Mutex(false)

    init(_ behaviour: Behaviour = .answering) { self.behaviour = behaviour }

    /// The options of the comments that were asked for.
    var options: [CommentOptions] { seen.withLock { $0 } }

    /// The photos that came.
    var received: [[UInt8]] { photos.withLock { $0 } }

    /// Whether an endless request noticed that it was cancelled.
    var wasCancelled: Bool { cancelled.withLock { $0 } }

    static let writer = ModelDescription(
        task: "language", id: "tiny-writer", origin: .embedded, digest: "sha256:" + String(repeating: "a", count: 64),
        byteCount: 1_000_000, licence: "Apache-2.0", quantization: "Q4_0")
    static let detector = ModelDescription(
        task: "faces", id: "tiny-faces", origin: .catalogue, digest: "sha256:" + String(repeating: "b", count: 64),
        byteCount: 2_000, licence: "MIT", quantization: "F32")

    func status() async -> EngineStatus {
        if case .loading = behaviour { return EngineStatus(isReady: false, models: [], skipped: []) }
        return EngineStatus(
            isReady: true, models: [Self.detector, Self.writer],
            skipped: [SkippedTask(task: .expression, reason: .noModel)])
    }

    func analyze(
        _ photo: [UInt8], options: AnalysisOptions, events: @escaping EngineEventHandler
    ) async throws(EngineError) -> AnalysisResult {
        photos.withLock { $0.append(photo) }
        if case .failing(let error) = behaviour, error.category == .queueFull { throw error }
        events(.queued(position: 0))
        events(.started)
        events(.stageStarted("decode"))
        events(.stageCompleted("decode", milliseconds: 1.25))
        if case .failing(let error) = behaviour { throw error }
        if case .endless = behaviour {
            while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
            cancelled.withLock { $0 = true }
            throw .cancelled
        }
        let result = Self.analysis
        events(.analyzed(result))
        return result
    }

    func comment(
        on photo: [UInt8], options: CommentOptions, events: @escaping EngineEventHandler
    ) async throws(EngineError) -> CommentResult {
        seen.withLock { $0.append(options) }
        let analysis = try await analyze(photo, options: AnalysisOptions(), events: events)
        events(.stageStarted("write"))
        let seed = options.seed ?? 0
        let answers = (0..<options.alternatives).map { index in
            CommentResult.Answer(lines: Array(Self.lines.prefix(options.maxLines)), seed: seed &+ UInt64(index))
        }
        for (index, line) in answers[0].lines.enumerated() {
            for word in line.text.split(separator: " ") { events(.text(answer: 0, line: index, delta: " " + word)) }
            events(.line(answer: 0, line: index, line))
        }
        events(.stageCompleted("write", milliseconds: 3))
        return CommentResult(
            kind: options.kind, style: options.style, answers: answers, analysis: analysis, model: Self.writer,
            promptTokens: 12, generatedTokens: 34, timings: Self.timings)
    }

    static let timings = Timings(queue: 0.5, decode: 1.25, vision: 20, firstToken: 2, language: 3, total: 25)

    static let facts = [
        Fact(.object, "cell phone", confidence: 0.75, source: "objects[0]"),
        Fact(.lighting, "backlit", confidence: 0.875, source: "lighting"),
    ]

    static let lines = [
        CommentLine(facts: [facts[1]], text: "The window is the subject."),
        CommentLine(facts: facts, text: "A \"phone\" too – naturally."),
        CommentLine(facts: [facts[0]], text: "Third."),
        CommentLine(facts: [facts[0]], text: "Fourth."),
        CommentLine(facts: [facts[0]], text: "Fifth."),
    ]

    static let analysis: AnalysisResult = {
        let points = FacePoints(
            rightEye: Point(x: 11, y: 12), leftEye: Point(x: 21, y: 12), nose: Point(x: 16, y: 18),
            rightMouthCorner: Point(x: 12, y: 24), leftMouthCorner: Point(x: 20, y: 24))
        let face = Face(
            box: Box(x: 8.04, y: 4, width: 20, height: 26), score: 0.91, points: points,
            pose: FacePose(yaw: 1, pitch: -2, roll: 3, source: .points),
            expression: FaceExpression(scores: [
                .init(label: "happy", score: 0.25), .init(label: "neutral", score: 0.75),
            ]),
            attributes: FaceAttributes(
                isSmiling: 0.25, isMouthOpen: 0, areEyesClosed: 1, wearsGlasses: 0.5, wearsHat: 0.75))
        let analysis = Analysis(
            width: 64, height: 48, faces: [face],
            bodies: [Body(box: Box(x: 0, y: 0, width: 40, height: 48), score: 0.5)],
            objects: [DetectedObject(label: "cell phone", score: 0.75, box: Box(x: 40, y: 30, width: 8, height: 9))],
            models: [ModelRun(task: .faces, id: detector.id, milliseconds: 4)],
            skipped: [SkippedTask(task: .headPose, reason: .noModel)],
            failed: [FailedTask(task: .objects, message: "node 3 (Conv): no")])
        let photo = PhotoDescription(
            width: 64, height: 48, format: "jpeg", orientation: 6, sha256: String(repeating: "c", count: 64))
        return AnalysisResult(photo: photo, analysis: analysis, facts: facts, timings: timings)
    }()
}
