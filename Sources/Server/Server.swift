package import Engine
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// Serves on this machine's loopback addresses until the process is told to end.
///
/// - Parameters:
///   - address: `127.0.0.1` or `::1`; with the former, `::1` is served too where the machine has it.
///   - port: 0 for any that is free.
///   - grace: how long requests in flight may go on after the signal.
///   - obeysSignals: whether SIGINT and SIGTERM end it; otherwise cancelling the task does.
///   - onReady: called with the port once connections are taken.
/// - Throws: ``ServerError`` where the address cannot be had.
package func serve(
    engine: some PhotoEngine, configuration: ServerConfiguration, address: String, port: Int,
    grace: Duration = .seconds(5), obeysSignals: Bool = true, logger: Logger,
    onReady: @escaping @Sendable (Int) -> Void
) async throws {
    let responder = buildRouter(engine: engine, configuration: configuration, logger: logger).buildResponder()
    // Hummingbird's own messages would repeat ours, or tell of connections that broke, which is nobody's fault here.
    var quiet = logger
    quiet.logLevel = .critical
    let application = Application(
        responder: responder, server: httpServer(),
        configuration: ApplicationConfiguration(
            address: .hostname(address, port: port), serverName: "heckle",
            availableConnectionsDelegate: .maximum(256, logger: quiet)),
        onServerRunning: { channel in
            guard let port = channel.localAddress?.port else { return }
            configuration.gate.listening(on: port)
            onReady(port)
        }, logger: quiet)
    var services: [any Service] = [application]
    if address == "127.0.0.1", port != 0 {
        let twin = Application(
            responder: responder, server: httpServer(),
            configuration: ApplicationConfiguration(
                address: .hostname("::1", port: port), serverName: "heckle",
                availableConnectionsDelegate: .maximum(256, logger: quiet)),
            logger: quiet)
        services.append(OptionalService(base: twin))
    }
    if let records = configuration.records { services.append(Sweeper(records: records, logger: logger)) }
    var group = ServiceGroupConfiguration(
        services: services, gracefulShutdownSignals: obeysSignals ? [.sigterm, .sigint] : [], logger: quiet)
    group.maximumGracefulShutdownDuration = grace
    do { try await ServiceGroup(configuration: group).run() } catch let error as IOError {
        throw ServerError(address: address, port: port, isTaken: error.errnoCode == EADDRINUSE)
    }
}

/// Why the server could not begin.
package struct ServerError: Error, Sendable, CustomStringConvertible {
    package let address: String
    package let port: Int
    /// Whether another program has the port.
    package let isTaken: Bool

    package var description: String {
        isTaken
            ? "port \(port) of \(address) is taken by another program (another heckle?); choose one with --port"
            : "\(address) port \(port) cannot be listened on"
    }
}

/// HTTP/1.1 with bounded headers, that hangs up on idle connections and answers `Expect: 100-continue`, which curl
/// sends with every larger file and then waits a second for.
private func httpServer() -> HTTPServerBuilder {
    HTTPServerBuilder { responder in
        HTTP1Channel(
            responder: { request, writer, channel in
                if request.headers[.expect]?.lowercased() == "100-continue" {
                    try await writer.writeInformationalHead(HTTPResponse(status: .continue))
                }
                try await responder(request, writer, channel)
            },
            configuration: HTTP1Channel.Configuration(
                idleTimeout: .seconds(30),
                httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
                    maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100)))
    }
}

/// A service the others can do without: the second loopback address, which some machines lack.
private struct OptionalService: Service {
    let base: any Service

    func run() async throws {
        do { try await base.run() } catch { try? await gracefulShutdown() }
    }
}

/// Forgets kept answers in time even where nobody asks for any.
private struct Sweeper: Service {
    let records: RecordStore
    let logger: Logger

    func run() async throws {
        let pause = Duration.seconds(min(max(records.seconds / 10, 1), 60))
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do { try await records.sweep() } catch {
                    logger.warning("answers past their time could not be removed")
                }
                try? await Task.sleep(for: pause)
            }
        }
    }
}
