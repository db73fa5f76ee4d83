import ArgumentParser

/// `heckle completion SHELL`
struct Completion: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print a script that makes a shell complete the arguments of heckle.")

    @Argument(help: "zsh, bash or fish.", transform: Completion.shell)
    var shell: CompletionShell

    private static func shell(_ name: String) throws -> CompletionShell {
        guard let shell = CompletionShell(rawValue: name) else { throw ValidationError("zsh, bash or fish") }
        return shell
    }

    func run() { print(Heckle.completionScript(for: shell)) }
}
