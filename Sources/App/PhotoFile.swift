import Foundation

/// A photo named on the command line; `-` is standard input.
struct PhotoFile {
    let path: String

    /// How messages call it.
    var name: String { path == "-" ? "standard input" : path }

    /// More than the engine takes need not be read.
    private static let limit = 64 << 20

    /// The file's bytes.
    func bytes() throws(Failure) -> [UInt8] {
        do {
            let handle = path == "-" ? FileHandle.standardInput : try FileHandle(forReadingFrom: URL(filePath: path))
            var bytes: [UInt8] = []
            while bytes.count <= Self.limit, let chunk = try handle.read(upToCount: 1 << 20), !chunk.isEmpty {
                bytes.append(contentsOf: chunk)
            }
            return bytes
        } catch {
            throw Failure(.badInput, "\(name): \(reason(error))")
        }
    }

    private func reason(_ error: any Error) -> String {
        let files = FileManager.default
        guard let attributes = try? files.attributesOfItem(atPath: path) else { return "there is no such file" }
        if attributes[.type] as? FileAttributeType == .typeDirectory { return "this is a folder" }
        return files.isReadableFile(atPath: path) ? "cannot be read" : "may not be read"
    }
}
