import Images
import TestSupport
import Testing

@Suite("EXIF")
struct ExifTests {
    private let picture = TestPictures.slopes(24, 16)

    /// How a camera held each way stores an upright picture: the inverse of ``Image/oriented(_:)``.
    private func stored(_ upright: Image, _ orientation: Int) -> Image {
        // A quarter turn's inverse is the other quarter turn; all others undo themselves.
        upright.oriented([6: 8, 8: 6][orientation] ?? orientation)
    }

    @Test("All eight orientations come out upright", arguments: 1...8, [false, true])
    func png(orientation: Int, bigEndian: Bool) throws {
        let tiff = ExifWriter.orientation(orientation, bigEndian: bigEndian).tiff()
        let file = ExifWriter.insert(tiff: tiff, intoPNG: try stored(picture, orientation).png())
        let decoded = try Image.decode(file)
        #expect(decoded.orientation == orientation)
        #expect(decoded.image == picture)
    }

    @Test("All eight orientations of a JPEG come out upright", arguments: 1...8, [false, true])
    func jpeg(orientation: Int, bigEndian: Bool) throws {
        let tiff = ExifWriter.orientation(orientation, bigEndian: bigEndian).tiff()
        let stored = try stored(picture, orientation).jpeg(quality: 98, chroma: .full)
        let decoded = try Image.decode(ExifWriter.insert(tiff: tiff, intoJPEG: stored))
        #expect(decoded.orientation == orientation)
        #expect(TestPictures.difference(decoded.image, picture) <= 4)
    }

    @Test(
        "Turning moves each pixel where EXIF says",
        arguments: [
            // The stored picture is 0 1 2 over 3 4 5.
            (1, 3, [0, 1, 2, 3, 4, 5]), (2, 3, [2, 1, 0, 5, 4, 3]), (3, 3, [5, 4, 3, 2, 1, 0]),
            (4, 3, [3, 4, 5, 0, 1, 2]),
            (5, 2, [0, 3, 1, 4, 2, 5]), (6, 2, [3, 0, 4, 1, 5, 2]), (7, 2, [5, 2, 4, 1, 3, 0]),
            (8, 2, [2, 5, 1, 4, 0, 3]),
        ] as [(Int, Int, [UInt8])])
    func turning(orientation: Int, width: Int, expected: [UInt8]) {
        func image(_ width: Int, _ values: [UInt8]) -> Image {
            Image(width: width, height: values.count / width, pixels: values.flatMap { [$0, $0 &+ 50, $0 &+ 100] })
        }
        #expect(image(3, [0, 1, 2, 3, 4, 5]).oriented(orientation) == image(width, expected))
    }

    @Test("Turning and turning back changes nothing", arguments: awkwardSizes.indices, 1...8)
    func back(size: Int, orientation: Int) {
        let picture = TestPictures.noise(awkwardSizes[size].width, awkwardSizes[size].height)
        #expect(stored(picture, orientation).oriented(orientation) == picture)
    }

    /// What is read from a TIFF structure in a PNG and, where it fits, in a JPEG.
    private func read(_ tiff: [UInt8]) throws -> DecodedImage {
        let png = try Image.decode(ExifWriter.insert(tiff: tiff, intoPNG: picture.png()))
        let jpeg = try Image.decode(ExifWriter.insert(tiff: tiff, intoJPEG: picture.jpeg()))
        #expect(png.orientation == jpeg.orientation)
        #expect(png.captured == jpeg.captured)
        return png
    }

    @Test("Numbers that are no orientation are as good as none", arguments: [0, 9, 255, 65_535])
    func outOfRange(value: Int) throws {
        #expect(try read(ExifWriter.orientation(value).tiff()).orientation == 1)
    }

    @Test("The orientation is found behind other fields, as LONG too")
    func otherFields() throws {
        var writer = ExifWriter(fields: [(0x010F, 2, 4, 0), (0x0112, 4, 1, 6), (0x0132, 2, 4, 0)])
        #expect(try read(writer.tiff()).orientation == 6)
        writer.fields[1].type = 2
        #expect(try read(writer.tiff()).orientation == 1)
        writer.fields[1] = (0x0112, 3, 2, 6)
        #expect(try read(writer.tiff()).orientation == 1)
    }

