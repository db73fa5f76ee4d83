import Engine
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Server
import Testing

/// The forms in which a photo may come.
@Suite struct InputTests {
    static let routes = ["/v1/roasts", "/v1/captions", "/v1/analyses"]

    @Test(arguments: routes)
    func takesForms(_ route: String) async throws {
        let engine = FakeEngine()
        try await withServer(engine) { client async throws in
            #expect(try await client.post(route, .plain).status == .ok)
        }
        #expect(engine.received == [Form.photo])
    }

    @Test(arguments: ["image/jpeg", "image/png", "application/octet-stream", "IMAGE/JPEG; charset=x", "image/webp"])
    func takesFiles(_ type: String) async throws {
        let engine = FakeEngine()
        try await withServer(engine) { client async throws in
            for route in Self.routes { #expect(try await client.post(route, type: type, Form.photo).status == .ok) }
        }
        #expect(engine.received == [Form.photo, Form.photo, Form.photo])
    }

    @Test(arguments: [
        base64(Form.photo), "data:image/jpeg;base64," + base64(Form.photo), "data:;base64," + base64(Form.photo),
        String(base64(Form.photo).enumerated().flatMap { $0 % 20 == 19 ? ["\\", "n", $1] : [$1] }),
    ])
    func takesJSON(_ data: String) async throws {
        let engine = FakeEngine()
        try await withServer(engine) { client async throws in
            for route in Self.routes {
                #expect(try await client.post(route, json: #"{"image":{"data":"\#(data)"}}"#).status == .ok)
            }
        }
        #expect(engine.received == [Form.photo, Form.photo, Form.photo])
    }

    @Test func takesAPhotoOfManyChunks() async throws {
        let photo = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 131 ^ $0 >> 7) }
        let engine = FakeEngine()
        try await withServer(engine) { client async throws in
            _ = try await client.post("/v1/roasts", Form().adding("image", photo, file: "a"))
            _ = try await client.post("/v1/roasts", type: "image/png", photo)
            _ = try await client.post("/v1/roasts", json: #"{"image":{"data":"\#(base64(photo))"}}"#)
        }
        #expect(engine.received == [photo, photo, photo])
    }

    @Test(
        arguments: [
            (#"{"image":{"data":"%%%"}}"#, "image.data"), (#"{"image":{"data":7}}"#, "image"),
            (#"{"image":"x"}"#, "image"),
            (#"{"style":"dry"}"#, "image"), (#"{"image":{"url":"http://a/b.jpg"}}"#, "image"),
            (#"{"image":{"data":"https://a/b.jpg"}}"#, "image.data"),
            (#"{"image":{"data":"file:///etc/passwd"}}"#, "image.data"),
            (#"{"image":{"asset_id":"ast_1"}}"#, "image"), (#"{"image":{"data":"data:image/png,abc"}}"#, "image.data"),
            ("[1]", nil), ("{", nil), ("", nil),
        ] as [(String, String?)])
    func refusesJSON(_ document: String, _ parameter: String?) async throws {
        try await withServer { client async throws in
            let response = try await client.post("/v1/roasts", json: document)
            try expectProblem(response, 400, "malformed_request", parameter: parameter)
        }
    }

    @Test func refusesForms() async throws {
        try await withServer { client async throws in
            for (form, parameter) in [
                (Form(), "image"), (Form().adding("style", "dry"), "image"), (Form().adding("image", "a.jpg"), "image"),
                (Form.plain.adding("image", Form.photo, file: "b"), "image"),
            ] {
                let response = try await client.post("/v1/roasts", form)
                try expectProblem(response, 400, "malformed_request", parameter: parameter)
            }
            let unbounded = try await client.post("/v1/roasts", type: "multipart/form-data", Form.plain.bytes)
            try expectProblem(unbounded, 400, "malformed_request")
            let cut = try await client.post(
                "/v1/roasts", type: Form.plain.contentType, Array(Form.plain.bytes.dropLast(9)))
            try expectProblem(cut, 400, "malformed_request")
            let binary = try await client.post("/v1/roasts", Form.plain.adding("style", [0xFF, 0xFE]))
            try expectProblem(binary, 400, "invalid_option", parameter: "style")
        }
    }

    @Test(arguments: ["text/plain", "application/x-www-form-urlencoded", "multipart/mixed; boundary=x", nil])
    func refusesOtherTypes(_ type: String?) async throws {
        try await withServer { client async throws in
            let response = try await client.post("/v1/roasts", type: type, Form.photo)
            try expectProblem(response, 415, "unsupported_media_type")
        }
    }

    @Test func limitsFilesAndBodies() async throws {
        var limits = RequestLimits()
        limits.file = 1000
        limits.body = 2000
        try await withServer(limits: limits) { client async throws in
            func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: 9, count: count) }
            #expect(try await client.post("/v1/roasts", type: "image/png", bytes(1000)).status == .ok)
            #expect(try await client.post("/v1/roasts", Form().adding("image", bytes(1000), file: "a")).status == .ok)
            for response in [
                try await client.post("/v1/roasts", type: "image/png", bytes(1001)),
                try await client.post("/v1/roasts", Form().adding("image", bytes(1001), file: "a")),
                try await client.post("/v1/roasts", json: #"{"image":{"data":"\#(base64(bytes(1001)))"}}"#),
            ] {
                try expectProblem(response, 413, "file_too_large", parameter: "image")
            }
            try expectProblem(
                try await client.post("/v1/roasts", type: "image/png", bytes(2001)), 413, "body_too_large")
            let field = try await client.post("/v1/roasts", Form.plain.adding("style", bytes(1000)))
            try expectProblem(field, 400, "invalid_option", parameter: "style")
        }
    }

    @Test func limitsTheMemoryOfAllBodies() async throws {
        var limits = RequestLimits()
        limits.memory = 500
        try await withServer(limits: limits) { client async throws in
            for _ in 0..<3 {
                #expect(try await client.post("/v1/roasts", type: "image/png", Form.photo).status == .ok)
            }
            let response = try await client.post("/v1/roasts", type: "image/png", Form.photo + Form.photo)
            try expectProblem(response, 503, "queue_full")
            #expect(response.headers[.retryAfter] == "2")
        }
    }
}
