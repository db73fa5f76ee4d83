import Engine
import HTTPTypes
import Hummingbird

/// What a client did wrong, or what went wrong for it: `application/problem+json` (RFC 9457).
///
/// `type` is always `about:blank` and `title` the status's own phrase, as the RFC has it for problems that need no
/// page of their own; `code` is what programs branch on.
struct Problem: Error, Sendable {
    var status: HTTPResponse.Status
    /// A short name of this problem, stable over versions: `invalid_option`.
    var code: String
    /// One sentence for people about this occurrence.
    var detail: String
    /// The option at fault, as the request names it.
    var parameter: String?
    var headers: HTTPFields = [:]

    /// The problem's document.
    func json(requestID: String) -> JSON {
        [
            "type": "about:blank", "title": .string(status.reasonPhrase), "status": .integer(status.code),
            "detail": .string(detail), "code": .string(code), "param": .optional(parameter) { .string($0) },
            "request_id": .string(requestID),
        ]
    }

    func response(requestID: String) -> Response {
        var response = Response.json(json(requestID: requestID), status: status, type: "application/problem+json")
        for field in headers { response.headers.append(field) }
        return response
    }
}

extension Problem {
    /// A value that the option of this name cannot have.
    static func option(_ name: String, _ reason: String) -> Problem {
        Problem(status: .badRequest, code: "invalid_option", detail: "\(name): \(reason)", parameter: name)
    }

    /// A request that cannot be read.
    static func malformed(_ detail: String, parameter: String? = nil) -> Problem {
        Problem(status: .badRequest, code: "malformed_request", detail: detail, parameter: parameter)
    }

    static func notFound(_ detail: String) -> Problem {
        Problem(status: .notFound, code: "not_found", detail: detail)
    }

    static func fileTooLarge(limit: Int) -> Problem {
        Problem(
            status: .contentTooLarge, code: "file_too_large",
            detail: "the photo has more than \(limit >> 20) MiB, the most that is taken", parameter: "image")
    }

    static func bodyTooLarge(limit: Int) -> Problem {
        Problem(
            status: .contentTooLarge, code: "body_too_large",
            detail: "the request has more than \(limit >> 20) MiB, the most that is taken")
    }

    /// Too much at once; the client may try again soon.
    static func busy(_ detail: String, code: String = "queue_full") -> Problem {
        Problem(status: .serviceUnavailable, code: code, detail: detail, headers: [.retryAfter: "2"])
    }

    /// Nobody reads this: the client has gone. It is there for the log, under the status that servers use for it.
    static let abandoned = Problem(
        status: HTTPResponse.Status(code: 499, reasonPhrase: "Client Closed Request"), code: "abandoned",
        detail: "the client closed the connection before the answer was there")

    /// What to answer where the engine threw `error`.
    init(_ error: EngineError) {
        switch error.category {
        case .unsupportedFormat:
            self.init(
                status: .unsupportedMediaType, code: "unsupported_format", detail: "\(error)", parameter: "image")
        case .tooLarge:
            self.init(status: .contentTooLarge, code: "photo_too_large", detail: "\(error)", parameter: "image")
        case .unreadable:
            self.init(status: .unprocessableContent, code: "unreadable_photo", detail: "\(error)", parameter: "image")
        case .invalidOption:
            var name: String?
            if case .invalidOption(let option, _) = error { name = option }
            self.init(status: .badRequest, code: "invalid_option", detail: "\(error)", parameter: name)
        case .queueFull:
            self = .busy("\(error); try again in a moment")
        case .model:
            self.init(status: .internalServerError, code: "model_unusable", detail: "\(error)")
        case .cancelled:
            self = .busy("the request was cancelled before it was done", code: "cancelled")
        }
    }

    /// What to answer for any error. One that nobody foresaw says no more than its kind: its text might hold a path.
    init(wrapping error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as EngineError: self.init(error)
        case let error as any HTTPResponseError:
            self.init(status: error.status, code: "http_error", detail: error.status.reasonPhrase)
        case is CancellationError: self.init(EngineError.cancelled)
        default:
            self.init(
                status: .internalServerError, code: "internal_error",
                detail: "the server met an error of its own (\(type(of: error)))")
        }
    }
}
