import Commentary
import Images
import Language
import Tensors
import Vision

/// Owns the loaded models and takes photos to observations, facts and lines, one request at a time.
///
/// Everything is computed on a thread of its own (``EngineThread``) and the worker pool's: waiting for an engine holds none.
package actor Engine: PhotoEngine {
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    private let thread: EngineThread
    private let queue: RequestQueue
    private let looker: Looker
    private let writer: Writer
    private nonisolated let ready: EngineStatus

    /// Loads everything there is.
    ///
    /// - Throws: ``EngineError/weights(path:reason:)`` and ``EngineError/model(path:reason:)``.
    package init(configuration: EngineConfiguration) throws(EngineError) {
        let weights = try WeightsFolder(configuration.weights)
        let pool = WorkerPool(threads: configuration.threads)
        looker = try Looker(weights: weights, models: configuration.models, pool: pool)
        writer = try Writer(weights: weights, pool: pool)
        thread = EngineThread(name: "heckle engine")
        queue = RequestQueue(limit: configuration.maxQueue)
        ready = EngineStatus(
            isReady: true, models: looker.descriptions + [writer.description].compactMap { $0 },
            skipped: looker.missing)
    }

    package nonisolated func status() async -> EngineStatus { ready }

    package nonisolated func analyze(
        _ photo: [UInt8], options: AnalysisOptions, events: @escaping EngineEventHandler
    ) async throws(EngineError) -> AnalysisResult {
        let clock = Stopwatch()
        events(.queued(position: try queue.enter()))
        defer { queue.leave() }
        return try await look(photo, options, clock, events)
    }

    package nonisolated func comment(
        on photo: [UInt8], options: CommentOptions, events: @escaping EngineEventHandler
    ) async throws(EngineError) -> CommentResult {
        let clock = Stopwatch()
        try options.check()
        events(.queued(position: try queue.enter()))
        defer { queue.leave() }
        return try await lookAndWrite(photo, options, clock, events)
    }

    private func look(
        _ photo: [UInt8], _ options: AnalysisOptions, _ clock: Stopwatch, _ events: @escaping EngineEventHandler
    ) throws(EngineError) -> AnalysisResult {
        let queued = clock.milliseconds
        guard !Task.isCancelled else { throw .cancelled }
        events(.started)
        var result = try looker.look(at: photo, tasks: options.tasks, events: events)
        result.timings.queue = queued
        result.timings.total = clock.milliseconds
        events(.analyzed(result))
        return result
    }

    private func lookAndWrite(
        _ photo: [UInt8], _ options: CommentOptions, _ clock: Stopwatch, _ events: @escaping EngineEventHandler
    ) throws(EngineError) -> CommentResult {
        var seen = try look(photo, AnalysisOptions(), clock, events)
        let sheet = FactSheet(seen.facts.filter { !options.avoids($0) })
        events(.stageStarted("write"))
        let written = try writer.write(about: sheet, options: options, events: events)
        events(.stageCompleted("write", milliseconds: written.milliseconds))
        seen.timings.firstToken = written.firstToken
        seen.timings.language = written.milliseconds
        seen.timings.total = clock.milliseconds
        return CommentResult(
            kind: options.kind, style: options.style, answers: written.answers, analysis: seen,
            model: writer.description, promptTokens: written.promptTokens, generatedTokens: written.generatedTokens,
            timings: seen.timings)
    }
}

extension CommentOptions {
    /// Whether a fact is one of those not to be joked about.
    func avoids(_ fact: Fact) -> Bool { avoid.contains(fact.key.rawValue) || avoid.contains(fact.id) }

    /// - Throws: ``EngineError/invalidOption(name:reason:)`` for the first value out of range.
    func check() throws(EngineError) {
        guard (1...5).contains(maxLines) else {
            throw .invalidOption(name: "max_lines", reason: "\(maxLines) is not in 1...5")
        }
        guard (1...3).contains(alternatives) else {
            throw .invalidOption(name: "n", reason: "\(alternatives) is not in 1...3")
        }
        guard style.task == kind else {
            throw .invalidOption(name: "style", reason: "\(style.rawValue) is no style of a \(kind.rawValue)")
        }
    }
}
