import Commentary
import Engine
import HTTPTypes
import Hummingbird

extension Route {
    /// `POST /v1/captions`: a photo in, a sentence to put beside it out.
    static func postCaptions(_ services: Services) -> Route {
        Route(method: .post, path: "/v1/captions") { request, context in
            let input = try await PhotoInput.read(request, context, services)
            let options = try await CommentRequest(input.options, kind: .caption, engine: services.engine)
            return try await Job.comment(input, options, services).respond(request, context, services)
        }
    }
}
