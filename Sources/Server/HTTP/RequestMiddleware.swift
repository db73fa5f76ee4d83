import HTTPTypes
import Hummingbird

/// What surrounds every request: its id, the gate, problems as documents, headers, the log.
struct RequestMiddleware: RouterMiddleware {
    typealias Context = ServerContext

    let gate: Gate
    let routes: [Route]
    let log: AccessLog
    let linger: Duration

    static let requestID = HTTPField.Name("X-Request-Id")!

    func handle(
        _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var context = context
        let named = request.headers[Self.requestID] ?? ""
        context.requestID = Identifier.isRequestID(named) ? named : Identifier.random("req")
        var response: Response
        do {
            try gate.check(request)
            response = try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            response = unrouted(request).response(requestID: context.requestID)
        } catch {
            response = Problem(wrapping: error).response(requestID: context.requestID)
        }
        if response.status.code >= 400, request.announcesBody, !context.body.isFinished, linger > .zero {
            response.linger(over: request, linger)
        }
        response.headers[Self.requestID] = context.requestID
        SecurityHeaders.add(to: &response.headers)
        // A stream writes its own line when it ends.
        if response.headers[.contentType] != EventStream.contentType {
            log.record(
                id: context.requestID, method: request.method.rawValue, route: context.endpointPath ?? "none",
                status: response.status.code, since: start)
        }
        return response
    }

    /// What to say where no route took the request: another method would do, or nothing is there.
    private func unrouted(_ request: Request) -> Problem {
        let methods = routes.filter { $0.matches(path: request.uri.path) }.map(\.method.rawValue)
        guard !methods.isEmpty else { return .notFound("nothing is served at this path") }
        return Problem(
            status: .methodNotAllowed, code: "method_not_allowed",
            detail: "\(request.method.rawValue) does not apply here; \(methods.joined(separator: ", ")) does",
            headers: [.allow: methods.joined(separator: ", ")])
    }
}
