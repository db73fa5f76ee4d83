import Images
import Testing

@Suite("Telling formats apart")
struct FormatTests {
    static let foreign: [(bytes: [UInt8], format: UnsupportedFormat)] = [
        (Array("RIFF\u{10}\0\0\0WEBPVP8 ".utf8), .webP),
        (Array("GIF87a\u{1}\0".utf8), .gif),
        (Array("GIF89a\u{1}\0".utf8), .gif),
        (Array("BM\u{36}\0\0\0".utf8), .bmp),
        ([0, 0, 0, 24] + Array("ftypheic".utf8), .heic),
        ([0, 0, 0, 24] + Array("ftypmif1".utf8), .heic),
        ([0, 0, 0, 24] + Array("ftypavif".utf8), .avif),
        ([0x49, 0x49, 0x2A, 0, 8, 0, 0, 0], .tiff),
        ([0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8], .tiff),
        ([0x4D, 0x4D, 0, 0x2B, 0, 8, 0, 0], .tiff),
        ([0xFF, 0x0A, 0, 0], .jpegXL),
        ([0, 0, 0, 12] + Array("JXL \r\n".utf8), .jpegXL),
        ([0, 0, 0, 12] + Array("jP  \r\n".utf8), .jpeg2000),
        (Array("8BPS\0\u{1}".utf8), .photoshop),
        (Array("%PDF-1.7".utf8), .pdf),
    ]

    @Test("Known formats that are not decoded are refused by name", arguments: foreign.indices)
    func foreignFormat(index: Int) {
        let (bytes, format) = Self.foreign[index]
        let error = #expect(throws: ImageError.self) { try Image.decode(bytes) }
        #expect(error == .unsupportedFormat(format))
        #expect(error?.description.contains(format.rawValue) == true)
    }

    @Test("Every known format has a case above")
    func allNamed() {
        #expect(Set(Self.foreign.map(\.format)) == Set(UnsupportedFormat.allCases))
    }

    @Test("Anything else is shown by its first bytes")
    func unknown() {
        #expect(throws: ImageError.unrecognisedFormat(start: "3C 68 74 6D 6C 3E")) {
            try Image.decode(Array("<html>".utf8))
        }
        #expect(throws: ImageError.unrecognisedFormat(start: "00")) { try Image.decode([0]) }
        #expect(throws: ImageError.unrecognisedFormat(start: "00 00 00 18 66 74 79 70")) {
            try Image.decode([0, 0, 0, 24] + Array("ftypisom".utf8))
        }
        #expect(throws: ImageError.empty) { try Image.decode([]) }
    }

    @Test(
        "A PNG whose signature a transfer damaged is called that",
        arguments: [
            [0x89, 0x50, 0x4E, 0x47, 0x0A, 0x1A, 0x0A, 0x00],
            [0x09, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] as [UInt8],
        ])
    func damagedSignature(bytes: [UInt8]) {
        let error = #expect(throws: ImageError.self) { try Image.decode(bytes) }
        guard case .corrupt(.png, let reason, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("signature"))
    }

    @Test("A file over the limit is refused before it is looked at")
    func fileSize() {
        let limits = ImageLimits(fileBytes: 10, pixels: 100, side: 10)
        #expect(throws: ImageError.fileTooLarge(bytes: 11, limit: 10)) {
            try Image.decode([UInt8](repeating: 0, count: 11), limits: limits)
        }
        #expect(throws: ImageError.unrecognisedFormat(start: "00 00 00 00 00 00 00 00")) {
            try Image.decode([UInt8](repeating: 0, count: 10), limits: limits)
        }
    }

    @Test("The standard limits are the documented ones")
    func standardLimits() {
        #expect(ImageLimits.standard == ImageLimits(fileBytes: 20_971_520, pixels: 50_000_000, side: 16_384))
    }

    @Test("Errors say what is wrong and where")
    func descriptions() {
        let cut = ImageError.truncated(.jpeg, at: .init(offset: 1200, row: 48, scan: 2))
        #expect(cut.description == "the JPEG is cut short (scan 2, row 48, byte 1200)")
        let damaged = ImageError.corrupt(.png, reason: "IDAT: CRC error", at: .init(offset: 52))
        #expect(damaged.description == "the PNG is damaged: IDAT: CRC error (byte 52)")
        let large = ImageError.tooManyPixels(width: 10_000, height: 9000, limit: 50_000_000)
        #expect(large.description == "the image has 10000 x 9000 = 90000000 pixels; at most 50000000 are allowed")
    }
}
