import ArgumentParser
import Commentary

/// `heckle caption FILE...`
struct Caption: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Write captions for photos.")

    @Argument(help: "JPEG or PNG files; - is standard input.")
    var files: [String]

    @Option(
        help: "plain says what is seen, alt_text says all of it for who cannot see, social is to post (default: plain)."
    )
    var style: CaptionStyle = .plain

    @OptionGroup var comment: CommentArguments
    @OptionGroup var output: OutputOptions
    @OptionGroup var engine: EngineOptions

    func run() async throws {
        let options = try comment.options(kind: .caption, style: CommentStyle(rawValue: style.rawValue), lines: 1)
        try await write(options, about: files, output: output, engine: engine)
    }
}
