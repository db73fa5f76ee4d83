import Server
import TestSupport
import Testing

@Suite struct MultipartTests {
    private static func parse(
        _ bytes: [UInt8], boundary: String = "----x1y2", limit: Int = 1 << 20, chunk: Int = .max
    ) throws(MultipartError) -> [MultipartPart] {
        var parser = try MultipartParser(boundary: boundary, fileLimit: limit)
        var start = 0
        while start < bytes.count {
            let end = min(start + min(chunk, bytes.count), bytes.count)
            try parser.feed(bytes[start..<end])
            start = end
        }
        return try parser.finish()
    }

    private static let form = Form.plain.adding("style", "dry").adding("empty", "").adding("seed", "7\r\n--")

    private static func expectForm(_ parts: [MultipartPart]) {
        #expect(parts.map(\.name) == ["image", "style", "empty", "seed"])
        #expect(parts.map(\.isFile) == [true, false, false, false])
        #expect(parts[0].content == Form.photo)
        #expect(parts.dropFirst().map { String(decoding: $0.content, as: UTF8.self) } == ["dry", "", "7\r\n--"])
    }

    @Test(arguments: [1, 2, 3, 5, 7, 16, 64, 1000, .max])
    func readsPartsHoweverTheyArrive(_ chunk: Int) throws {
        Self.expectForm(try Self.parse(Self.form.bytes, chunk: chunk))
    }

    @Test func readsContentFullOfAlmostBoundaries() throws {
        let piece = Array("\r\n------x1y\r\n----\r\n\r\r\n--\r\n------x1".utf8)
        let content = (0..<40).flatMap { piece.prefix(1 + $0 % piece.count) }
        for chunk in [1, 4, 11, .max] {
            let parts = try Self.parse(Form().adding("image", content, file: "a").bytes, chunk: chunk)
            #expect(parts.map(\.content) == [content])
        }
    }

    @Test func ignoresWhatSurroundsTheParts() throws {
        let bytes = Array("A preamble.\r\n".utf8) + Self.form.bytes + Array("An epilogue of any length.".utf8)
        Self.expectForm(try Self.parse(bytes, chunk: 3))
    }

    @Test func allowsBlanksBehindBoundaries() throws {
        let text = "--b \t\r\ncontent-disposition: form-data; name=a\r\n\r\nx\r\n--b--"
        #expect(try Self.parse(Array(text.utf8), boundary: "b").map(\.content) == [[0x78]])
    }

    @Test(arguments: [
        (#"form-data; name="a b"; filename="c;d\".jpg""#, "a b", true), ("form-data; name=plain", "plain", false),
        (#"form-data; filename*=UTF-8''x.jpg; name="image""#, "image", true),
        (#"FORM-DATA; NAME="upper""#, "upper", false), (#"form-data; name="C:\path""#, "C:\\path", false),
    ])
    func readsDispositions(_ value: String, _ name: String, _ isFile: Bool) throws {
        let text = "--b\r\nX-Other: 1\r\nContent-Disposition: \(value)\r\n\r\nx\r\n--b--\r\n"
        let parts = try Self.parse(Array(text.utf8), boundary: "b")
        #expect(parts.map(\.name) == [name])
        #expect(parts.map(\.isFile) == [isFile])
    }

    /// Everything short of the last boundary is an error, wherever it stops.
    @Test func refusesEveryTruncation() throws {
        let bytes = Self.form.bytes
        // The last boundary is whole where its second hyphen is; the line break behind it may be missing.
        for length in 0..<(bytes.count - 2) {
            #expect(throws: MultipartError.self, "cut to \(length)") { try Self.parse(Array(bytes.prefix(length))) }
        }
        Self.expectForm(try Self.parse(Array(bytes.dropLast(2))))
    }

    /// Whatever one byte is turned into, the parser ends, with an error or with parts of no more than the body's bytes.
    @Test func survivesEveryFlippedByte() throws {
        let bytes = Self.form.bytes
        for index in bytes.indices {
            for mask in [0x01, 0x20, 0x80, 0xFF] as [UInt8] {
                var damaged = bytes
                damaged[index] ^= mask
                let parts = (try? Self.parse(damaged)) ?? []
                #expect(parts.reduce(0) { $0 + $1.content.count } <= bytes.count)
            }
        }
    }

    @Test(arguments: [
        "", "no boundary at all", "--b", "--b\r\n\r\n", "--b\r\n\r\nx\r\n--b--",
        "--bContent-Disposition: form-data; name=a",
        "--b\r\nno colon\r\n\r\nx\r\n--b--", "--b\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--b--",
        "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--",
        "--b--", "--b\nContent-Disposition: form-data; name=a\n\nx\n--b--",
    ])
    func findsNoParts(_ text: String) {
        let parts = (try? Self.parse(Array(text.utf8), boundary: "b")) ?? []
        #expect(parts.isEmpty)
    }

    @Test(arguments: ["", String(repeating: "b", count: 71)])
    func refusesBoundaries(_ boundary: String) {
        #expect(throws: MultipartError.self) { try MultipartParser(boundary: boundary, fileLimit: 1) }
    }

    @Test(arguments: [1, 4096, .max])
    func refusesHugeHeaders(_ chunk: Int) {
        let header = "--b\r\nX-Long: " + String(repeating: "h", count: MultipartParser.maximumHeader)
        #expect(throws: MultipartError.malformed("a part's headers have more than 8 KiB")) {
            try Self.parse(Array(header.utf8), boundary: "b", chunk: chunk)
        }
        let blanks = "--b" + String(repeating: " ", count: 2 * MultipartParser.maximumHeader)
        #expect(throws: MultipartError.self) { try Self.parse(Array(blanks.utf8), boundary: "b", chunk: chunk) }
        let preamble = [UInt8](repeating: 0x61, count: 2 * MultipartParser.maximumHeader)
        #expect(throws: MultipartError.self) { try Self.parse(preamble, boundary: "b", chunk: chunk) }
    }

    @Test func limitsPartsAndTheirContent() throws {
        let many = (0...MultipartParser.maximumParts).reduce(Form()) { form, index in form.adding("f\(index)", "x") }
        #expect(throws: MultipartError.malformed("more than 64 parts")) { try Self.parse(many.bytes) }
        let limit = 1000
        let exact = Form().adding("image", [UInt8](repeating: 1, count: limit), file: "a").bytes
        #expect(try Self.parse(exact, limit: limit, chunk: 7).first?.content.count == limit)
        let over = Form().adding("image", [UInt8](repeating: 1, count: limit + 1), file: "a").bytes
        #expect(throws: MultipartError.fileTooLarge) { try Self.parse(over, limit: limit, chunk: 7) }
        let field = Form().adding("style", [UInt8](repeating: 1, count: MultipartParser.maximumField + 1)).bytes
        #expect(throws: MultipartError.fieldTooLarge(name: "style")) { try Self.parse(field, chunk: 700) }
    }
}
