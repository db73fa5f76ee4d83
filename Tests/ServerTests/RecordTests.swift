import Engine
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Server
import TestSupport
import Testing

/// Answers that are kept.
@Suite struct RecordTests {
    private static let kinds = ["roasts", "captions", "analyses"]

    @Test(arguments: kinds)
    func areKeptAndForgotten(_ kind: String) async throws {
        let scratch = try Scratch()
        let path = scratch.file("state/answers.db")
        let records = try RecordStore(path: path, seconds: 3600)
        try await withServer(records: records) { client async throws in
            let json = try await client.post("/v1/\(kind)", .plain.adding("retain", "true")).json()
            guard case .string(let id)? = json["id"], case .string(let until)? = json["retained_until"] else {
                return #expect(Bool(false), "no id or time")
            }
            let date = try Date(until, strategy: .iso8601)
            #expect(abs(date.timeIntervalSinceNow - 3600) < 600)
            #expect(try await client.get("/v1/\(kind)/\(id)").json() == json)
            // An id belongs to one kind of answer.
            for other in Self.kinds where other != kind {
                try expectProblem(try await client.get("/v1/\(other)/\(id)"), 404, "not_found")
            }
            let deletion = try await client.execute(uri: "/v1/\(kind)/\(id)", method: .delete)
            #expect(deletion.status == .noContent)
            try expectProblem(try await client.get("/v1/\(kind)/\(id)"), 404, "not_found")
            let again = try await client.execute(uri: "/v1/\(kind)/\(id)", method: .delete)
            try expectProblem(again, 404, "not_found")
        }
    }

    @Test func areKeptOnlyWhereAskedFor() async throws {
        let scratch = try Scratch()
        defer { withExtendedLifetime(scratch) {} }
        let records = try RecordStore(path: scratch.file("answers.db"), seconds: 60)
        try await withServer(records: records) { client async throws in
            let json = try await client.post("/v1/roasts", .plain).json()
            #expect(json["retained_until"] == .null)
            guard case .string(let id)? = json["id"] else { return #expect(Bool(false), "no id") }
            try expectProblem(try await client.get("/v1/roasts/\(id)"), 404, "not_found")
        }
        try await withServer { client async throws in
            let response = try await client.post("/v1/roasts", .plain.adding("retain", "true"))
            try expectProblem(response, 400, "invalid_option", parameter: "retain")
            try expectProblem(try await client.get("/v1/roasts/rst_x"), 404, "not_found")
        }
    }

    @Test func outliveTheServerButNotTheirTime() async throws {
        let scratch = try Scratch()
        let path = scratch.file("answers.db")
        let id = try await withServer(records: try RecordStore(path: path, seconds: 3600)) { client async throws in
            let form = Form.plain.adding("retain", "true").adding("stream", "true")
            let response = try await client.post("/v1/roasts", form)
            let result = try Event.all(in: String(buffer: response.body)).last?.data["result"]
            guard case .string(let id)? = result?["id"] else { throw CancellationError() }
            return id
        }
        try await withServer(records: try RecordStore(path: path, seconds: 1)) { client async throws in
            #expect(try await client.get("/v1/roasts/\(id)").status == .ok)
            let short = try await client.post("/v1/roasts", .plain.adding("retain", "true")).json()
            guard case .string(let id)? = short["id"] else { return #expect(Bool(false), "no id") }
            try await Task.sleep(for: .milliseconds(1100))
            try expectProblem(try await client.get("/v1/roasts/\(id)"), 404, "not_found")
        }
    }

    @Test func areReadableByTheirOwnerAlone() async throws {
        let scratch = try Scratch()
        let path = scratch.file("deep/state/answers.db")
        let records = try RecordStore(path: path, seconds: 60)
        try await withServer(records: records) { client async throws in
            _ = try await client.post("/v1/roasts", .plain.adding("retain", "true"))
        }
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try mode(path) == 0o600)
        #expect(try mode(scratch.file("deep/state")) == 0o700)
        // Neither pixels nor the file's name are in it.
        let bytes = try fileBytes(path)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("The window is the subject."))
        #expect(!text.contains("holiday.jpg") && !text.contains(base64(Form.photo)))
    }

    @Test(arguments: [
        "rst_", "rst_0", "rst_%27%20OR%201", "cap_00000000000000000000000000",
        "rst_" + String(repeating: "i", count: 26),
    ])
    func haveSoundIDs(_ id: String) async throws {
        let scratch = try Scratch()
        defer { withExtendedLifetime(scratch) {} }
        let records = try RecordStore(path: scratch.file("answers.db"), seconds: 60)
        try await withServer(records: records) { client async throws in
            try expectProblem(try await client.get("/v1/roasts/\(id)"), 404, "not_found")
        }
    }
}