    private func captured(_ text: String, bigEndian: Bool, count: Int? = nil) -> ExifWriter {
        var writer = ExifWriter(bigEndian: bigEndian, fields: [(0x8769, 4, 1, 26)])
        let directory = writer.tailOffset
        writer.fields[0].value = directory
        let bytes = Array(text.utf8) + [0]
        writer.tail =
            writer.number(1, 2) + writer.number(0x9003, 2) + writer.number(2, 2)
            + writer.number(count ?? bytes.count, 4) + writer.number(directory + 18, 4) + writer.number(0, 4) + bytes
        return writer
    }

    @Test("The time a photo was taken is read", arguments: [false, true])
    func time(bigEndian: Bool) throws {
        let tiff = captured("2024:05:17 21:03:44", bigEndian: bigEndian).tiff()
        #expect(try read(tiff).captured == "2024:05:17 21:03:44")
    }

    @Test("A time that reaches outside or is too long is left out", arguments: [21, 64, 65, 0xFFFF_FFFF])
    func longTime(count: Int) throws {
        #expect(try read(captured("2024:05:17 21:03:44", bigEndian: false, count: count).tiff()).captured == nil)
    }

    @Test("A time that is no text is left out", arguments: ["2024\u{1}", "", "Mai 2024 \u{FC}"])
    func badTime(text: String) throws {
        #expect(try read(captured(text, bigEndian: false, count: max(5, text.utf8.count)).tiff()).captured == nil)
    }

    static let hostile: [[UInt8]] = [
        [], [0x49], Array("II".utf8), Array("II*\0".utf8), Array("XX*\0\u{8}\0\0\0".utf8),
        // The directory: outside, at the last byte, on the header itself, at the end of numbers.
        Array("II*\0".utf8) + [0xFF, 0, 0, 0], Array("II*\0".utf8) + [7, 0, 0, 0], Array("II*\0".utf8) + [0, 0, 0, 0],
        Array("II*\0".utf8) + [0xFF, 0xFF, 0xFF, 0xFF], Array("MM\0*".utf8) + [0x80, 0, 0, 0],
        // More fields than there are bytes.
        Array("II*\0".utf8) + [8, 0, 0, 0, 0xFF, 0xFF, 0x12, 0x01, 3, 0],
        Array("II*\0".utf8) + [8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 6],
    ]

    @Test("Structures that make no sense read as nothing", arguments: hostile.indices)
    func hostileStructure(index: Int) throws {
        let decoded = try read(Self.hostile[index])
        #expect(decoded.orientation == 1)
        #expect(decoded.captured == nil)
        #expect(decoded.image == picture)
    }

    @Test("A directory that points at itself is visited once")
    func circle() throws {
        let writer = ExifWriter(fields: [(0x8769, 4, 1, 8), (0x0112, 3, 1, 3)])
        #expect(try read(writer.tiff()).orientation == 3)
        #expect(try read(writer.tiff()).captured == nil)
    }

    @Test("Cut anywhere, or with any byte changed, EXIF never stops a picture")
    func everyByte() throws {
        let tiff = captured("2024:05:17 21:03:44", bigEndian: true).tiff()
        let png = try picture.png()
        for count in tiff.indices {
            let decoded = try Image.decode(ExifWriter.insert(tiff: Array(tiff[..<count]), intoPNG: png))
            #expect(decoded.image == picture)
            #expect(decoded.captured == nil)
        }
        for index in tiff.indices {
            var damaged = tiff
            damaged[index] ^= 0xFF
            #expect(try Image.decode(ExifWriter.insert(tiff: damaged, intoPNG: png)).image == picture)
        }
    }

    @Test("The first of two EXIF segments counts")
    func first() throws {
        let inner = ExifWriter.insert(tiff: ExifWriter.orientation(3).tiff(), intoJPEG: try picture.jpeg())
        let file = ExifWriter.insert(tiff: ExifWriter.orientation(2).tiff(), intoJPEG: inner)
        #expect(try Image.decode(file).orientation == 2)
    }

    @Test("A PNG's EXIF may stand after the picture")
    func afterPicture() throws {
        var writer = PNGWriter(width: 2, height: 1, type: .grey, depth: 8, samples: [1, 2])
        writer.after = [("eXIf", ExifWriter.orientation(6).tiff())]
        let decoded = try Image.decode(writer.file())
        #expect((decoded.image.width, decoded.image.height) == (1, 2))
    }
}
