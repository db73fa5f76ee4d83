import HTTPTypes
import Hummingbird
import Synchronization

/// Who may talk to the server: programs on this machine, and pages that the server itself gave out.
///
/// A web page somewhere can make a browser send requests to any address, this machine's included. It cannot choose
/// the `Host` that goes with them, so a name that was pointed at 127.0.0.1 for the purpose (DNS rebinding) shows
/// there; and it cannot hide its own `Origin` from a request that changes something.
package final class Gate: Sendable {
    private let port: Mutex<Int>

    /// - Parameter port: where the server listens; 0 where the system chooses, until ``listening(on:)`` says.
    package init(port: Int) { self.port = Mutex(port) }

    /// The port that the system chose.
    package func listening(on port: Int) { self.port.withLock { $0 = port } }

    private static let names: Set<String> = ["localhost", "127.0.0.1", "[::1]"]

    /// Throws for a request that is to be refused.
    func check(_ request: Request) throws(Problem) {
        let host = (request.head.authority ?? "").lowercased()
        guard request.headers[values: Self.host].isEmpty, isAllowed(host) else {
            throw Problem(
                status: .forbidden, code: "host_not_allowed",
                detail: "the Host header must be localhost, 127.0.0.1 or [::1] with the server's port")
        }
        guard request.method != .get, request.method != .head else { return }
        let origins = request.headers[values: .origin]
        guard origins.allSatisfy({ $0.lowercased() == "http://" + host }) else {
            throw Problem(
                status: .forbidden, code: "origin_not_allowed",
                detail: "pages of other origins may not use this server")
        }
    }

    /// A second `Host` field; the first is the request's authority.
    private static let host = HTTPField.Name("Host")!

    /// Whether `host` is one of the allowed names with the port, which may be left out where it is HTTP's own.
    private func isAllowed(_ host: String) -> Bool {
        let port = self.port.withLock { $0 }
        if port == 80, Self.names.contains(host) { return true }
        return Self.names.contains { host == "\($0):\(port)" }
    }
}
