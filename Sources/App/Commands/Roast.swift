import ArgumentParser
import Commentary
import Engine
import Server

/// `heckle roast FILE...`
struct Roast: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Roast photos.")

    @Argument(help: "JPEG or PNG files; - is standard input.")
    var files: [String]

    @Option(help: "How sharp: gentle, dry or spicy (default: dry).")
    var style: RoastStyle?

    @OptionGroup var comment: CommentArguments
    @OptionGroup var output: OutputOptions
    @OptionGroup var engine: EngineOptions

    func run() async throws {
        let style = try self.style ?? Environment.value("STYLE") ?? .dry
        let options = try comment.options(kind: .roast, style: CommentStyle(rawValue: style.rawValue), lines: 3)
        try await write(options, about: files, output: output, engine: engine)
    }
}

/// Writes roasts or captions of photos.
func write(
    _ options: CommentOptions, about files: [String], output: OutputOptions, engine: EngineOptions
) async throws {
    Terminal.exitOnInterrupt()
    var loaded: Engine?
    try await forEachFile(files, output: output) { photo, events in
        // A file that cannot be read is told without loading anything.
        let engine = try loaded ?? engine.engine()
        loaded = engine
        let models = await engine.status().models
        let result = try await engine.comment(on: photo, options: options, events: events)
        let texts = result.answers.map { $0.lines.map(\.text).joined(separator: "\n") }
        return (Answer.comment(result, id: nil, models: models), texts.joined(separator: "\n\n"))
    }
}
