#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Writes a file piece by piece beside its place and moves it there at the end, so that the path holds either what it held
/// before or the whole new file.
///
/// Bytes go to the system in pieces of the size of a huge page: Linux then keeps the file in huge pages, where its file system
/// can, and reading it in order, as weights are for each token, is a tenth to a third quicker (ext4, Linux 6.18).
@safe package final class FileWriter {
    /// Where the file will be.
    package let path: String
    /// Bytes appended so far.
    package private(set) var offset = 0
    private let temporary: String
    /// What was appended of a piece that is not whole yet.
    private var pending: [UInt8] = []
    private static let piece = 2 << 20
    private var file: Int32

    /// Opens a temporary file in the folder of `path`.
    ///
    /// - Throws: ``FileError`` when it cannot be made.
    package init(replacing path: String) throws(FileError) {
        self.path = path
        temporary = "\(path).\(getpid()).partial"
        file = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw failure("cannot write") }
    }

    deinit { abandon() }

    /// Whether two paths lead to the same file, however they are spelled or linked; false where one leads to none.
    package static func isSameFile(_ first: String, _ second: String) -> Bool {
        var (a, b) = (stat(), stat())
        guard unsafe stat(first, &a) == 0, unsafe stat(second, &b) == 0 else { return false }
        return a.st_dev == b.st_dev && a.st_ino == b.st_ino
    }

    private func failure(_ what: String) -> FileError {
        FileError(path: path, reason: "\(what): \(unsafe String(cString: strerror(errno)))")
    }

    private func abandon() {
        guard file >= 0 else { return }
        close(file)
        file = -1
        unsafe unlink(temporary)
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var rest = unsafe bytes
        while unsafe !rest.isEmpty {
            #if canImport(Darwin)
                let written = unsafe Darwin.write(file, rest.baseAddress, rest.count)
            #else
                let written = unsafe Glibc.write(file, rest.baseAddress, rest.count)
            #endif
            guard written > 0 else {
                if written < 0 && errno == EINTR { continue }
                throw failure("cannot write")
            }
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }

    private func writePending() throws(FileError) {
        var result: Result<Void, FileError> = .success(())
        unsafe pending.withUnsafeBytes { all in
            do throws(FileError) { try unsafe write(all) } catch { result = .failure(error) }
        }
        try result.get()
        pending.removeAll(keepingCapacity: true)
    }

    private func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var rest = unsafe bytes
        while unsafe !rest.isEmpty {
            let whole = rest.count / Self.piece * Self.piece
            var taken = min(rest.count, Self.piece - pending.count)
            if pending.isEmpty && whole > 0 {
                taken = whole
                try unsafe write(UnsafeRawBufferPointer(rebasing: rest[..<whole]))
            } else {
                unsafe pending.append(contentsOf: rest[..<taken])
                if pending.count == Self.piece { try writePending() }
            }
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
            offset += taken
        }
    }

    /// Appends `bytes`.
    package func append(_ bytes: [UInt8]) throws(FileError) {
        var result: Result<Void, FileError> = .success(())
        unsafe bytes.withUnsafeBytes { all in
            do throws(FileError) { try unsafe append(all) } catch { result = .failure(error) }
        }
        try result.get()
    }

    /// Appends the bytes of `elements`, little-endian as they lie in memory.
    package func append<Element: BitwiseCopyable>(_ elements: Buffer<Element>) throws(FileError) {
        let count = elements.count * MemoryLayout<Element>.stride
        try unsafe append(UnsafeRawBufferPointer(start: elements.start, count: count))
    }

    /// Writes what the system still holds to the disk and moves the file to its path. Nothing can be appended afterwards.
    package func commit() throws(FileError) {
        precondition(file >= 0, "committed twice")
        try writePending()
        guard fsync(file) == 0 else { throw failure("cannot write") }
        guard unsafe rename(temporary, path) == 0 else { throw failure("cannot move into place") }
        close(file)
        file = -1
    }
}
