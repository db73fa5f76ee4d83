import ArgumentParser
import Engine
import Server
import Vision

/// `heckle list`
struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the models at hand.", aliases: ["ls"])

    @Flag(help: "Print a JSON document.")
    var json = false

    @OptionGroup var engine: EngineOptions

    func run() async throws {
        let status = try await engine.engine().status()
        guard !json else {
            let document: JSON = ["object": "list", "data": .array(status.models.map(\.json))]
            return print(Terminal.outputIsTerminal ? document.prettyText : document.text)
        }
        let header = ["TASK", "MODEL", "ORIGIN", "TYPE", "SIZE", "LICENCE", "MEASURED"]
        let rows = status.models.map { model in
            [
                model.task, model.id, model.origin.rawValue, model.quantization, List.size(model.byteCount),
                model.licence, model.accuracy ?? "",
            ]
        }
        print(List.table([header] + rows))
        for task in status.skipped { print("nothing at hand for \(task.task.rawValue)") }
    }

    private static func size(_ bytes: Int) -> String {
        bytes < 1 << 20 ? "\((bytes + 1023) >> 10) KiB" : "\(((bytes * 10) >> 20 + 5) / 10) MiB"
    }

    /// Columns as wide as their widest cell, two blanks between them.
    private static func table(_ rows: [[String]]) -> String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).dropLast().map { $0 + String(repeating: " ", count: $1 - $0.count + 2) }.joined()
                + (row.last ?? "")
        }.joined(separator: "\n")
    }
}
