import Synchronization

/// How many bytes of requests the server holds at a time, over all of them.
///
/// Each request's size is limited, and so is the engine's queue; but bodies arrive before the queue is asked, and many
/// connections together could still fill the memory.
final class UploadBudget: Sendable {
    private let limit: Int
    private let used = Mutex(0)

    init(limit: Int) { self.limit = limit }

    /// One request's share, given back when the value goes.
    func reservation() -> Reservation { Reservation(budget: self) }

    final class Reservation: Sendable {
        private let budget: UploadBudget
        private let bytes = Mutex(0)

        fileprivate init(budget: UploadBudget) { self.budget = budget }

        deinit { budget.used.withLock { $0 -= bytes.withLock { $0 } } }

        /// Adds to the share.
        func add(_ count: Int) throws(Problem) {
            let fits = budget.used.withLock { used in
                guard used + count <= budget.limit else { return false }
                used += count
                return true
            }
            guard fits else { throw .busy("too many photos arrive at once; try again in a moment") }
            bytes.withLock { $0 += count }
        }
    }
}
