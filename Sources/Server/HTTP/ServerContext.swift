package import Hummingbird
import Synchronization

/// What belongs to one request beside its bytes.
package struct ServerContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The client's own `X-Request-Id` where it is sound, else one drawn at random.
    var requestID = ""
    /// Whether the request's body has been read to its end.
    let body = BodyProgress()

    package init(source: ApplicationRequestContextSource) { coreContext = CoreRequestContextStorage(source: source) }
}

/// Tells whoever answers a refused request whether its body is still coming.
final class BodyProgress: Sendable {
    private let finished = Atomic(false)

    var isFinished: Bool { finished.load(ordering: .acquiring) }

    func finish() { finished.store(true, ordering: .releasing) }
}
