import Commentary
import Engine
import HTTPTypes
import Hummingbird

extension Route {
    /// `POST /v1/roasts`: a photo in, lines about it out.
    static func postRoasts(_ services: Services) -> Route {
        Route(method: .post, path: "/v1/roasts") { request, context in
            let input = try await PhotoInput.read(request, context, services)
            let options = try await CommentRequest(input.options, kind: .roast, engine: services.engine)
            return try await Job.comment(input, options, services).respond(request, context, services)
        }
    }
}
