import HTTPTypes
import Hummingbird

extension Route {
    /// `GET /metrics`: counters for Prometheus.
    static func getMetrics(_ services: Services) -> Route {
        Route(method: .get, path: "/metrics") { _, _ in
            let text = services.metrics.text(version: services.configuration.version)
            return Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4", .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        }
    }
}
