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
@safe public final class Storage: @unchecked Sendable {
    /// Bytes in the block.
    public let byteCount: Int
    /// False for a mapped file.
    public let isWritable: Bool
    @usableFromInline let base: UnsafeMutableRawPointer
    private let memory: Memory

    /// How the block is given back.
    private enum Memory {
        /// A file, mapped.
        case file
        /// Pages of its own, `length` bytes of them.
        case pages(length: Int)
        /// What `calloc` gave, `shift` bytes before the block.
        case heap(shift: Int)
    }

    /// Bytes from which on a block has pages of its own, as large as the system has them: fewer faults when it is filled, and
    /// the system has them back as soon as the block is let go of.
    private static let leastPages = 4 << 20

    /// Memory of its own, zeroed.
    ///
    /// - Parameter byteCount: its size, zero or more. The caller has checked it against a budget.
    public init(byteCount: Int) {
        precondition(byteCount >= 0, "a negative size")
        self.byteCount = byteCount
        isWritable = true
        // A cache line past the end: kernels may load, but never use, a few bytes beyond the last element. Another one before
        // the start, for the alignment.
        let (padded, overflow) = byteCount.addingReportingOverflow(128)
        precondition(!overflow, "a size past the address space")
        if byteCount >= Storage.leastPages {
            let pages = unsafe mmap(nil, padded, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            guard let pages = unsafe pages, unsafe pages != MAP_FAILED else {
                preconditionFailure("no memory for \(byteCount) bytes")
            }
            #if os(Linux)
                unsafe _ = madvise(pages, padded, MADV_HUGEPAGE)
            #endif
            unsafe base = pages
            memory = .pages(length: padded)
        } else {
            // Unlike memory that is zeroed afterwards, what `calloc` has fresh from the system is not touched before it is used.
            guard let block = unsafe calloc(padded, 1) else { preconditionFailure("no memory for \(byteCount) bytes") }
            let shift = (64 - Int(bitPattern: block) % 64) % 64
            unsafe base = block + shift
            memory = .heap(shift: shift)
        }
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
        guard let pages = unsafe mmap(nil, length, PROT_READ, MAP_SHARED, file, 0), unsafe pages != MAP_FAILED else {
            throw failure("cannot map")
        }
        #if os(Linux)
            // What is not in memory yet is then read in huge pages, where the file system can keep it so.
            if length >= Storage.leastPages { unsafe _ = madvise(pages, length, MADV_HUGEPAGE) }
        #endif
        unsafe base = pages
        byteCount = length
        memory = .file
        isWritable = false
    }

    /// Tells the system that a mapped file's bytes in `range` will not be read soon: they need not stay in memory, and are read
    /// from the file again when they are. Other memory stays as it is.
    package func release(_ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "a range past the block")
        guard !isWritable else { return }
        let page = Int(getpagesize())
        let start = (range.lowerBound + page - 1) / page * page
        let end = range.upperBound / page * page
        if start < end { unsafe _ = madvise(base + start, end - start, MADV_DONTNEED) }
    }

    deinit {
        switch memory {
        case .file: unsafe munmap(base, byteCount)
        case .pages(let length): unsafe munmap(base, length)
        case .heap(let shift): unsafe free(base - shift)
        }
    }

    /// A typed view, or nil where it would leave the block or be misaligned for `Element`.
    @inlinable public func buffer<Element: BitwiseCopyable>(
        of type: Element.Type = Element.self, at byteOffset: Int, count: Int
    ) -> Buffer<Element>? {
        guard byteOffset >= 0, count >= 0, byteOffset <= byteCount else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
        guard !overflow, bytes <= byteCount - byteOffset else { return nil }
        guard byteOffset % MemoryLayout<Element>.alignment == 0 else { return nil }
        return Buffer(storage: self, byteOffset: byteOffset, count: count)
    }
}
