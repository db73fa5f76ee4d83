import Foundation
import Tensors
import TestSupport
import Testing

@Suite("FileWriter")
struct FileWriterTests {
    @Test func writesAllOrNothing() throws {
        let scratch = try Scratch()
        let path = try scratch.write([1, 2, 3], to: "file")
        let writer = try FileWriter(replacing: path)
        try writer.append([9, 8])
        try writer.append(Buffer<UInt16>([0x0102, 0x0304]))
        #expect(writer.offset == 6)
        #expect(try fileBytes(path) == [1, 2, 3])
        try writer.commit()
        #expect(try fileBytes(path) == [9, 8, 2, 1, 4, 3])
    }

    /// Bytes are gathered until there are 2 MiB of them.
    @Test func keepsTheOrderOfPiecesOfAnySize() throws {
        let scratch = try Scratch()
        let writer = try FileWriter(replacing: scratch.file("file"))
        var expected: [UInt8] = []
        for size in [1, 2 << 20, (2 << 20) - 1, (5 << 20) + 3, 0, 7, 2 << 20, (2 << 20) - 10, 3] {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ size) }
            try writer.append(bytes)
            expected += bytes
            #expect(writer.offset == expected.count)
        }
        try writer.commit()
        #expect(try fileBytes(writer.path) == expected)
    }

    @Test func leavesNothingBehindWithoutACommit() throws {
        let scratch = try Scratch()
        do {
            let writer = try FileWriter(replacing: scratch.file("file"))
            try writer.append([1])
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
    }

    @Test func namesTheFileItCannotWrite() throws {
        let scratch = try Scratch()
        let path = scratch.file("missing/file")
        let error = #expect(throws: FileError.self) { _ = try FileWriter(replacing: path) }
        #expect(error?.path == path)
    }
}
