import Engine
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Server
import Testing

/// A server's routes without a socket. Requests of the test client name the host `localhost`, so the port is HTTP's own.
func withServer<Value>(
    _ engine: FakeEngine = FakeEngine(), records: RecordStore? = nil, limits: RequestLimits? = nil,
    _ test: @Sendable (any TestClientProtocol) async throws -> Value
) async throws -> Value {
    var limits = limits ?? RequestLimits()
    limits.linger = .zero
    let configuration = ServerConfiguration(
        gate: Gate(port: 80), version: "1.2.3", limits: limits, records: records)
    let router = buildRouter(engine: engine, configuration: configuration, logger: .silent)
    return try await Application(router: router, logger: .silent).test(.router, test)
}

extension Logger {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

/// A form as browsers and curl send it.
struct Form {
    var boundary = "----x1y2"
    var body: [UInt8] = []

    /// - Parameter file: the file's name; nil for a plain field.
    func adding(_ name: String, _ content: [UInt8], file: String? = nil) -> Form {
        var form = self
        let filename = file.map { "; filename=\"\($0)\"\r\nContent-Type: image/jpeg" } ?? ""
        form.body += Array("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\(filename)\r\n\r\n".utf8)
        form.body += content + Array("\r\n".utf8)
        return form
    }

    func adding(_ name: String, _ value: String) -> Form { adding(name, Array(value.utf8)) }

    /// The body with its last boundary.
    var bytes: [UInt8] { body + Array("--\(boundary)--\r\n".utf8) }

    var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    static let photo: [UInt8] = [0xFF, 0xD8, 0xFF, 0x0D, 0x0A, 0x2D, 0x2D, 0x0D, 0x0A, 0x00, 0x2D] + Array(0...255)

    /// A form with a photo in it.
    static let plain = Form().adding("image", photo, file: "holiday.jpg")
}

extension TestClientProtocol {
    func post(_ uri: String, type: String?, _ body: [UInt8], headers: HTTPFields = [:]) async throws -> TestResponse {
        var headers = headers
        if let type { headers[.contentType] = type }
        return try await execute(uri: uri, method: .post, headers: headers, body: ByteBuffer(bytes: body))
    }

    func post(_ uri: String, _ form: Form, headers: HTTPFields = [:]) async throws -> TestResponse {
        try await post(uri, type: form.contentType, form.bytes, headers: headers)
    }

    /// A roast from a JSON document.
    func post(_ uri: String, json: String) async throws -> TestResponse {
        try await post(uri, type: "application/json", Array(json.utf8))
    }

    func get(_ uri: String, headers: HTTPFields = [:]) async throws -> TestResponse {
        try await execute(uri: uri, method: .get, headers: headers)
    }
}

extension TestResponse {
    /// The body as JSON.
    func json() throws -> JSON { try JSON(parsing: Data(body.readableBytesView)) }
}

/// Expects a problem document of this status, code and parameter, complete and with its request's id.
func expectProblem(
    _ response: TestResponse, _ status: Int, _ code: String, parameter: String? = nil,
    _ location: SourceLocation = #_sourceLocation
) throws {
    #expect(response.status.code == status, sourceLocation: location)
    #expect(response.headers[.contentType] == "application/problem+json", sourceLocation: location)
    let json = try response.json()
    #expect(json["code"] == .string(code), sourceLocation: location)
    #expect(json["status"] == .integer(status), sourceLocation: location)
    #expect(json["param"] == .optional(parameter) { .string($0) }, sourceLocation: location)
    #expect(json["type"] == "about:blank" && json["title"] != nil && json["detail"] != nil, sourceLocation: location)
    let id = try #require(response.headers[HTTPField.Name("X-Request-Id")!], sourceLocation: location)
    #expect(json["request_id"] == .string(id), sourceLocation: location)
}

/// Text as it stands in a document of base64.
func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
