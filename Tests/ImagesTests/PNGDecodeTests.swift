import Images
import TestSupport
import Testing

/// A PNG of random samples and the pixels that the standard says it shows over white.
private struct PNGCase: Sendable, CustomTestStringConvertible {
    let type: PNGWriter.ColourType
    let depth: Int
    let interlaced: Bool
    let transparent: Bool

    var testDescription: String {
        "\(type) \(depth) bits\(interlaced ? " interlaced" : "")\(transparent ? " with a transparent colour" : "")"
    }

    static let all: [PNGCase] = PNGWriter.ColourType.allCases.flatMap { type in
        type.depths.flatMap { depth in
            [false, true].flatMap { interlaced in
                (type == .greyAlpha || type == .rgbAlpha ? [false] : [false, true]).map {
                    PNGCase(type: type, depth: depth, interlaced: interlaced, transparent: $0)
                }
            }
        }
    }

    func writer(width: Int, height: Int) -> PNGWriter {
        var random = TestRandom(seed: UInt64(width * 1000 + height))
        let samples = (0..<width * height * type.channels).map { _ in Int.random(in: 0..<1 << depth, using: &random) }
        var writer = PNGWriter(
            width: width, height: height, type: type, depth: depth, interlaced: interlaced, samples: samples)
        if type == .palette {
            writer.palette = (0..<3 << depth).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        guard transparent else { return writer }
        // Palettes: an alpha for each of the first entries. Else the first pixel's colour.
        if type == .palette {
            writer.transparency = (0..<max(1, 1 << depth - 1)).map { _ in UInt8.random(in: 0...255, using: &random) }
        } else {
            writer.transparency = samples[..<type.channels].flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
        }
        return writer
    }

    /// What `writer` shows, pixel by pixel.
    func expected(_ writer: PNGWriter) -> Image {
        var pixels: [UInt8] = []
        for start in stride(from: 0, to: writer.samples.count, by: type.channels) {
            let samples = Array(writer.samples[start..<start + type.channels])
            let (colour, alpha) = shown(samples, writer)
            pixels += colour.map { value in
                UInt8(((Double(value) * Double(alpha) + 255 * Double(255 - alpha)) / 255).rounded())
            }
        }
        return Image(width: writer.width, height: writer.height, pixels: pixels)
    }

    private func shown(_ samples: [Int], _ writer: PNGWriter) -> (colour: [Int], alpha: Int) {
        func byte(_ sample: Int) -> Int { depth == 16 ? sample >> 8 : sample * 255 / ((1 << depth) - 1) }
        let isKey = transparent && samples.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] } == writer.transparency
        switch type {
        case .grey: return ([Int](repeating: byte(samples[0]), count: 3), isKey ? 0 : 255)
        case .rgb: return (samples.map(byte), isKey ? 0 : 255)
        case .greyAlpha: return ([Int](repeating: byte(samples[0]), count: 3), byte(samples[1]))
        case .rgbAlpha: return (samples[..<3].map(byte), byte(samples[3]))
        case .palette:
            let entry = samples[0]
            let alpha = entry < writer.transparency.count ? Int(writer.transparency[entry]) : 255
            return (writer.palette[entry * 3..<entry * 3 + 3].map(Int.init), alpha)
        }
    }
}

@Suite("Decoding PNG")
struct PNGDecodeTests {
    @Test("What was encoded comes back exactly", arguments: awkwardSizes.indices)
    func roundTrip(size: Int) throws {
        for picture in [
            TestPictures.noise(awkwardSizes[size].width, awkwardSizes[size].height),
            TestPictures.slopes(awkwardSizes[size].width, awkwardSizes[size].height),
        ] {
            let decoded = try Image.decode(picture.png())
            #expect(decoded.format == .png)
            #expect(decoded.warning == nil)
            #expect(decoded.image == picture)
        }
    }

    @Test("Every colour type, depth and interlacing shows what the standard says", arguments: PNGCase.all)
    private func everyKind(_ kind: PNGCase) throws {
        for (width, height) in awkwardSizes {
            let writer = kind.writer(width: width, height: height)
            #expect(try Image.decode(writer.file()).image == kind.expected(writer), "\(width) x \(height)")
        }
    }

    /// A small grey file to put chunks into.
    private func plain() -> PNGWriter {
        PNGWriter(width: 3, height: 2, type: .grey, depth: 8, samples: [10, 50, 90, 130, 170, 210])
    }

    private let plainPicture = Image(
        width: 3, height: 2, pixels: [10, 50, 90, 130, 170, 210].flatMap { [UInt8](repeating: $0, count: 3) })

    @Test(
        "Gamma, profiles, text and background do not change the pixels",
        arguments: [
            ("gAMA", [0, 0, 0x27, 0x10]), ("sRGB", [0]), ("cHRM", [UInt8](repeating: 1, count: 32)),
            ("bKGD", [0, 200]),
            ("tEXt", Array("Comment\0hello".utf8)), ("zTXt", Array("Comment\0\0rubbish".utf8)),
            ("iCCP", Array("icc\0\0rubbish".utf8)), ("prVt", [1, 2, 3]), ("tIME", [7, 232, 1, 1, 0, 0, 0]),
        ] as [(String, [UInt8])])
    func ancillary(name: String, data: [UInt8]) throws {
        var writer = plain()
        writer.before = [(name, data)]
        #expect(try Image.decode(writer.file()).image == plainPicture)
    }

    @Test("An animation shows its default image")
    func animation() throws {
        var writer = plain()
        writer.before = [("acTL", PNGWriter.long(2) + PNGWriter.long(0))]
        let frame = PNGWriter.long(0) + PNGWriter.long(3) + PNGWriter.long(2) + [UInt8](repeating: 0, count: 8)
        writer.after = [("fcTL", frame + [0, 1, 0, 10, 0, 0]), ("fdAT", PNGWriter.long(1) + [1, 2, 3, 4])]
        #expect(try Image.decode(writer.file()).image == plainPicture)
    }

    @Test("A pixel beyond the palette is black, not a crash")
    func beyondPalette() throws {
        var writer = PNGWriter(width: 2, height: 1, type: .palette, depth: 8, samples: [0, 200])
        writer.palette = [9, 8, 7]
        let image = try Image.decode(writer.file()).image
        #expect(image[0, 0] == Colour(red: 9, green: 8, blue: 7))
        #expect(image[1, 0] == .black)
    }
}
