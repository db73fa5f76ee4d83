/// A read that would have left its bytes.
package struct OutOfBytes: Error, Sendable, CustomStringConvertible {
    /// Where the read began, in bytes from the start of the file.
    package let offset: Int
    /// How many bytes were asked for.
    package let wanted: UInt64
    /// How many were left.
    package let left: Int

    package var description: String { "\(wanted) bytes wanted at offset \(offset), \(left) left" }
}

/// Reads little-endian values and byte ranges from a ``Storage``, one after the other; every read is checked.
package struct ByteReader: Sendable {
    package let storage: Storage
    /// Where the next read begins, in bytes from the start of the storage.
    package private(set) var offset: Int
    /// One past the last byte that may be read.
    package let end: Int

    /// All of `storage`.
    package init(_ storage: Storage) {
        self.storage = storage
        offset = 0
        end = storage.byteCount
    }

    private init(storage: Storage, offset: Int, end: Int) {
        self.storage = storage
        self.offset = offset
        self.end = end
    }

    /// Bytes left.
    package var left: Int { end - offset }
    package var isAtEnd: Bool { offset == end }

    private mutating func take(_ count: UInt64) throws(OutOfBytes) -> Int {
        guard count <= UInt64(left) else { throw OutOfBytes(offset: offset, wanted: count, left: left) }
        defer { offset += Int(count) }
        return offset
    }

    /// The next byte.
    package mutating func byte() throws(OutOfBytes) -> UInt8 {
        let place = try take(1)
        return unsafe storage.base.load(fromByteOffset: place, as: UInt8.self)
    }

    /// The next little-endian number (any integer or floating-point type).
    package mutating func value<Value: BitwiseCopyable>(_ type: Value.Type = Value.self) throws(OutOfBytes) -> Value {
        let place = try take(UInt64(MemoryLayout<Value>.size))
        return unsafe storage.base.loadUnaligned(fromByteOffset: place, as: Value.self)
    }

    /// A reader of the next `count` bytes alone, which this one skips.
    package mutating func part(_ count: UInt64) throws(OutOfBytes) -> ByteReader {
        let place = try take(count)
        return ByteReader(storage: storage, offset: place, end: place + Int(count))
    }

    /// Skips `count` bytes.
    package mutating func skip(_ count: UInt64) throws(OutOfBytes) { _ = try take(count) }

    /// The next `count` bytes, copied.
    package mutating func bytes(_ count: UInt64) throws(OutOfBytes) -> [UInt8] {
        let place = try take(count)
        return unsafe Array(UnsafeRawBufferPointer(start: storage.base + place, count: Int(count)))
    }

    /// All bytes that are left, copied to memory of their own.
    package func copy() -> Storage {
        let copy = Storage(byteCount: left)
        unsafe copy.base.copyMemory(from: storage.base + offset, byteCount: left)
        return copy
    }

    /// The next `count` bytes as text; bytes that are not UTF-8 become U+FFFD.
    package mutating func text(_ count: UInt64) throws(OutOfBytes) -> String {
        let place = try take(count)
        let bytes = unsafe UnsafeRawBufferPointer(start: storage.base + place, count: Int(count))
        return unsafe String(decoding: bytes, as: UTF8.self)
    }
}
