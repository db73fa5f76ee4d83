import Engine
import Logging
import NIOCore
import NIOPosix
import Server
import Testing

/// What only shows on a real connection: clients that leave, dawdle or send nonsense.
@Suite struct SocketTests {
    /// Serves on a free port for as long as `test` runs.
    private static func withServer(
        _ engine: FakeEngine = FakeEngine(), limits: RequestLimits = RequestLimits(),
        _ test: @escaping @Sendable (_ port: Int) async throws -> Void
    ) async throws {
        let configuration = ServerConfiguration(gate: Gate(port: 0), version: "1", limits: limits)
        let (ports, report) = AsyncStream.makeStream(of: Int.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await serve(
                    engine: engine, configuration: configuration, address: "127.0.0.1", port: 0, obeysSignals: false,
                    logger: .silent
                ) { report.yield($0) }
            }
            let port = try #require(await ports.first { _ in true })
            try await test(port)
            group.cancelAll()
            // The cancelled server may say that it was.
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
        }
    }

    /// Connects, sends `bytes`, and hands the connection over.
    private static func connect<Value: Sendable>(
        _ port: Int, _ bytes: [UInt8],
        _ body:
            @escaping @Sendable (
                inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator, NIOAsyncChannelOutboundWriter<ByteBuffer>
            ) async throws -> Value
    ) async throws -> Value {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(bytes: bytes))
            var iterator = inbound.makeAsyncIterator()
            return try await body(&iterator, outbound)
        }
    }

    /// Everything the server says until it hangs up, or until `isEnough`.
    private static func read(
        _ inbound: inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        until isEnough: (String) -> Bool = { _ in false }
    ) async throws -> String {
        var text = ""
        while !isEnough(text), let chunk = try? await inbound.next() { text += String(buffer: chunk) }
        return text
    }

    private static func head(_ port: Int, _ fields: String) -> [UInt8] {
        Array("POST /v1/roasts HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\(fields)\r\n\r\n".utf8)
    }

    private static func request(_ port: Int, _ form: Form) -> [UInt8] {
        head(port, "Content-Type: \(form.contentType)\r\nContent-Length: \(form.bytes.count)") + form.bytes
    }

    /// A client that leaves has its job ended.
    @Test(arguments: [true, false])
    func endsTheJobOfAClientThatLeaves(_ isStream: Bool) async throws {
        let engine = FakeEngine(.endless)
        try await Self.withServer(engine) { port async throws in
            let form = isStream ? Form.plain.adding("stream", "true") : .plain
            try await Self.connect(port, Self.request(port, form)) { inbound, _ in
                if isStream { _ = try await Self.read(&inbound) { $0.contains("stage.completed") } }
                while engine.received.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            }
            // The engine notices, or this waits in vain.
            for _ in 0..<2_000 where !engine.wasCancelled { try await Task.sleep(for: .milliseconds(5)) }
            #expect(engine.wasCancelled)
        }
    }

    @Test func servesTheNextClientAfterOneLeft() async throws {
        try await Self.withServer { port async throws in
            for length in [10, 60, 150, 300, 500] {
                try await Self.connect(port, Array(Self.request(port, .plain).prefix(length))) { _, _ in }
            }
            let answer = try await Self.connect(port, Self.request(port, .plain)) { inbound, _ in
                try await Self.read(&inbound) { $0.contains("retained_until") }
            }
            #expect(answer.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func readsABodyThatDribbles() async throws {
        let engine = FakeEngine()
        try await Self.withServer(engine) { port async throws in
            let bytes = Self.request(port, .plain)
            let split = bytes.count - Form.plain.bytes.count
            let answer = try await Self.connect(port, Array(bytes.prefix(split))) { inbound, outbound in
                for byte in bytes.dropFirst(split) { try await outbound.write(ByteBuffer(bytes: [byte])) }
                return try await Self.read(&inbound) { $0.contains("retained_until") }
            }
            #expect(answer.hasPrefix("HTTP/1.1 200"))
        }
        #expect(engine.received == [Form.photo])
    }

    @Test func givesUpOnABodyThatDoesNotCome() async throws {
        var limits = RequestLimits()
        limits.bodyTime = .milliseconds(100)
        limits.linger = .milliseconds(100)
        try await Self.withServer(limits: limits) { port async throws in
            let answer = try await Self.connect(port, Array(Self.request(port, .plain).dropLast(20))) { inbound, _ in
                try await Self.read(&inbound)
            }
            #expect(answer.hasPrefix("HTTP/1.1 408"))
            #expect(answer.contains("body_timeout"))
        }
    }

    /// A client that announces too much, or sends without end, is told so and then hung up on.
    @Test func hangsUpOnBodiesWithoutEnd() async throws {
        var limits = RequestLimits()
        limits.body = 100_000
        limits.linger = .milliseconds(200)
        try await Self.withServer(limits: limits) { port async throws in
            let announced = try await Self.connect(
                port, Self.head(port, "Content-Type: image/png\r\nContent-Length: 99999999999")
            ) { inbound, _ in
                try await Self.read(&inbound)
            }
            #expect(announced.hasPrefix("HTTP/1.1 413") && announced.contains("body_too_large"))
            let endless = try await Self.connect(
                port, Self.head(port, "Content-Type: image/png\r\nTransfer-Encoding: chunked")
            ) { inbound, outbound in
                let chunk = ByteBuffer(string: "1000\r\n" + String(repeating: "x", count: 4096) + "\r\n")
                // Writing fails once the server has hung up.
                for _ in 0..<200 { try? await outbound.write(chunk) }
                return try await Self.read(&inbound)
            }
            #expect(endless.hasPrefix("HTTP/1.1 413") && endless.contains("body_too_large"))
        }
    }

    @Test func asksForABodyThatWaits() async throws {
        try await Self.withServer { port async throws in
            let form = Form.plain
            let head = Self.head(
                port, "Expect: 100-continue\r\nContent-Type: \(form.contentType)\r\nContent-Length: \(form.bytes.count)"
            )
            let answer = try await Self.connect(port, head) { inbound, outbound in
                let go = try await Self.read(&inbound) { $0.contains("\r\n\r\n") }
                #expect(go.hasPrefix("HTTP/1.1 100"))
                try await outbound.write(ByteBuffer(bytes: form.bytes))
                return try await Self.read(&inbound) { $0.contains("retained_until") }
            }
            #expect(answer.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test(arguments: [
        ("Host: evil.example", 403), ("Host: 127.0.0.1", 403), ("Host: 127.0.0.1:1", 403), ("Host:", 403),
        ("X: y", 403),
        ("Host: 127.0.0.1:PORT.evil.example", 403), ("Host: localhost:PORT\r\nHost: evil.example", 403),
        ("Host: evil.example\r\nHost: localhost:PORT", 403), ("Host: LOCALHOST:PORT", 200), ("Host: [::1]:PORT", 200),
        ("Host: 127.0.0.1:PORT", 200),
    ])
    func checksHosts(_ field: String, _ status: Int) async throws {
        try await Self.withServer { port async throws in
            let host = field.split(separator: "PORT", omittingEmptySubsequences: false).joined(separator: "\(port)")
            let bytes = Array("GET /healthz HTTP/1.1\r\n\(host)\r\nConnection: close\r\n\r\n".utf8)
            let answer = try await Self.connect(port, bytes) { inbound, _ in try await Self.read(&inbound) }
            #expect(answer.hasPrefix("HTTP/1.1 \(status)"))
        }
    }

    @Test func refusesWhatIsNoHTTP() async throws {
        try await Self.withServer { port async throws in
            let long = "GET / HTTP/1.1\r\nX: " + String(repeating: "y", count: 100_000) + "\r\n\r\n"
            let many = "GET / HTTP/1.1\r\n" + String(repeating: "X: y\r\n", count: 1000) + "\r\n"
            for text in ["nonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}", long, many] {
                let answer = try await Self.connect(port, Array(text.utf8)) { inbound, outbound in
                    outbound.finish()
                    return try await Self.read(&inbound)
                }
                #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400"))
            }
            let answer = try await Self.connect(port, Self.request(port, .plain)) { inbound, _ in
                try await Self.read(&inbound) { $0.contains("retained_until") }
            }
            #expect(answer.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func saysThatItIsAlive() async throws {
        var limits = RequestLimits()
        limits.ping = .milliseconds(20)
        try await Self.withServer(FakeEngine(.endless), limits: limits) { port async throws in
            let text = try await Self.connect(port, Self.request(port, .plain.adding("stream", "true"))) { inbound, _ in
                try await Self.read(&inbound) { $0.split(separator: ": ping").count > 3 }
            }
            #expect(text.contains(": ping\n\n"))
        }
    }

    @Test func endsAtOnceWhereTheAddressIsTaken() async throws {
        try await Self.withServer { port async throws in
            let configuration = ServerConfiguration(gate: Gate(port: port), version: "1")
            await #expect(throws: ServerError.self) {
                try await serve(
                    engine: FakeEngine(), configuration: configuration, address: "127.0.0.1", port: port,
                    obeysSignals: false, logger: .silent
                ) { _ in }
            }
        }
    }
}
