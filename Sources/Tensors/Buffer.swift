/// A bounds-checked, typed view into a ``Storage``, which it keeps alive.
///
/// It is a reference, like a pointer: copies see the same elements, and writing needs no `inout`, so that closures on other
/// threads can fill disjoint parts. Every access is checked; loops over many elements belong in a kernel, or go through
/// ``withSpan(_:)``.
///
/// It is public, as are ``Storage`` and ``Tensor``, because the compiler inlines and specialises in other modules what is public
/// and inlinable, but nothing of `package` access; a part of a buffer would cost a call and two changes of a reference count.
@safe public struct Buffer<Element: BitwiseCopyable>: @unchecked Sendable {
    /// Number of elements.
    public let count: Int
    /// The memory that the elements are part of.
    public let storage: Storage
    @usableFromInline let start: UnsafeMutablePointer<Element>

    /// The caller has checked range and alignment.
    @inlinable init(storage: Storage, byteOffset: Int, count: Int) {
        self.storage = storage
        self.count = count
        let raw = unsafe storage.base + byteOffset
        unsafe start = unsafe raw.assumingMemoryBound(to: Element.self)
    }

    /// The caller has seen to it that these elements are part of `storage`.
    @inlinable init(storage: Storage, start: UnsafeMutablePointer<Element>, count: Int) {
        self.storage = storage
        self.count = count
        unsafe self.start = unsafe start
    }

    /// New memory for `count` elements, all bits zero.
    @inlinable public init(count: Int) {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
        precondition(!overflow, "a size past the address space")
        self.init(storage: Storage(byteCount: bytes), byteOffset: 0, count: count)
    }

    /// New memory holding a copy of `elements`.
    @inlinable public init(_ elements: some Collection<Element>) {
        self.init(count: elements.count)
        let target = unsafe UnsafeMutableBufferPointer(start: start, count: count)
        _ = unsafe target.initialize(from: elements)
    }

    /// From 0 to ``count``.
    @inlinable public var indices: Range<Int> { 0..<count }
    /// Whether the memory is no mapped file.
    @inlinable public var isWritable: Bool { storage.isWritable }

    /// One element, `index` from 0.
    @inlinable public subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < count, "index outside the buffer")
            return unsafe start[index]
        }
        nonmutating set {
            precondition(index >= 0 && index < count && storage.isWritable, "index outside the buffer, or read-only")
            unsafe start[index] = newValue
        }
    }

    /// The elements `range` of this view, as a view of their own.
    @inlinable public subscript(range: Range<Int>) -> Buffer {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "range outside the buffer")
        return unsafe Buffer(storage: storage, start: start + range.lowerBound, count: range.count)
    }

    /// Whether the elements are those of `other`, and not only like them.
    @inlinable public func isSameMemory(as other: Buffer) -> Bool {
        unsafe start == other.start && count == other.count
    }

    /// A copy as an array.
    @inlinable public var array: [Element] { unsafe Array(UnsafeBufferPointer(start: start, count: count)) }

    /// The same bytes as elements of another type; nil where size or alignment do not fit.
    @inlinable public func rebound<Other: BitwiseCopyable>(to type: Other.Type) -> Buffer<Other>? {
        let offset = unsafe UnsafeRawPointer(start) - UnsafeRawPointer(storage.base)
        let bytes = count * MemoryLayout<Element>.stride
        guard bytes % MemoryLayout<Other>.stride == 0 else { return nil }
        return storage.buffer(at: offset, count: bytes / MemoryLayout<Other>.stride)
    }

    /// Calls `body` with the elements to read; the compiler removes most checks of a loop over a span.
    @inlinable public func withSpan<Result, Failure: Error>(
        _ body: (Span<Element>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(unsafe UnsafeBufferPointer(start: start, count: count).span)
    }

    /// Calls `body` with the elements to read and write. No other thread may touch them meanwhile.
    @inlinable public func withMutableSpan<Result, Failure: Error>(
        _ body: (inout MutableSpan<Element>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(storage.isWritable, "a read-only buffer")
        let target = unsafe UnsafeMutableBufferPointer(start: start, count: count)
        var span = unsafe target.mutableSpan
        return try body(&span)
    }

    /// Copies all of `source`, which has as many elements, here.
    @inlinable public func copy(from source: Buffer) {
        precondition(source.count == count && storage.isWritable, "counts differ, or read-only")
        if count > 0 { unsafe start.update(from: source.start, count: count) }
    }

    /// Sets every element.
    @inlinable public func fill(with value: Element) {
        precondition(storage.isWritable, "a read-only buffer")
        unsafe start.update(repeating: value, count: count)
    }
}
