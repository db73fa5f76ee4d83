import Tensors
import TestSupport
import Testing

@Suite("Storage")
struct StorageTests {
    @Test(arguments: [0, 1, 63, 64, 65, 100_000, 4 << 20, 9_000_001])
    func newMemoryIsZeroAndWritable(byteCount: Int) throws {
        let storage = Storage(byteCount: byteCount)
        #expect(storage.byteCount == byteCount)
        #expect(storage.isWritable)
        let bytes = try #require(storage.buffer(of: UInt8.self, at: 0, count: byteCount))
        #expect(bytes.array.allSatisfy { $0 == 0 })
    }

    @Test func viewsShareTheirMemory() throws {
        let storage = Storage(byteCount: 16)
        let words = try #require(storage.buffer(of: UInt32.self, at: 4, count: 2))
        words[0] = 0x0403_0201
        let bytes = try #require(storage.buffer(of: UInt8.self, at: 4, count: 4))
        #expect(bytes.array == [1, 2, 3, 4])
    }

    /// Offset and count in elements of four bytes, over 16 bytes.
    @Test(arguments: [
        (-4, 1), (0, 5), (4, 4), (16, 1), (20, 0), (0, -1), (1, 1), (2, 1), (0, Int.max), (Int.max, 1),
        (8, Int.max / 4),
    ])
    func viewsOutsideOrMisalignedAreNil(offset: Int, count: Int) {
        #expect(Storage(byteCount: 16).buffer(of: UInt32.self, at: offset, count: count) == nil)
    }

    @Test(arguments: [(0, 4), (16, 0), (12, 1), (0, 0)])
    func viewsToTheVeryEndExist(offset: Int, count: Int) {
        #expect(Storage(byteCount: 16).buffer(of: UInt32.self, at: offset, count: count)?.count == count)
    }

    @Test func mapsAFileReadOnly() throws {
        let scratch = try Scratch()
        let content = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let storage = try Storage(mapping: scratch.write(content, to: "bytes"))
        #expect(storage.byteCount == 5000)
        #expect(!storage.isWritable)
        #expect(storage.buffer(of: UInt8.self, at: 0, count: 5000)?.array == content)
        #expect(storage.buffer(of: UInt8.self, at: 0, count: 5001) == nil)
    }

    /// From page to page, from within one to within another, and nothing; memory that is no file's stays.
    @Test(arguments: [0..<20_000, 100..<19_000, 4096..<8192, 4097..<8191, 5..<5])
    func releasedBytesAreReadAgain(range: Range<Int>) throws {
        let content = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let scratch = try Scratch()
        let file = try Storage(mapping: scratch.write(content, to: "bytes"))
        for storage in [file, Buffer(content).storage] {
            #expect(storage.buffer(of: UInt8.self, at: 0, count: 20_000)?.array == content)
            storage.release(range)
            #expect(storage.buffer(of: UInt8.self, at: 0, count: 20_000)?.array == content)
        }
    }

    @Test func namesTheFileItCannotMap() throws {
        let scratch = try Scratch()
        for (path, word) in [
            (scratch.file("missing"), "cannot open"), (scratch.path, "not a regular file"),
            (try scratch.write([], to: "empty"), "empty"),
        ] {
            let error = #expect(throws: FileError.self) { _ = try Storage(mapping: path) }
            #expect(error?.path == path)
            #expect(error?.reason.contains(word) == true, "\(error.debugDescription)")
        }
    }

    @Test func aViewKeepsItsStorageAlive() throws {
        func view() -> Buffer<Int32> { Buffer([1, 2, 3]) }
        let kept = view()
        _ = (0..<100).map { _ in Buffer<Int32>(count: 3) }
        #expect(kept.array == [1, 2, 3])
    }
}
