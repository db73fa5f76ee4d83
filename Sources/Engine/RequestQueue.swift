import Synchronization

/// Counts the requests that wait or run, so that there are never too many.
final class RequestQueue: Sendable {
    private let limit: Int
    private let present = Mutex(0)

    /// - Parameter limit: requests that may wait beside the one that runs.
    init(limit: Int) { self.limit = limit }

    /// Takes a place and says how many requests are before it.
    ///
    /// - Throws: ``EngineError/queueFull(limit:)``
    func enter() throws(EngineError) -> Int {
        let position = present.withLock { present -> Int? in
            guard present <= limit else { return nil }
            present += 1
            return present - 1
        }
        guard let position else { throw .queueFull(limit: limit) }
        return position
    }

    /// Gives the place back.
    func leave() { present.withLock { $0 -= 1 } }
}
