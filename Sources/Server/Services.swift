import Engine
import Logging

/// What the routes share.
struct Services: Sendable {
    let engine: any PhotoEngine
    let configuration: ServerConfiguration
    let metrics: Metrics
    let log: AccessLog
    let uploads: UploadBudget

    init(engine: any PhotoEngine, configuration: ServerConfiguration, logger: Logger) {
        self.engine = engine
        self.configuration = configuration
        metrics = Metrics()
        log = AccessLog(logger: logger, metrics: metrics)
        uploads = UploadBudget(limit: configuration.limits.memory)
    }
}
