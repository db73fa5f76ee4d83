import Images
import Testing

@Suite("Encoding and brightness")
struct EncodeTests {
    @Test("Quality costs bytes and gains truth")
    func quality() throws {
        let picture = TestPictures.noise(64, 64)
        let qualities = [1, 20, 50, 80, 95, 100]
        let files = try qualities.map { try picture.jpeg(quality: $0, chroma: .full) }
        let differences = try files.map { file in
            let decoded = try Image.decode(file).image
            return zip(decoded.pixels, picture.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        }
        #expect(files.map(\.count) == files.map(\.count).sorted())
        #expect(differences == differences.sorted(by: >))
    }

    @Test("A picture too long for JPEG is refused, and PNG takes it")
    func tooLong() throws {
        let picture = Image(width: 65_501, height: 1, colour: .white)
        let error = #expect(throws: ImageError.self) { try picture.jpeg() }
        guard case .cannotEncode(.jpeg, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let limits = ImageLimits(fileBytes: 1 << 20, pixels: 1 << 20, side: 1 << 20)
        #expect(try Image.decode(picture.png(), limits: limits).image == picture)
    }

    @Test("Encoding is the same every time")
    func deterministic() throws {
        let picture = TestPictures.noise(40, 30)
        #expect(try picture.jpeg() == picture.jpeg())
        #expect(try picture.png() == picture.png())
    }

    @Test("Files begin as their formats do")
    func beginnings() throws {
        let picture = TestPictures.slopes(3, 3)
        #expect(try picture.jpeg().prefix(4) == [0xFF, 0xD8, 0xFF, 0xE0])
        #expect(try picture.jpeg().suffix(2) == [0xFF, 0xD9])
        #expect(try picture.png().prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    }

    @Test("A picture describes itself by its size, never by its pixels")
    func description() {
        #expect("\(TestPictures.noise(4, 3))" == "image of 4 x 3")
    }

    @Test("Brightness weighs colours as ITU-R 601 does")
    func luma() {
        let pixels: [UInt8] = [0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 200, 30]
        #expect(Image(width: 3, height: 2, pixels: pixels).luma() == [0, 255, 76, 150, 29, 124])
    }
}
