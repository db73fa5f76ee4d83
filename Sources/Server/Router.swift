package import Engine
package import Hummingbird
package import Logging

/// All routes over any engine, so that tests need neither weights nor a socket.
package func buildRouter(
    engine: some PhotoEngine, configuration: ServerConfiguration, logger: Logger = Logger(label: "heckle")
) -> Router<ServerContext> {
    let services = Services(engine: engine, configuration: configuration, logger: logger)
    let routes = Route.all(services)
    let router = Router(context: ServerContext.self, options: .autoGenerateHeadEndpoints)
    router.add(
        middleware: RequestMiddleware(
            gate: configuration.gate, routes: routes, log: services.log, linger: configuration.limits.linger))
    for route in routes {
        router.on(RouterPath(route.path), method: route.method) { request, context in
            try await route.handler(request, context)
        }
    }
    return router
}
