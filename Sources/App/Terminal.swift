import Foundation

/// The terminal, or the files and pipes in its place.
enum Terminal {
    static let outputIsTerminal = isatty(STDOUT_FILENO) == 1
    static let errorsAreTerminal = isatty(STDERR_FILENO) == 1

    static func writeError(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

    /// Ends the program by the status of the contract when the user interrupts it.
    static func exitOnInterrupt() { signal(SIGINT) { _ in _exit(130) } }
}
