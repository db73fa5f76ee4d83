import Logging

/// One line a request: its id, route, status and time. Never what was asked, seen or said, nor a file's name.
struct AccessLog: Sendable {
    let logger: Logger
    let metrics: Metrics

    /// - Parameters:
    ///   - route: the pattern that matched, not the path.
    ///   - outcome: for a stream, how it ended.
    func record(
        id: String, method: String, route: String, status: Int, outcome: String? = nil,
        since start: ContinuousClock.Instant
    ) {
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        metrics.countRequest(route: route, status: status, seconds: seconds)
        var metadata: Logger.Metadata = [
            "id": "\(id)", "route": "\(method) \(route)", "status": "\(status)", "ms": "\(Int(seconds * 1000))",
        ]
        if let outcome { metadata["outcome"] = "\(outcome)" }
        logger.info("request", metadata: metadata)
    }
}
