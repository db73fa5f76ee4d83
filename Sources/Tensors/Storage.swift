#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Why a file could not be mapped.
package struct FileError: Error, CustomStringConvertible, Sendable {
    /// The path as it was given.
    package let path: String
    /// What the system said, in words.
    package let reason: String

    package var description: String { "\(path): \(reason)" }
}

/// One block of memory, 64-byte aligned: either owned and zeroed at first, or a file mapped read-only.
///
/// Views into it (``Buffer``, ``Tensor``) keep it alive. It is shared mutable memory: whoever writes sees to it that no
/// two threads write the same element and none reads what another writes; ``WorkerPool`` orders what runs before and after it.
@safe package final class Storage: @unchecked Sendable {
    /// Bytes in the block.
    package let byteCount: Int
    /// False for a mapped file.
    package let isWritable: Bool
    let base: UnsafeMutableRawPointer
    private let mappedLength: Int

    /// Memory of its own, zeroed.
    ///
    /// - Parameter byteCount: its size, zero or more. The caller has checked it against a budget.
    package init(byteCount: Int) {
        precondition(byteCount >= 0, "a negative size")
        self.byteCount = byteCount
        isWritable = true
        mappedLength = 0
        // A cache line past the end: kernels may load, but never use, a few bytes beyond the last element.
        let (padded, overflow) = byteCount.addingReportingOverflow(128)
        precondition(!overflow, "a size past the address space")
        var memory: UnsafeMutableRawPointer?
        let failed = unsafe posix_memalign(&memory, 64, padded & ~63)
        guard failed == 0, let memory = unsafe memory else { preconditionFailure("no memory for \(byteCount) bytes") }
        unsafe memset(memory, 0, padded & ~63)
        unsafe base = memory
    }

    /// A regular file's bytes, mapped read-only and shared.
    ///
    /// - Throws: ``FileError`` when the file cannot be opened, is not a regular file, or is empty.
    package init(mapping path: String) throws(FileError) {
        func failure(_ what: String) -> FileError {
            FileError(path: path, reason: "\(what): \(unsafe String(cString: strerror(errno)))")
        }
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure("cannot open") }
        defer { close(file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { throw failure("cannot read its size") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw FileError(path: path, reason: "not a regular file") }
        guard status.st_size > 0 else { throw FileError(path: path, reason: "the file is empty") }
        let length = Int(status.st_size)
        guard let memory = unsafe mmap(nil, length, PROT_READ, MAP_SHARED, file, 0), unsafe memory != MAP_FAILED else {
            throw failure("cannot map")
        }
        unsafe base = memory
        byteCount = length
        mappedLength = length
        isWritable = false
    }

    deinit {
        if mappedLength > 0 {
            unsafe munmap(base, mappedLength)
        } else {
            unsafe free(base)
        }
    }

    /// A typed view, or nil where it would leave the block or be misaligned for `Element`.
    package func buffer<Element: BitwiseCopyable>(
        of type: Element.Type = Element.self, at byteOffset: Int, count: Int
    ) -> Buffer<Element>? {
        guard byteOffset >= 0, count >= 0, byteOffset <= byteCount else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
        guard !overflow, bytes <= byteCount - byteOffset else { return nil }
        guard byteOffset % MemoryLayout<Element>.alignment == 0 else { return nil }
        return Buffer(storage: self, byteOffset: byteOffset, count: count)
    }
}
