import Commentary
import Engine
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Server
import Testing

/// One server-sent event.
struct Event: Equatable {
    var id: Int
    var name: String
    var data: JSON

    /// Reads a whole stream, which is nothing but events of three fields and comments.
    static func all(in text: String) throws -> [Event] {
        try text.split(separator: "\n\n").filter { $0 != ": ping" }.map { block in
            let lines = block.split(separator: "\n")
            try #require(lines.count == 3 && lines[0].hasPrefix("id: ") && lines[1].hasPrefix("event: "))
            try #require(lines[2].hasPrefix("data: "))
            return Event(
                id: try #require(Int(lines[0].dropFirst(4))), name: String(lines[1].dropFirst(7)),
                data: try JSON(parsing: Data(lines[2].dropFirst(6).utf8)))
        }
    }
}

/// Answers told while they are made.
@Suite struct StreamTests {
    private static func stream(_ engine: FakeEngine, _ route: String, _ form: Form) async throws -> [Event] {
        try await withServer(engine) { client async throws in
            let response = try await client.post(route, form.adding("stream", "true"))
            #expect(response.status == .ok)
            #expect(response.headers[.contentType] == "text/event-stream")
            #expect(response.headers[.cacheControl] == "no-store")
            return try Event.all(in: String(buffer: response.body))
        }
    }

    @Test func tellsARoast() async throws {
        let events = try await Self.stream(
            FakeEngine(), "/v1/roasts", .plain.adding("max_lines", "2").adding("seed", "1"))
        #expect(events.map(\.id) == Array(1...events.count))
        let frame = events.filter { $0.name != "text.delta" }.map(\.name)
        #expect(
            frame == [
                "job.queued", "job.started", "stage.started", "stage.completed", "analysis", "stage.started",
                "line.completed", "line.completed", "stage.completed", "job.succeeded",
            ])
        #expect(events[0].data["position"] == 0)
        #expect(events[3].data == ["stage": "decode", "ms": .number(1.3)])
        #expect(events[4].data["faces"] != nil && events[4].data["facts"] != nil)
        // The pieces of a line are its text.
        for line in 0..<2 {
            let pieces = events.filter { $0.name == "text.delta" && $0.data["line"] == .integer(line) }
            let text = pieces.map { event in
                if case .string(let delta)? = event.data["delta"] { delta } else { "" }
            }.joined()
            #expect(text == " " + FakeEngine.lines[line].text)
        }
        let second = events.filter { $0.name == "line.completed" }[1].data
        #expect(second["text"] == .string(FakeEngine.lines[1].text) && second["line"] == 1 && second["answer"] == 0)
        #expect(second["facts"] == ["object.cell_phone", "lighting.backlit"])
        // The last event holds the answer that a plain request gets.
        let result = try #require(events.last?.data["result"])
        #expect(result["id"] == events[0].data["id"] && result["object"] == "roast" && result["seed"] == 1)
    }

    @Test(arguments: [("/v1/captions", "caption"), ("/v1/analyses", "analysis")])
    func tellsOthers(_ route: String, _ object: String) async throws {
        let events = try await Self.stream(FakeEngine(), route, .plain)
        #expect(events.last?.name == "job.succeeded")
        #expect(events.last?.data["result"]?["object"] == .string(object))
    }

    @Test func isAskedForByAcceptToo() async throws {
        try await withServer { client async throws in
            let response = try await client.post("/v1/roasts", .plain, headers: [.accept: "text/event-stream"])
            #expect(try Event.all(in: String(buffer: response.body)).last?.name == "job.succeeded")
        }
    }

    @Test func tellsFailuresOnce() async throws {
        let engine = FakeEngine(.failing(.model(path: "m.onnx", reason: "cut short")))
        let events = try await Self.stream(engine, "/v1/roasts", .plain)
        #expect(events.map(\.name) == ["job.queued", "job.started", "stage.started", "stage.completed", "job.failed"])
        #expect(events.last?.data["error"]?["code"] == "model_unusable")
        #expect(events.last?.data["error"]?["status"] == 500)
        let cancelled = try await Self.stream(FakeEngine(.failing(.cancelled)), "/v1/roasts", .plain)
        #expect(cancelled.last?.name == "job.cancelled")
    }

    /// What fails at once has a status of its own, as without a stream.
    @Test func refusesBeforeItBegins() async throws {
        try await withServer(FakeEngine(.failing(.queueFull(limit: 2)))) { client async throws in
            let response = try await client.post("/v1/roasts", .plain.adding("stream", "true"))
            try expectProblem(response, 503, "queue_full")
        }
        try await withServer { client async throws in
            let response = try await client.post("/v1/roasts", .plain.adding("stream", "true").adding("n", "9"))
            try expectProblem(response, 400, "invalid_option", parameter: "n")
        }
    }
}
