import Tensors
import Testing

@Suite("ByteReader")
struct ByteReaderTests {
    private func reader(_ bytes: [UInt8]) -> ByteReader { ByteReader(Buffer(bytes).storage) }

    @Test func readsLittleEndianValuesAtAnyOffset() throws {
        var reader = reader([9, 0x01, 0x02, 0xFE, 0xFF, 0xFF, 0xFF, 0, 0, 0x80, 0x3F, 7])
        #expect(try reader.byte() == 9)
        #expect(try reader.value(UInt16.self) == 0x0201)
        #expect(try reader.value(Int32.self) == -2)
        #expect(try reader.value(Float.self) == 1)
        #expect(reader.left == 1)
        #expect(!reader.isAtEnd)
        #expect(try reader.byte() == 7)
        #expect(reader.isAtEnd)
    }

    @Test func readsTextAndBytes() throws {
        var reader = reader(Array("hé".utf8) + [0xFF, 1, 2])
        #expect(try reader.text(3) == "hé")
        #expect(try reader.text(1) == "\u{FFFD}")
        #expect(try reader.bytes(2) == [1, 2])
        #expect(try reader.bytes(0) == [])
    }

    @Test func aPartEndsWhereItShould() throws {
        var whole = reader([1, 2, 3, 4, 5])
        try whole.skip(1)
        var part = try whole.part(2)
        #expect(whole.offset == 3)
        #expect(part.offset == 1)
        #expect(try part.bytes(2) == [2, 3])
        #expect(throws: OutOfBytes.self) { try part.byte() }
        #expect(try whole.byte() == 4)
    }

    @Test(arguments: [4, 5, UInt64(Int.max), UInt64(Int.max) + 1, UInt64.max])
    func anyReadPastTheEndSaysWhere(count: UInt64) throws {
        var reader = reader([1, 2, 3, 4])
        try reader.skip(1)
        let errors = [
            #expect(throws: OutOfBytes.self) { try reader.skip(count) },
            #expect(throws: OutOfBytes.self) { _ = try reader.bytes(count) },
            #expect(throws: OutOfBytes.self) { _ = try reader.text(count) },
            #expect(throws: OutOfBytes.self) { _ = try reader.part(count) },
        ]
        for error in errors {
            #expect(error?.offset == 1)
            #expect(error?.wanted == count)
            #expect(error?.left == 3)
        }
        // A read that failed took nothing.
        #expect(reader.offset == 1)
        #expect(throws: OutOfBytes.self) { _ = try reader.value(UInt32.self) }
        #expect(try reader.bytes(3) == [2, 3, 4])
        #expect(throws: OutOfBytes.self) { _ = try reader.byte() }
    }
}
