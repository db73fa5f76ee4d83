import Foundation

/// What lies in folders, and under which names.
enum FileNames {
    /// The names in a folder, sorted.
    static func of(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    /// Makes a second name of a file, by a symbolic link.
    static func link(_ path: String, as other: String) throws {
        try FileManager.default.createSymbolicLink(atPath: other, withDestinationPath: path)
    }
}
