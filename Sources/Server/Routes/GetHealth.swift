import Engine
import HTTPTypes
import Hummingbird

extension Route {
    /// `GET /healthz`: the process runs.
    static func getHealth() -> Route {
        Route(method: .get, path: "/healthz") { _, _ in Response.json(["status": "ok"]) }
    }

    /// `GET /readyz`: photos can be served; 503 while models load.
    static func getReadiness(_ services: Services) -> Route {
        Route(method: .get, path: "/readyz") { _, _ in
            guard await services.engine.status().isReady else {
                throw Problem.busy("the models are being loaded", code: "loading")
            }
            return Response.json(["status": "ready"])
        }
    }
}
