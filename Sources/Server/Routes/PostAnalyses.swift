import HTTPTypes
import Hummingbird

extension Route {
    /// `POST /v1/analyses`: a photo in, what can be seen in it out.
    static func postAnalyses(_ services: Services) -> Route {
        Route(method: .post, path: "/v1/analyses") { request, context in
            let input = try await PhotoInput.read(request, context, services)
            let options = try AnalysisRequest(input.options)
            return try await Job.analysis(input, options, services).respond(request, context, services)
        }
    }
}
