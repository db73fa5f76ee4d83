import HTTPTypes
import Hummingbird

/// One method of one path.
struct Route: Sendable {
    let method: HTTPRequest.Method
    /// Components between slashes; `{name}` stands for any one component.
    let path: String
    let handler: @Sendable (Request, ServerContext) async throws -> Response

    /// All of them. A new route is a file beside this one and a line here.
    static func all(_ services: Services) -> [Route] {
        [
            .page(PageFiles.html), .page(PageFiles.css), .page(PageFiles.javascript), .page(PageFiles.icon),
            .postRoasts(services), .postCaptions(services), .postAnalyses(services),
            .getRecord(services, .roast), .getRecord(services, .caption), .getRecord(services, .analysis),
            .deleteRecord(services, .roast), .deleteRecord(services, .caption), .deleteRecord(services, .analysis),
            .getModels(services), .getModel(services), .getCapabilities(services),
            .getHealth(), .getReadiness(services), .getMetrics(services),
        ]
    }

    /// Whether a request's path is one of this route's.
    func matches(path: String) -> Bool {
        let wanted = self.path.split(separator: "/")
        let given = path.split(separator: "/")
        return wanted.count == given.count && zip(wanted, given).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
}
