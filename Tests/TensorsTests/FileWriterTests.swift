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
