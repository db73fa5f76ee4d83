import Foundation

/// What lies in folders.
enum FileNames {
    /// The names in a folder, sorted.
    static func of(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }
}
