import Tensors

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Files beside a model that hold data of its tensors, mapped when the first tensor asks for them.
///
/// A name is a relative path; it, and what links on its way lead to, must stay within the model's own folder.
final class ExternalFiles {
    /// Where the model lies; nil for one that came from memory, which has no files beside it.
    private let folder: String?
    private var files: [String: File] = [:]

    private struct File {
        let storage: Storage
        /// Bytes of tensors read so far: a small model must not make much of one file by reading it again and again.
        var read = 0
    }

    /// Times that the bytes of a file may be read in all.
    private static let readings = 4
    private static let fileLimit = 10_000

    /// - Parameter path: the model's own file; nil for one from memory.
    init(besides path: String?) {
        guard let path else {
            folder = nil
            return
        }
        folder = ExternalFiles.resolved(ExternalFiles.folder(of: path))
    }

    /// `length` bytes from `offset` on of the file that `name` names.
    func bytes(_ name: String, offset: UInt64, length: UInt64) throws(ModelError) -> ByteReader {
        if files[name] == nil {
            guard files.count < ExternalFiles.fileLimit else { throw ModelError("data in too many files") }
            files[name] = File(storage: try open(name))
        }
        guard var file = files[name] else { preconditionFailure("a file that was just opened") }
        let part: ByteReader
        do {
            var reader = ByteReader(file.storage)
            try reader.skip(offset)
            part = try reader.part(length)
        } catch {
            throw ModelError(
                "data in \"\(name)\" lies past its end", expected: "at most \(file.storage.byteCount) bytes",
                got: "\(error)")
        }
        file.read += part.left
        guard file.read / ExternalFiles.readings <= file.storage.byteCount else {
            throw ModelError("the data in \"\(name)\" is read more than \(ExternalFiles.readings) times over")
        }
        files[name] = file
        return part
    }

    private func open(_ name: String) throws(ModelError) -> Storage {
        guard let folder else {
            throw ModelError("data in another file, \"\(name)\", but the model was not read from one")
        }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard !name.isEmpty, !name.utf8.contains(0), !parts.contains(where: { $0.isEmpty || $0 == ".." }) else {
            throw ModelError(
                "data outside the model's folder", expected: "a relative path within it", got: "\"\(name)\"")
        }
        guard let path = ExternalFiles.resolved(folder + "/" + name) else {
            throw ModelError("data in another file, \"\(name)\", which is not there")
        }
        guard path.hasPrefix(folder == "/" ? "/" : folder + "/") else {
            throw ModelError(
                "data outside the model's folder", expected: "a file within it", got: "\"\(name)\", a link out of it")
        }
        do { return try Storage(mapping: path) } catch {
            throw ModelError("data in another file, \"\(name)\": \(error.reason)")
        }
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The path without links, `.` and `..`; nil where there is no such file.
    private static func resolved(_ path: String) -> String? {
        guard let real = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }
}
