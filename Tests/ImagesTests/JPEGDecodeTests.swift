import Images
import Testing

@Suite("Decoding JPEG")
struct JPEGDecodeTests {
    @Test("What was encoded comes back, nearly", arguments: awkwardSizes.indices, ChromaSampling.allCases)
    func roundTrip(size: Int, chroma: ChromaSampling) throws {
        let picture = TestPictures.slopes(awkwardSizes[size].width, awkwardSizes[size].height)
        let decoded = try Image.decode(picture.jpeg(quality: 98, chroma: chroma))
        #expect(decoded.format == .jpeg)
        #expect(decoded.orientation == 1)
        #expect(decoded.warning == nil)
        #expect(decoded.captured == nil)
        // The slopes of the narrowest pictures are steep, and halved colour blurs them.
        let allowed = chroma == .full ? 6 : 60
        #expect(TestPictures.difference(decoded.image, picture) <= allowed)
    }

    @Test(
        "Progressive and baseline files of the same coefficients give the same pixels", arguments: awkwardSizes.indices)
    func progressive(size: Int) throws {
        let picture = TestPictures.noise(awkwardSizes[size].width, awkwardSizes[size].height)
        let baseline = try picture.jpeg(quality: 90)
        let progressive = try picture.jpeg(quality: 90, progressive: true)
        #expect(baseline != progressive)
        #expect(try Image.decode(baseline).image == Image.decode(progressive).image)
    }

    @Test("Grey becomes three equal channels", arguments: [0, 1, 127, 128, 200, 255] as [UInt8])
    func grey(value: UInt8) throws {
        let decoded = try Image.decode(JPEGWriter(width: 19, height: 9, values: [value]).file())
        #expect(decoded.image == Image(width: 19, height: 9, colour: Colour(grey: value)))
    }

    @Test("Three components marked as RGB are not converted")
    func rgb() throws {
        let decoded = try Image.decode(JPEGWriter(width: 9, height: 9, values: [250, 20, 99], adobe: 0).file())
        #expect(decoded.image == Image(width: 9, height: 9, colour: Colour(red: 250, green: 20, blue: 99)))
    }

    static let samplings: [[(h: Int, v: Int)]] = [
        [(1, 1), (1, 1), (1, 1)], [(2, 1), (1, 1), (1, 1)], [(1, 2), (1, 1), (1, 1)], [(2, 2), (1, 1), (1, 1)],
        [(4, 1), (1, 1), (1, 1)], [(1, 4), (1, 1), (1, 1)], [(4, 2), (1, 1), (1, 1)], [(2, 2), (2, 1), (1, 2)],
        [(1, 1), (2, 2), (1, 1)], [(3, 1), (1, 1), (1, 1)], [(2, 1), (2, 1), (2, 1)],
    ]

    @Test("Every sampling of colour decodes", arguments: samplings.indices, [false, true])
    func sampling(index: Int, separateScans: Bool) throws {
        for (width, height) in awkwardSizes {
            var writer = JPEGWriter(
                width: width, height: height, values: [100, 90, 200], sampling: Self.samplings[index])
            writer.separateScans = separateScans
            let decoded = try Image.decode(writer.file())
            #expect(decoded.warning == nil)
            // JFIF's conversion: R = Y + 1.402 (Cr - 128) and so on.
            let colour = Colour(red: 201, green: 62, blue: 33)
            let expected = Image(width: width, height: height, colour: colour)
            #expect(TestPictures.difference(decoded.image, expected) <= 1)
        }
    }

    /// Inks as Adobe stores them, 255 for none, and the colour they give.
    static let inks: [(inks: [UInt8], colour: Colour)] = [
        ([255, 255, 255, 255], .white), ([255, 255, 255, 0], .black), ([0, 0, 0, 255], .black),
        ([0, 255, 255, 255], Colour(red: 0, green: 255, blue: 255)),
        ([255, 0, 255, 255], Colour(red: 255, green: 0, blue: 255)),
        ([255, 255, 0, 128], Colour(red: 128, green: 128, blue: 0)),
        ([200, 100, 50, 180], Colour(red: 141, green: 71, blue: 35)),
    ]

    @Test("CMYK follows Adobe's inverted convention", arguments: inks.indices, [nil, 0] as [UInt8?])
    func cmyk(index: Int, adobe: UInt8?) throws {
        let (inks, colour) = Self.inks[index]
        let decoded = try Image.decode(JPEGWriter(width: 11, height: 5, values: inks, adobe: adobe).file())
        #expect(decoded.image == Image(width: 11, height: 5, colour: colour))
    }

    @Test("YCCK is converted to inks first")
    func ycck() throws {
        // Y = 100 without colour: T.871's RGB of 100 is the complement of the ink 155, which Adobe's inversion reads as light.
        let decoded = try Image.decode(JPEGWriter(width: 8, height: 8, values: [100, 128, 128, 255], adobe: 2).file())
        #expect(decoded.image == Image(width: 8, height: 8, colour: Colour(grey: 155)))
    }

    static let refused: [(marker: UInt8, precision: UInt8, words: String)] = [
        (0xC1, 12, "12-bit"), (0xC3, 8, "lossless"), (0xC5, 8, "hierarchical"), (0xC6, 8, "hierarchical"),
        (0xC7, 8, "lossless"), (0xC9, 8, "arithmetic"), (0xCA, 8, "arithmetic"), (0xCB, 8, "lossless"),
        (0xCD, 8, "hierarchical"), (0xCE, 8, "hierarchical"), (0xCF, 8, "lossless"),
    ]

    @Test("Variants that are not decoded are refused by name", arguments: refused.indices)
    func unsupported(index: Int) {
        let (marker, precision, words) = Self.refused[index]
        var writer = JPEGWriter(width: 8, height: 8, values: [1, 2, 3])
        writer.frameMarker = marker
        writer.precision = precision
        let error = #expect(throws: ImageError.self) { try Image.decode(writer.file()) }
        guard case .unsupportedFeature(.jpeg, let feature) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(feature.contains(words))
    }

    @Test("Two components are refused")
    func twoComponents() {
        let file = JPEGWriter(width: 8, height: 8, values: [1, 2]).file()
        #expect(throws: ImageError.unsupportedFeature(.jpeg, "neither 1, 3 nor 4 components")) {
            try Image.decode(file)
        }
    }
}
