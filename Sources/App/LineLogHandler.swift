import Foundation
import Logging
import Server

/// Writes log lines to standard error: text for a terminal, else a JSON object a line.
struct LineLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel: Logger.Level = .info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let values = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let time = Date().formatted(.iso8601)
        if Terminal.errorsAreTerminal {
            let words = values.map { " \($0.key)=\($0.value)" }.joined()
            Terminal.writeError("\(time) \(event.level) \(event.message)\(words)\n")
        } else {
            let line: JSON = [
                "time": .string(time), "level": .string(event.level.rawValue),
                "message": .string(event.message.description),
            ]
            let more = Dictionary(values.map { ($0.key, JSON.string($0.value.description)) }) { first, _ in first }
            Terminal.writeError(line.with(more).text + "\n")
        }
    }
}
