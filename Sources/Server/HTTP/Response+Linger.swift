import HTTPTypes
import Hummingbird
import NIOCore

extension Request {
    /// Whether a body comes with it.
    var announcesBody: Bool {
        headers[.transferEncoding] != nil || (headers[.contentLength].flatMap { Int($0) } ?? 0) > 0
    }
}

extension Response {
    /// For answers given before the request's body was read: sends the answer, then takes what still comes for a
    /// short while and throws it away, then hangs up.
    ///
    /// Hanging up at once would reset the connection, and a client that is busy sending would never see why; to read
    /// on until the client has had its say would let one send for ever.
    mutating func linger(over request: Request) {
        let body = self.body
        headers[.connection] = "close"
        self.body = ResponseBody(contentLength: body.contentLength) { writer in
            let ended = try await request.body.consumeWithInboundCloseHandler { rest in
                try await body.write(writer)
                return await Response.discard(rest, bytes: 64 << 20, time: .seconds(3))
            } onInboundClosed: {
            }
            // An error after the end of an answer makes the server close the connection.
            if !ended { throw CancellationError() }
        }
    }

    /// Whether `body` ended within the limits.
    private static func discard(_ body: RequestBody, bytes: Int, time: Duration) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                var count = 0
                do {
                    for try await chunk in body {
                        count += chunk.readableBytes
                        if count > bytes { return false }
                    }
                    return true
                } catch {
                    return false
                }
            }
            group.addTask {
                try? await Task.sleep(for: time)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }
}
