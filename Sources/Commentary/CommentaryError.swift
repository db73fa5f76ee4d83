/// What is wrong with a data file of the commentary, and where.
package struct CommentaryError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file, as it was named.
    package let file: String
    /// Its line, from 1; nil where the error is of the whole file or the format has no lines.
    package let line: Int?
    /// What was expected and what is there.
    package let reason: String

    package init(file: String, line: Int? = nil, reason: String) {
        self.file = file
        self.line = line
        self.reason = reason
    }

    package var description: String { "\(file)\(line.map { ":\($0)" } ?? ""): \(reason)" }
}
