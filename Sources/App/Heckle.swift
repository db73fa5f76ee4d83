import ArgumentParser

/// The command line: `heckle COMMAND ...`.
struct Heckle: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "heckle",
        abstract: "Looks at photos and says something funny about them, on this machine alone.",
        discussion: """
            Options may also be given by the environment, as HECKLE_ and the option's name in capitals \
            (HECKLE_MODELS, HECKLE_PORT ...); the command line goes first.

            Exit status: 0 done, 1 failed, 2 wrong arguments, 3 a model or weights missing or unusable, \
            4 a photo or file that cannot be read, 130 interrupted.
            """,
        version: version,
        subcommands: [
            Serve.self, Roast.self, Caption.self, Analyze.self, Chat.self, List.self, Quantize.self, Show.self,
            BenchCommand.self, PerplexityCommand.self, ONNXCommand.self, Version.self, Completion.self,
        ])

    /// What `--version`, `heckle version` and `/v1/capabilities` say.
    static let version = "0.1.0"
}
