import Engine
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Server
import Testing

/// The routes beside those for photos, and what surrounds every request.
@Suite struct RouteTests {
    @Test func modelsAreListed() async throws {
        try await withServer { client async throws in
            let json = try await client.get("/v1/models").json()
            guard case .array(let models)? = json["data"] else { return #expect(Bool(false), "no data") }
            #expect(json["object"] == "list" && models.count == 2)
            let writer: JSON = [
                "id": "tiny-writer", "object": "model", "created": 0, "owned_by": "heckle", "task": "language",
                "origin": "embedded", "digest": .string(FakeEngine.writer.digest), "bytes": 1_000_000,
                "licence": "Apache-2.0", "quant": "Q4_0", "accuracy": .null,
            ]
            #expect(models.last == writer)
            #expect(try await client.get("/v1/models/tiny-writer").json() == writer)
            try expectProblem(try await client.get("/v1/models/other"), 404, "not_found")
        }
    }

    @Test func capabilitiesSayWhatIsThere() async throws {
        try await withServer { client async throws in
            let json = try await client.get("/v1/capabilities").json()
            #expect(json["version"] == "1.2.3" && json["ready"] == true && json["retain_seconds"] == 0)
            #expect(json["roast_styles"] == ["gentle", "dry", "spicy"])
            #expect(json["caption_styles"] == ["plain", "alt_text", "social"])
            #expect(json["limits"]?["file_bytes"] == .integer(20 << 20))
            guard case .array(let tasks)? = json["tasks"] else { return #expect(Bool(false), "no tasks") }
            #expect(tasks.contains(["task": "expression", "available": false, "reason": "no_model"]))
            #expect(tasks.contains(["task": "faces", "available": true, "reason": .null]))
        }
    }

    @Test func healthAndReadinessDiffer() async throws {
        try await withServer { client async throws in
            #expect(try await client.get("/healthz").json() == ["status": "ok"])
            #expect(try await client.get("/readyz").json() == ["status": "ready"])
        }
        try await withServer(FakeEngine(.loading)) { client async throws in
            #expect(try await client.get("/healthz").status == .ok)
            let response = try await client.get("/readyz")
            try expectProblem(response, 503, "loading")
            #expect(response.headers[.retryAfter] != nil)
        }
    }

    @Test func metricsCount() async throws {
        try await withServer { client async throws in
            _ = try await client.post("/v1/roasts", .plain)
            _ = try await client.get("/nowhere")
            let text = String(buffer: try await client.get("/metrics").body)
            #expect(text.contains(#"heckle_http_requests_total{route="/v1/roasts",code="200"} 1"#))
            #expect(text.contains(#"code="404"} 1"#))
            #expect(text.contains(#"heckle_jobs_total{kind="roast",status="succeeded"} 1"#))
            #expect(text.contains("heckle_llm_generated_tokens_total 34"))
            #expect(text.contains(#"heckle_build_info{version="1.2.3"} 1"#))
        }
    }

    @Test(arguments: ["/nowhere", "/v1", "/v1/roasts/", "/v1/roasts/a/b", "/%00", "/../etc/passwd"])
    func unknownPathsAreProblems(_ path: String) async throws {
        try await withServer { client async throws in
            let response = try await client.get(path)
            #expect([404, 405].contains(response.status.code))
            #expect(response.headers[.contentType] == "application/problem+json")
        }
    }

    @Test func otherMethodsAreProblems() async throws {
        try await withServer { client async throws in
            let response = try await client.execute(uri: "/v1/roasts", method: .put)
            try expectProblem(response, 405, "method_not_allowed")
            #expect(response.headers[.allow] == "POST")
            let record = try await client.execute(uri: "/v1/roasts/x", method: .patch)
            #expect(record.headers[.allow] == "GET, DELETE")
        }
    }

    @Test func everyAnswerHasItsHeaders() async throws {
        try await withServer { client async throws in
            for response in [
                try await client.get("/"), try await client.get("/nowhere"),
                try await client.post("/v1/roasts", .plain),
                try await client.post("/v1/roasts", .plain.adding("stream", "1")),
            ] {
                func header(_ name: String) -> String? { response.headers[HTTPField.Name(name)!] }
                let policy = try #require(header("Content-Security-Policy"))
                #expect(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"))
                #expect(!policy.contains("unsafe"))
                #expect(header("X-Content-Type-Options") == "nosniff")
                #expect(header("Referrer-Policy") == "no-referrer")
                #expect(header("X-Request-Id")?.hasPrefix("req_") == true)
                #expect(header("Access-Control-Allow-Origin") == nil)
            }
        }
    }

    @Test(arguments: [
        ("abc-1.2_Z", true), ("a b", false), ("a\"}\\n", false), (String(repeating: "x", count: 65), false),
    ])
    func requestIDsOfClientsAreKeptWhereSound(_ id: String, _ isKept: Bool) async throws {
        try await withServer { client async throws in
            let name = HTTPField.Name("X-Request-Id")!
            let response = try await client.get("/healthz", headers: [name: id])
            #expect((response.headers[name] == id) == isKept)
        }
    }

    @Test(arguments: [
        ("http://localhost", 200), ("HTTP://LocalHost", 200), ("http://localhost:8000", 403),
        ("https://localhost", 403),
        ("http://evil.example", 403), ("null", 403), ("http://127.0.0.1", 403), ("", 403),
    ])
    func originsMustBeTheServersOwn(_ origin: String, _ status: Int) async throws {
        try await withServer { client async throws in
            let response = try await client.post("/v1/roasts", .plain, headers: [.origin: origin])
            #expect(response.status.code == status)
            if status == 403 { try expectProblem(response, 403, "origin_not_allowed") }
            // Reading is harmless: the answer does not let other origins see it.
            #expect(try await client.get("/healthz", headers: [.origin: origin]).status == .ok)
        }
    }

    @Test func theHostMustBeOne() async throws {
        try await withServer { client async throws in
            let response = try await client.get("/", headers: [HTTPField.Name("Host")!: "localhost"])
            try expectProblem(response, 403, "host_not_allowed")
        }
    }

    @Test func thePageIsWhole() async throws {
        try await withServer { client async throws in
            let page = try await client.get("/")
            #expect(page.headers[.contentType] == "text/html; charset=utf-8")
            let html = String(buffer: page.body)
            #expect(html.hasPrefix("<!doctype html>"))
            // Everything it names is served, nothing is in-line, nothing comes from elsewhere.
            let names = html.matches(of: /(?:src|href)="([^"]+)"/).map { String($0.1) }
            #expect(Set(names) == ["/icon.svg", "/app.css", "/app.js"])
            for name in names { #expect(try await client.get(name).status == .ok) }
            #expect(html.firstMatch(of: /<script>|<style|style="| on[a-z]+="/) == nil)
            for name in ["/app.js", "/app.css"] {
                #expect(!String(buffer: try await client.get(name).body).contains("://") || name == "/app.js")
            }
            // Every element that the script looks for is there.
            let script = String(buffer: try await client.get("/app.js").body)
            for match in script.matches(of: /\$\("([a-z-]+)"\)/) { #expect(html.contains("id=\"\(match.1)\"")) }
        }
    }

    @Test func thePageIsSentOnce() async throws {
        try await withServer { client async throws in
            let tag = try #require(try await client.get("/app.js").headers[.eTag])
            let again = try await client.get("/app.js", headers: [.ifNoneMatch: tag])
            #expect(again.status == .notModified && again.body.readableBytes == 0)
            #expect(try await client.get("/app.js", headers: [.ifNoneMatch: "\"x\""]).status == .ok)
            #expect(try await client.get("/app.css").headers[.eTag] != tag)
        }
    }
}
