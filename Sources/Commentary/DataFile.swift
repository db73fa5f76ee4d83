import Foundation

/// Reads the data files of the commentary, which are small.
enum DataFile {
    /// The largest file that is read.
    static let limit = 32 << 20

    /// All bytes of the file at `path`.
    static func bytes(of path: String) throws(CommentaryError) -> [UInt8] {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let attributes else { throw CommentaryError(file: path, reason: "no such file, or it cannot be read") }
        guard attributes[.type] as? FileAttributeType == .typeRegular else {
            throw CommentaryError(file: path, reason: "not a regular file")
        }
        let size = attributes[.size] as? Int ?? 0
        guard size <= limit else {
            throw CommentaryError(file: path, reason: "\(size) bytes; at most \(limit) were expected")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommentaryError(file: path, reason: "cannot be read")
        }
        return [UInt8](data)
    }
}
