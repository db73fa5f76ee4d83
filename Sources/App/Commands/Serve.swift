import ArgumentParser
import Engine
import Foundation
import Logging
import Server

/// `heckle serve`
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the page and the API on this machine.",
        discussion: "Programs on other machines are not served: there are no keys yet that would tell them apart.")

    @Option(help: "127.0.0.1 (serves ::1 as well), ::1 or localhost (default: 127.0.0.1).")
    var host: String?

    @Option(help: "0 for any free port (default: \(Serve.defaultPort)).")
    var port: Int?

    @Option(help: "How long answers are kept that ask for it, such as 30m, 24h or 7d; 0 keeps none (default: 0).")
    var retain: RetentionTime?

    @Flag(help: "Log warnings only.")
    var quiet = false

    @OptionGroup var engine: EngineOptions

    private static let defaultPort = 4242

    func run() async throws {
        let address = try loopbackAddress()
        let port = try self.port ?? Environment.value("PORT") ?? Self.defaultPort
        guard (0...65_535).contains(port) else { throw Failure(.usage, "port: 0 to 65535 are possible") }
        let configuration = ServerConfiguration(
            gate: Gate(port: port), version: Heckle.version, records: try records())
        let deferred = DeferredEngine(try engine.configuration())
        var logger = Logger(label: "heckle") { _ in LineLogHandler() }
        logger.logLevel = quiet ? .warning : .info
        let shown = address.contains(":") ? "[\(address)]" : address
        try await withThrowingTaskGroup(of: Bool.self) { [logger] group in
            group.addTask {
                do {
                    try await Server.serve(
                        engine: deferred, configuration: configuration, address: address, port: port, logger: logger
                    ) { port in
                        print("Heckle is at http://\(shown):\(port)/ and nowhere else. Ctrl-C ends it.")
                        fflush(nil)
                    }
                } catch let error as ServerError {
                    throw Failure(.failed, error.description)
                }
                return true
            }
            group.addTask {
                do throws(EngineError) { try await deferred.load() } catch { throw Failure(error) }
                return false
            }
            // The first error ends both; so does the server's own end.
            while let isServer = try await group.next(), !isServer {}
            group.cancelAll()
        }
    }

    /// - Throws: for any address that other machines could reach.
    private func loopbackAddress() throws -> String {
        let host = self.host ?? Environment.text("HOST") ?? "127.0.0.1"
        switch host {
        case "127.0.0.1", "localhost": return "127.0.0.1"
        case "::1", "[::1]": return "::1"
        default:
            throw Failure(
                .usage,
                "host: '\(host)' could be reached by other machines. Heckle has no keys yet to tell them apart, so it "
                    + "serves 127.0.0.1 and ::1 only.")
        }
    }

    /// Where answers are kept: `answers.db` in the folder for state.
    private func records() throws -> RecordStore? {
        guard let time = try retain ?? Environment.value("RETAIN"), time.seconds > 0 else { return nil }
        let environment = ProcessInfo.processInfo.environment
        let folder: String =
            if let home = Environment.text("HOME") {
                home + "/state"
            } else if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
                state + "/heckle"
            } else {
                FileManager.default.homeDirectoryForCurrentUser.path + "/.local/state/heckle"
            }
        do { return try RecordStore(path: folder + "/answers.db", seconds: time.seconds) } catch {
            throw Failure(.failed, "\(folder)/answers.db cannot be used: \(error)")
        }
    }
}

/// A number with `s`, `m`, `h` or `d` behind it; 0 needs none.
struct RetentionTime: ExpressibleByArgument {
    let seconds: Int

    init?(argument: String) {
        if argument == "0" {
            seconds = 0
            return
        }
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = argument.last.flatMap({ units[$0] }), let count = Int(argument.dropLast()),
            (0...1_000_000).contains(count)
        else { return nil }
        seconds = count * unit
    }
}
