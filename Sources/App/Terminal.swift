import Foundation
import Server

/// The terminal, or the files and pipes in its place.
enum Terminal {
    static let inputIsTerminal = isatty(STDIN_FILENO) == 1
    static let outputIsTerminal = isatty(STDOUT_FILENO) == 1
    static let errorsAreTerminal = isatty(STDERR_FILENO) == 1

    static func writeError(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

    /// Writes to standard output at once; nothing where nobody reads it.
    static func write(_ text: String) { try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8)) }

    /// Writes a document to standard output: over several lines for people, unless it is one of a sequence.
    ///
    /// JSON escapes the control characters below U+0020 by itself; those from U+007F on, some of which steer terminals too, are
    /// escaped here.
    static func write(_ document: JSON, inSequence: Bool = false) {
        let text = outputIsTerminal && !inSequence ? document.prettyText : document.text
        var safe = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if (0x7F...0x9F).contains(scalar.value) {
                safe.append(contentsOf: "\\u00\(String(scalar.value, radix: 16))".unicodeScalars)
            } else {
                safe.append(scalar)
            }
        }
        write(String(safe) + "\n")
    }

    /// Ends the program by the status of the contract when the user interrupts it.
    static func exitOnInterrupt() { signal(SIGINT) { _ in _exit(130) } }
}
