import Foundation

/// A photo or a text named on the command line; `-` is standard input.
struct InputFile {
    let path: String

    /// How messages call it.
    var name: String { path == "-" ? "standard input" : path }

    /// The file's bytes.
    ///
    /// - Parameter limit: how many are enough; of a longer file a few more are read, so that it can be told. More than 64 MiB the
    ///   engine does not take.
    func bytes(limit: Int = 64 << 20) throws(Failure) -> [UInt8] {
        do {
            let handle = path == "-" ? FileHandle.standardInput : try FileHandle(forReadingFrom: URL(filePath: path))
            var bytes: [UInt8] = []
            while bytes.count <= limit, let chunk = try handle.read(upToCount: 1 << 20), !chunk.isEmpty {
                bytes.append(contentsOf: chunk)
            }
            return bytes
        } catch {
            throw Failure(.badInput, "\(name): \(reason(error))")
        }
    }

    /// The file's text.
    ///
    /// - Throws: for one of more than 256 MiB, or one that is not UTF-8, with the place of the first byte that is not.
    func text() throws(Failure) -> String {
        let limit = 256 << 20
        let bytes = try bytes(limit: limit)
        guard bytes.count <= limit else { throw Failure(.badInput, "\(name): more than \(limit) bytes of text") }
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var parser = Unicode.UTF8.ForwardParser()
        var source = bytes.makeIterator()
        var offset = 0
        while case .valid(let scalar) = parser.parseScalar(from: &source) { offset += scalar.count }
        throw Failure(.badInput, "\(name): not UTF-8 text: byte \(bytes[offset]) at \(offset)")
    }

    private func reason(_ error: any Error) -> String {
        let files = FileManager.default
        guard let attributes = try? files.attributesOfItem(atPath: path) else { return "there is no such file" }
        if attributes[.type] as? FileAttributeType == .typeDirectory { return "this is a folder" }
        return files.isReadableFile(atPath: path) ? "cannot be read" : "may not be read"
    }
}
