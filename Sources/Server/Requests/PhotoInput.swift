import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// What a request brought: a photo's bytes and the options beside it.
struct PhotoInput: Sendable {
    let photo: [UInt8]
    let options: RequestOptions
    /// Its share of the memory for uploads, held as long as the photo is.
    let reservation: UploadBudget.Reservation

    /// Reads the photo in any of the forms that are taken: a form with a field `image`, the file itself, or JSON.
    ///
    /// - Throws: 408 where the body takes too long, 413 where it is too large, 415 for other forms, 400 where it is
    ///   malformed, 503 where too many arrive at once.
    static func read(_ request: Request, _ context: ServerContext, _ services: Services) async throws -> PhotoInput {
        let limits = services.configuration.limits
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limits.body {
            throw Problem.bodyTooLarge(limit: limits.body)
        }
        let reservation = services.uploads.reservation()
        let query = request.uri.queryParameters.map { (name: String($0.key), value: String($0.value)) }
        var sink = try sink(for: request.headers[.contentType], limits: limits)
        sink = try await within(limits.bodyTime) { [sink] in
            var sink = sink
            var count = 0
            do {
                for try await chunk in request.body {
                    count += chunk.readableBytes
                    guard count <= limits.body else { throw Problem.bodyTooLarge(limit: limits.body) }
                    try reservation.add(chunk.readableBytes)
                    try sink.receive(chunk)
                }
            } catch let error where !(error is Problem) && !(error is CancellationError) {
                // The connection broke, or what came over it is no HTTP.
                throw Problem.abandoned
            }
            if let length = request.headers[.contentLength].flatMap({ Int($0) }), count < length {
                throw Problem.malformed("the body ends after \(count) of \(length) bytes")
            }
            context.body.finish()
            return sink
        }
        var (photo, options) = try sink.finish()
        for (name, value) in query { options.add(name, text: value) }
        return PhotoInput(photo: photo, options: options, reservation: reservation)
    }

    /// Runs `body`, but no longer than `time`.
    private static func within<Value: Sendable>(
        _ time: Duration, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask(operation: body)
            group.addTask {
                try await Task.sleep(for: time)
                throw Problem(
                    status: .requestTimeout, code: "body_timeout",
                    detail: "the request's body did not arrive within \(time.components.seconds) seconds")
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw CancellationError() }
            return value
        }
    }

    private static func sink(for contentType: String?, limits: RequestLimits) throws(Problem) -> any BodySink {
        let type = ContentType(contentType ?? "")
        switch type.type {
        case "multipart/form-data":
            return try FormSink(boundary: type.parameters["boundary"] ?? "", limit: limits.file)
        case "application/json": return JSONSink(limit: limits.file)
        case "application/octet-stream": return FileSink(limit: limits.file)
        case let name where name.hasPrefix("image/"): return FileSink(limit: limits.file)
        default:
            throw Problem(
                status: .unsupportedMediaType, code: "unsupported_media_type",
                detail: "send a form with a field 'image' (curl -F image=@FILE), the file itself with its type "
                    + "(curl --data-binary @FILE -H 'Content-Type: image/jpeg'), or JSON; "
                    + (type.type.isEmpty ? "this request names no Content-Type" : "not \(excerpt(type.type))"))
        }
    }
}

/// Takes a body as it arrives.
private protocol BodySink: Sendable {
    mutating func receive(_ chunk: ByteBuffer) throws(Problem)
    /// Called where the body ends.
    consuming func finish() throws(Problem) -> (photo: [UInt8], options: RequestOptions)
}

/// The body is the photo.
private struct FileSink: BodySink {
    let limit: Int
    var bytes: [UInt8] = []

    mutating func receive(_ chunk: ByteBuffer) throws(Problem) {
        guard bytes.count + chunk.readableBytes <= limit else { throw .fileTooLarge(limit: limit) }
        bytes.append(contentsOf: chunk.readableBytesView)
    }

    consuming func finish() throws(Problem) -> (photo: [UInt8], options: RequestOptions) {
        (bytes, RequestOptions())
    }
}

