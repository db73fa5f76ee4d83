import Commentary
import Engine
import HTTPTypes
import Hummingbird
import Synchronization

/// One photo's way through the engine: what to run, and how its answer is told.
struct Job: Sendable {
    let id: String
    let kind: AnswerKind
    /// Whether the client asked for events rather than one document.
    let isStream: Bool
    /// Runs the engine and renders its answer, keeping it where that was asked for.
    private let work: @Sendable (@escaping EngineEventHandler) async throws -> JSON

    /// A roast or a caption.
    static func comment(_ input: PhotoInput, _ request: CommentRequest, _ services: Services) throws(Problem) -> Job {
        let kind: AnswerKind = request.options.kind == .roast ? .roast : .caption
        let id = Identifier.random(kind.prefix)
        let records = try services.records(if: request.retain)
        return Job(id: id, kind: kind, isStream: request.stream) { events in
            let result = try await services.engine.comment(on: input.photo, options: request.options, events: events)
            services.metrics.countTokens(prompt: result.promptTokens, generated: result.generatedTokens)
            let models = await services.engine.status().models
            let expiry = records?.expiry()
            let answer = Answer.comment(
                result, id: id, models: models, optIn: request.optIn, retainedUntil: expiry?.text)
            if let expiry { try await records?.save(answer, id: id, until: expiry) }
            return answer
        }
    }

    /// An analysis.
    static func analysis(_ input: PhotoInput, _ request: AnalysisRequest, _ services: Services) throws(Problem) -> Job {
        let id = Identifier.random(AnswerKind.analysis.prefix)
        let records = try services.records(if: request.retain)
        return Job(id: id, kind: .analysis, isStream: request.stream) { events in
            let result = try await services.engine.analyze(input.photo, options: request.options, events: events)
            let models = await services.engine.status().models
            let expiry = records?.expiry()
            let answer = Answer.analysis(
                result, id: id, models: models, optIn: request.optIn, retainedUntil: expiry?.text)
            if let expiry { try await records?.save(answer, id: id, until: expiry) }
            return answer
        }
    }

    /// Does the work and counts it. Cancelling the task ends it.
    func run(_ services: Services, events: @escaping EngineEventHandler) async throws -> JSON {
        let metrics = services.metrics
        do {
            let answer = try await work { event in
                if case .stageCompleted(let stage, let milliseconds) = event {
                    metrics.timeStage(stage, milliseconds: milliseconds)
                }
                events(event)
            }
            metrics.countJob(kind: kind.rawValue, status: "succeeded")
            return answer
        } catch {
            let isCancelled = error is CancellationError || (error as? EngineError)?.category == .cancelled
            metrics.countJob(kind: kind.rawValue, status: isCancelled ? "cancelled" : "failed")
            throw error
        }
    }

    /// The answer, as one document or as a stream of events; the work stops as soon as the client has gone.
    func respond(_ request: Request, _ context: ServerContext, _ services: Services) async throws -> Response {
        if isStream || request.headers[values: .accept].contains(where: { $0.contains(EventStream.contentType) }) {
            return try await EventStream(job: self, context: context, services: services).response(to: request)
        }
        let work = Task { try await run(services) { _ in } }
        let isAbandoned = Mutex(false)
        let answer = try await withTaskCancellationHandler {
            try await request.watching {
                do { return try await work.value } catch {
                    throw isAbandoned.withLock { $0 } ? Problem.abandoned : error
                }
            } onClosed: {
                isAbandoned.withLock { $0 = true }
                work.cancel()
            }
        } onCancel: {
            work.cancel()
        }
        var response = Response.json(answer)
        // Watching for the client's end of the connection used the connection up.
        response.headers[.connection] = "close"
        return response
    }
}

extension Services {
    /// Where to keep an answer, if that was asked for.
    fileprivate func records(if wanted: Bool) throws(Problem) -> RecordStore? {
        guard wanted else { return nil }
        guard let records = configuration.records else {
            throw .option("retain", "answers are not kept: the server was started without --retain")
        }
        return records
    }
}
