import ArgumentParser
import Commentary
import Engine
import Server
import Vision

/// `heckle analyze FILE...`
struct Analyze: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Say what can be seen in photos.")

    @Argument(help: "JPEG or PNG files; - is standard input.")
    var files: [String]

    @Option(
        parsing: .upToNextOption,
        help: "The tasks to run (default: all): \(VisionTask.allCases.map(\.rawValue).joined(separator: ", ")).")
    var tasks: [String] = []

    @OptionGroup var output: OutputOptions
    @OptionGroup var engine: EngineOptions

    func validate() throws {
        for task in tasks where VisionTask(rawValue: task) == nil {
            throw ValidationError("'\(task)' is none of the tasks")
        }
    }

    func run() async throws {
        Terminal.exitOnInterrupt()
        var loaded: Engine?
        let options = AnalysisOptions(tasks: tasks.isEmpty ? nil : Set(tasks))
        try await forEachFile(files, output: output) { photo, events in
            let engine = try loaded ?? engine.engine()
            loaded = engine
            let models = await engine.status().models
            let result = try await engine.analyze(photo, options: options, events: events)
            return (Answer.analysis(result, id: nil, models: models), Analyze.summary(result))
        }
    }

    /// A few lines for people.
    private static func summary(_ result: AnalysisResult) -> String {
        let photo = result.photo
        let analysis = result.analysis
        let things = Dictionary(grouping: analysis.objects, by: \.label).sorted { $0.key < $1.key }
        let objects = things.map { $1.count > 1 ? "\($0) (\($1.count))" : $0 }.joined(separator: ", ")
        var lines = [
            "photo     \(photo.width) x \(photo.height) \(photo.format), orientation \(photo.orientation)",
            "faces     \(analysis.faces.count)",
            "bodies    \(analysis.bodies.count)",
            "objects   \(objects.isEmpty ? "none" : objects)",
        ]
        lines += result.facts.map { "fact      \($0.id) (\(Int(($0.confidence * 100).rounded())) %, \($0.source))" }
        lines += analysis.skipped.map { "skipped   \($0.task.rawValue): \($0.reason.rawValue)" }
        lines += analysis.failed.map { "failed    \($0.task.rawValue): \($0.message)" }
        return lines.joined(separator: "\n")
    }
}
