import Engine
import Vision

/// The options of an analysis.
struct AnalysisRequest: Sendable {
    var options: AnalysisOptions
    /// Opt-in tasks that were asked for; none is at hand.
    var optIn: [String]
    var stream: Bool
    var retain: Bool

    /// - Throws: for the first value that is out of range, with its name.
    init(_ fields: RequestOptions) throws(Problem) {
        let tasks = try fields.list("tasks")
        for task in tasks ?? [] where VisionTask(rawValue: task) == nil {
            let known = VisionTask.allCases.map(\.rawValue).joined(separator: ", ")
            throw .option("tasks", "\(excerpt(task)) is none of \(known)")
        }
        options = AnalysisOptions(tasks: tasks.map { Set($0) })
        optIn = try fields.list("opt_in") ?? []
        stream = try fields.flag("stream") ?? false
        retain = try fields.flag("retain") ?? false
    }
}
