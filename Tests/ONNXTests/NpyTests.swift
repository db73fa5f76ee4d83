import Foundation
import ONNX
import Tensors
import TestSupport
import Testing

@Suite struct NpyTests {
    @Test(arguments: ElementType.allCases.filter { $0 != .bfloat16 }, [[], [0], [3], [2, 3], [1, 2, 1, 2]])
    func writtenAndRead(_ type: ElementType, _ shape: [Int]) throws {
        let scratch = try Scratch()
        let values = (0..<shape.reduce(1, *)).map { Double($0 % 2) }
        let original = tensor(type, shape, values)
        try Npy.write(original, to: scratch.file("a.npy"))
        let read = try Npy.read(scratch.file("a.npy"))
        #expect(read.shape == shape)
        #expect(read.type == type)
        #expect(numbers(read) == values)
        #expect(try fileBytes(scratch.file("a.npy")).count % 64 == original.byteCount % 64)
    }

    private static let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n"

    private func file(_ header: String, version: UInt8 = 1, length: Int? = nil, data: Int = 8) -> [UInt8] {
        let count = length ?? header.utf8.count
        var bytes: [UInt8] = [
            0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, version, 0, UInt8(count & 0xFF), UInt8(count >> 8 & 0xFF),
        ]
        if version > 1 { bytes += [UInt8(count >> 16 & 0xFF), UInt8(count >> 24 & 0xFF)] }
        return bytes + Array(header.utf8) + [UInt8](repeating: 0, count: data)
    }

    @Test(arguments: [1, 2, 3] as [UInt8])
    func versions(_ version: UInt8) throws {
        let scratch = try Scratch()
        let path = try scratch.write(file(Self.header, version: version), to: "a.npy")
        #expect(try Npy.read(path).shape == [2])
    }

    @Test func brokenFiles() throws {
        let scratch = try Scratch()
        func reason(_ bytes: [UInt8]) throws -> String {
            let path = try scratch.write(bytes, to: "a.npy")
            do throws(NpyError) {
                _ = try Npy.read(path)
                return "read"
            } catch { return error.reason }
        }
        #expect(try reason(Array("PK".utf8)).contains("truncated"))
        #expect(try reason(Array("no array at all".utf8)).contains("no .npy file"))
        #expect(try reason(file(Self.header, version: 9)).contains("version 9"))
        #expect(try reason(file(Self.header, length: 60000)).contains("truncated"))
        #expect(try reason(file(Self.header, version: 2, length: 1 << 30)).contains("header"))
        #expect(try reason(file(Self.header, data: 7)).contains("truncated"))
        for (old, new, word) in [
            ("<f4", ">f4", ">f4"), ("<f4", "<c8", "<c8"), ("False", "True", "read"), ("(2,)", "(2, x)", "shape"),
            ("(2,)", "(-2,)", "shape"), ("(2,)", "(9223372036854775807, 9)", "truncated"),
            ("'shape'", "'form'", "shape"),
            ("'descr'", "'type'", "type"), ("'fortran_order'", "'order'", "order"), ("(2,)", "(1, 2", "shape"),
        ] {
            #expect(try reason(file(Self.header.replacingOccurrences(of: old, with: new))).contains(word))
        }
        let matrix = Self.header.replacingOccurrences(of: "(2,)", with: "(1, 2)")
            .replacingOccurrences(of: "False", with: "True")
        #expect(try reason(file(matrix)).contains("column-major"))
    }

    @Test func everyTruncation() throws {
        let scratch = try Scratch()
        let bytes = file(Self.header)
        for end in 0..<bytes.count {
            let path = try scratch.write(Array(bytes[..<end]), to: "a.npy")
            #expect(throws: NpyError.self) { try Npy.read(path) }
        }
    }

    @Test func missingFilesAndFolders() throws {
        let scratch = try Scratch()
        #expect(throws: NpyError.self) { try Npy.read(scratch.file("none.npy")) }
        #expect(throws: NpyError.self) { try Npy.write(counting([2]), to: scratch.file("no/such/folder.npy")) }
    }
}