/// A form: the part `image` is the photo, the others are options.
private struct FormSink: BodySink {
    let limit: Int
    var parser: MultipartParser

    init(boundary: String, limit: Int) throws(Problem) {
        self.limit = limit
        do { parser = try MultipartParser(boundary: boundary, fileLimit: limit) } catch {
            throw Problem(error, limit: limit)
        }
    }

    mutating func receive(_ chunk: ByteBuffer) throws(Problem) {
        do { try parser.feed(chunk.readableBytesView) } catch { throw Problem(error, limit: limit) }
    }

    consuming func finish() throws(Problem) -> (photo: [UInt8], options: RequestOptions) {
        let parts: [MultipartPart]
        do { parts = try parser.finish() } catch { throw Problem(error, limit: limit) }
        let images = parts.filter { $0.name == "image" }
        guard let image = images.first else { throw .malformed("the form has no field 'image'", parameter: "image") }
        guard images.count == 1 else { throw .malformed("one image a request is taken", parameter: "image") }
        guard image.isFile || image.content.count > 1024 else {
            throw .malformed("a file is expected; with curl: -F image=@FILE", parameter: "image")
        }
        var options = RequestOptions()
        for part in parts where part.name != "image" {
            guard let text = String(validating: part.content, as: UTF8.self) else {
                throw .option(part.name, "not UTF-8")
            }
            options.add(part.name, text: text)
        }
        return (image.content, options)
    }
}

extension Problem {
    /// - Parameter limit: bytes that the part `image` may have.
    fileprivate init(_ error: MultipartError, limit: Int) {
        switch error {
        case .malformed(let reason): self = .malformed(reason)
        case .fileTooLarge: self = .fileTooLarge(limit: limit)
        case .fieldTooLarge(let name):
            self.init(
                status: .contentTooLarge, code: "field_too_large",
                detail: "the field \(excerpt(name)) has more than \(MultipartParser.maximumField >> 10) KiB",
                parameter: excerpt(name))
        }
    }
}

/// A document `{"image": {"data": "<base64 or data: URI>"}, ...}`.
private struct JSONSink: BodySink {
    let limit: Int
    var bytes = Data()

    mutating func receive(_ chunk: ByteBuffer) throws(Problem) { bytes.append(contentsOf: chunk.readableBytesView) }

    consuming func finish() throws(Problem) -> (photo: [UInt8], options: RequestOptions) {
        let document: JSON
        do { document = try JSON(parsing: bytes) } catch { throw .malformed("the JSON cannot be read: \(error)") }
        guard case .object(let members) = document else { throw .malformed("a JSON object is expected") }
        var options = RequestOptions()
        for (name, value) in members where name != "image" { options.add(name, json: value) }
        return (try photo(document["image"]), options)
    }

    private func photo(_ image: JSON?) throws(Problem) -> [UInt8] {
        guard let image else { throw .malformed("'image' is missing", parameter: "image") }
        guard case .string(let text)? = image["data"] else {
            if image["url"] != nil || image["asset_id"] != nil {
                throw .malformed("photos are not fetched: send their bytes as image.data", parameter: "image")
            }
            throw .malformed("{\"data\": \"<base64 or data: URI>\"} is expected", parameter: "image")
        }
        var encoded = Substring(text)
        if text.hasPrefix("data:") {
            guard let comma = text.firstIndex(of: ","), text[..<comma].hasSuffix(";base64") else {
                throw .malformed("a data: URI with ;base64, is expected", parameter: "image.data")
            }
            encoded = text[text.index(after: comma)...]
        } else if text.hasPrefix("http://") || text.hasPrefix("https://") {
            throw .malformed("photos are not fetched: send their bytes as image.data", parameter: "image.data")
        }
        // Encoders break lines; nothing else may stand between the digits.
        let digits = Data(encoded.utf8.filter { $0 != 0x0A && $0 != 0x0D && $0 != 0x20 })
        guard let data = Data(base64Encoded: digits) else {
            throw .malformed("not base64", parameter: "image.data")
        }
        guard data.count <= limit else { throw .fileTooLarge(limit: limit) }
        return [UInt8](data)
    }
}
