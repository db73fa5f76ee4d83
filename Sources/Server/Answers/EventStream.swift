import Commentary
import Engine
import HTTPTypes
import Hummingbird

/// A job told as server-sent events (HTML standard, section 9.2) while it runs.
///
/// Each event has a number and a JSON object. After `job.succeeded`, `job.failed` or `job.cancelled` nothing comes.
struct EventStream: Sendable {
    static let contentType = "text/event-stream"

    let job: Job
    let context: ServerContext
    let services: Services

    private enum Item: Sendable {
        case event(EngineEvent)
        case succeeded(JSON)
        case failed(Problem, isCancelled: Bool)
        /// Nothing happened for a while.
        case quiet
    }

    /// The running job; forgetting it ends the job.
    private final class Work: Sendable {
        let task: Task<Void, Never>
        init(task: Task<Void, Never>) { self.task = task }
        deinit { task.cancel() }
    }

    /// Starts the job. What fails at once (a full queue) is thrown, to be told by its status rather than by an event.
    func response(to request: Request) async throws -> Response {
        let start = ContinuousClock.now
        let (items, feed) = AsyncStream.makeStream(of: Item.self)
        let work = Work(task: self.work(feed))
        let first = await withTaskCancellationHandler {
            await items.first { _ in true }
        } onCancel: {
            work.task.cancel()
        }
        if case .failed(let problem, _)? = first { throw problem }
        let models = await services.engine.status().models
        let body = ResponseBody { writer in
            let outcome = try await request.watching {
                await write(first, items, models, &writer)
            } onClosed: {
                work.task.cancel()
            }
            work.task.cancel()
            services.log.record(
                id: context.requestID, method: "POST", route: context.endpointPath ?? "none", status: 200,
                outcome: outcome, since: start)
            try await writer.finish(nil)
        }
        return Response(
            status: .ok, headers: [.contentType: Self.contentType, .cacheControl: "no-store", .connection: "close"],
            body: body)
    }

    /// Runs the job and tells `feed` what happens; also ticks, so that a quiet job is not taken for a dead one.
    private func work(_ feed: AsyncStream<Item>.Continuation) -> Task<Void, Never> {
        Task {
            let ticks = Task {
                // The first tick releases whoever waits for the first event of an engine that says nothing.
                try await Task.sleep(for: .milliseconds(200))
                while true {
                    feed.yield(.quiet)
                    try await Task.sleep(for: services.configuration.limits.ping)
                }
            }
            do {
                let answer = try await job.run(services) { feed.yield(.event($0)) }
                feed.yield(.succeeded(answer))
            } catch {
                let isCancelled = error is CancellationError || (error as? EngineError)?.category == .cancelled
                feed.yield(.failed(Problem(wrapping: error), isCancelled: isCancelled))
            }
            ticks.cancel()
            feed.finish()
        }
    }

    /// Writes events until the job ends or the client goes.
    ///
    /// - Returns: how it ended, for the log.
    private func write(
        _ first: Item?, _ items: AsyncStream<Item>, _ models: [ModelDescription], _ writer: inout any ResponseBodyWriter
    ) async -> String {
        var number = 0
        func text(_ name: String, _ data: JSON) -> ByteBuffer {
            number += 1
            return ByteBuffer(string: "id: \(number)\nevent: \(name)\ndata: \(data.text)\n\n")
        }
        do {
            var item = first
            while let current = item {
                switch current {
                case .quiet: try await writer.write(ByteBuffer(string: ": ping\n\n"))
                case .event(let event):
                    let (name, data) = message(event, models: models)
                    try await writer.write(text(name, data))
                case .succeeded(let answer):
                    try await writer.write(text("job.succeeded", ["id": .string(job.id), "result": answer]))
                    return "succeeded"
                case .failed(_, isCancelled: true):
                    try await writer.write(text("job.cancelled", ["id": .string(job.id)]))
                    return "cancelled"
                case .failed(let problem, _):
                    let data: JSON = ["id": .string(job.id), "error": problem.json(requestID: context.requestID)]
                    try await writer.write(text("job.failed", data))
                    return "failed"
                }
                item = await items.first { _ in true }
            }
        } catch {
            // Nobody reads any more: the job is cancelled by the caller.
        }
        return "client gone"
    }

    /// An event's name and data.
    private func message(_ event: EngineEvent, models: [ModelDescription]) -> (String, JSON) {
        switch event {
        case .queued(let position): ("job.queued", ["id": .string(job.id), "position": .integer(position)])
        case .started: ("job.started", ["id": .string(job.id)])
        case .stageStarted(let stage): ("stage.started", ["stage": .string(stage)])
        case .stageCompleted(let stage, let milliseconds):
            ("stage.completed", ["stage": .string(stage), "ms": .decimal(milliseconds, places: 1)])
        case .analyzed(let result): ("analysis", Answer.analysis(result, id: nil, models: models))
        case .text(let answer, let line, let delta):
            ("text.delta", ["answer": .integer(answer), "line": .integer(line), "delta": .string(delta)])
        case .line(let answer, let index, let line):
            (
                "line.completed",
                [
                    "answer": .integer(answer), "line": .integer(index), "text": .string(line.text),
                    "facts": .array(line.facts.map { .string($0.id) }),
                ]
            )
        }
    }
}
