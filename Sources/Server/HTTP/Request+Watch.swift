import Hummingbird

extension Request {
    /// Runs `operation` and watches the connection meanwhile; for a request whose body has been read, or is not wanted.
    ///
    /// What still comes of the body is thrown away. The connection cannot be used for another request afterwards.
    ///
    /// - Parameter onClosed: called when the client closes its end.
    func watching<Value: Sendable>(
        _ operation: () async throws -> Value, onClosed: @escaping @Sendable () -> Void
    ) async throws -> Value {
        // An empty body in the place of the one that was read: the watcher wants to see a body's end before it looks
        // for the connection's, and traps where it never comes.
        var copy = self
        copy.body = RequestBody(buffer: ByteBuffer())
        return try await copy.body.consumeWithInboundCloseHandler(
            { _ in try await operation() }, onInboundClosed: onClosed)
    }
}
