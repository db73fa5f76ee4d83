import Commentary
import Images
import ONNX
import Tensors
import Vision

/// Photo to observations and facts: the loaded vision models and what they go by in answers.
struct Looker: Sendable {
    /// The models at hand, in the order in which they run.
    let descriptions: [ModelDescription]
    /// Tasks without a model.
    let missing: [SkippedTask]
    private let analyzer: Analyzer

    /// Loads, for each task, the first model of the catalogue whose file is there, else the embedded one.
    init(weights: WeightsFolder, models folders: [String], pool: WorkerPool) throws(EngineError) {
        let catalogue = try Catalogue(path: weights.requiredFile("catalogue.json"))
        var models = VisionModels()
        var loaded: [String: ModelDescription] = [:]
        let installed = try catalogue.find(in: folders).map { (found: $0, origin: ModelDescription.Origin.catalogue) }
        let embedded = try catalogue.findEmbedded(in: weights).map {
            (found: $0, origin: ModelDescription.Origin.embedded)
        }
        for (found, origin) in installed + embedded {
            let entry = found.entry
            guard let task = VisionTask(rawValue: entry.task), models.name(for: task) == nil else { continue }
            do {
                guard try models.add(name: entry.name, path: found.path, pool: pool) else { continue }
            } catch {
                throw .model(path: found.path, reason: "\(error)")
            }
            loaded[entry.task] = ModelDescription(entry, origin: origin)
        }
        descriptions = VisionTask.allCases.compactMap { loaded[$0.rawValue] }
        missing = VisionTask.allCases.filter { [models] in models.name(for: $0) == nil }
            .map { SkippedTask(task: $0, reason: .noModel) }
        analyzer = Analyzer(models: models)
    }

    /// - Parameters:
    ///   - bytes: an image file.
    ///   - tasks: raw values of the tasks to run; nil for all.
    /// - Returns: all but the times of queue and total.
    func look(
        at bytes: [UInt8], tasks names: Set<String>?, events: EngineEventHandler
    ) throws(EngineError) -> AnalysisResult {
        let tasks = try names.map { names throws(EngineError) in try VisionTask.set(of: names) }
        var timings = Timings()
        let decoding = Stopwatch()
        events(.stageStarted("decode"))
        let decoded: DecodedImage
        do { decoded = try Image.decode(bytes) } catch { throw .photo(error) }
        timings.decode = decoding.milliseconds
        events(.stageCompleted("decode", milliseconds: timings.decode))

        let seeing = Stopwatch()
        let analysis: Analysis
        do {
            analysis = try analyzer.analyze(
                decoded.image, captured: decoded.captured, tasks: tasks, isCancelled: { Task.isCancelled }
            ) { progress in
                switch progress {
                case .started(let stage): events(.stageStarted(stage))
                case .finished(let stage, let milliseconds):
                    events(.stageCompleted(stage, milliseconds: milliseconds))
                }
            }
        } catch {
            throw .cancelled
        }
        let facts = FactSheet(of: analysis).facts
        timings.vision = seeing.milliseconds
        let photo = PhotoDescription(
            width: decoded.image.width, height: decoded.image.height, format: "\(decoded.format)",
            orientation: decoded.orientation, sha256: Digest.sha256(bytes))
        return AnalysisResult(photo: photo, analysis: analysis, facts: facts, timings: timings)
    }
}

extension VisionTask {
    /// The tasks of these raw values.
    fileprivate static func set(of names: Set<String>) throws(EngineError) -> Set<VisionTask> {
        var tasks: Set<VisionTask> = []
        for name in names.sorted() {
            guard let task = VisionTask(rawValue: name) else {
                let known = VisionTask.allCases.map(\.rawValue).joined(separator: ", ")
                throw .invalidOption(name: "tasks", reason: "\(name) is none of \(known)")
            }
            tasks.insert(task)
        }
        return tasks
    }
}

extension ModelDescription {
    /// A model of the catalogue that was found.
    init(_ entry: Catalogue.Entry, origin: Origin) {
        self.init(
            task: entry.task, id: entry.name, origin: origin, digest: "sha256:" + entry.sha256,
            byteCount: entry.bytes, licence: entry.licence, quantization: entry.quantization, accuracy: entry.accuracy)
    }
}
