import HTTPTypes
import Hummingbird

extension Request {
    /// Whether a body comes with it.
    var announcesBody: Bool {
        headers[.transferEncoding] != nil || (headers[.contentLength].flatMap { Int($0) } ?? 0) > 0
    }
}

extension Response {
    /// For answers given before the request's body was read: sends the answer, takes for a short while what still
    /// comes and throws it away, then hangs up.
    ///
    /// Hanging up at once would reset the connection, and a client that is busy sending would never see why; to read
    /// on until the client has had its say would let one send for ever.
    mutating func linger(over request: Request, _ time: Duration) {
        let body = self.body
        headers[.connection] = "close"
        self.body = ResponseBody(contentLength: body.contentLength) { writer in
            let (closed, closing) = AsyncStream.makeStream(of: Void.self)
            let hasClosed = try await request.watching {
                try await body.write(writer)
                return await withTaskGroup(of: Bool.self) { group in
                    group.addTask {
                        for await _ in closed {}
                        return !Task.isCancelled
                    }
                    group.addTask {
                        try? await Task.sleep(for: time)
                        return false
                    }
                    defer { group.cancelAll() }
                    return await group.next() ?? false
                }
            } onClosed: {
                closing.finish()
            }
            // An error after the end of an answer makes the server close the connection.
            if !hasClosed { throw CancellationError() }
        }
    }
}
