import Images
import Testing

/// The definition of a filtered resize in double precision, one axis after the other, bytes between.
private enum NaiveResize {
    static func kernel(_ filter: ResizeFilter, _ x: Double) -> Double {
        let d = abs(x)
        switch filter {
        case .nearest: return 0
        case .box: return x > -0.5 && x <= 0.5 ? 1 : 0
        case .bilinear: return max(0, 1 - d)
        case .bicubic:
            // Keys 1981 with a = -1/2.
            if d < 1 { return 1.5 * d * d * d - 2.5 * d * d + 1 }
            return d < 2 ? -0.5 * d * d * d + 2.5 * d * d - 4 * d + 2 : 0
        }
    }

    /// `line` resampled to `count` places that cover `from..<to` of it.
    static func line(_ line: [Double], _ count: Int, _ filter: ResizeFilter, _ from: Double, _ to: Double) -> [Double] {
        let scale = (to - from) / Double(count)
        let stretch = max(1, scale)
        return (0..<count).map { index in
            let centre = from + (Double(index) + 0.5) * scale
            if filter == .nearest { return line[min(line.count - 1, Int(centre))] }
            let weights = line.indices.map { kernel(filter, (Double($0) + 0.5 - centre) / stretch) }
            let value = zip(line, weights).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
            return min(255, max(0, value.rounded()))
        }
    }

    /// `image` resized, either axis first: bytes between the two make a difference, and both orders are right.
    static func resize(_ image: Image, _ width: Int, _ height: Int, _ filter: ResizeFilter, _ region: Region) -> [Image]
    {
        func across(_ image: Image) -> Image {
            let rows = (0..<image.height).map { y in
                channels { channel in
                    let row = (0..<image.width).map { Double(image.pixels[(y * image.width + $0) * 3 + channel]) }
                    return line(row, width, filter, region.left, region.right)
                }
            }
            return Image(width: width, height: image.height, pixels: rows.flatMap { $0 })
        }
        func down(_ image: Image) -> Image {
            let columns = (0..<image.width).map { x in
                channels { channel in
                    let column = (0..<image.height).map { Double(image.pixels[($0 * image.width + x) * 3 + channel]) }
                    return line(column, height, filter, region.top, region.bottom)
                }
            }
            let pixels = (0..<height).flatMap { y in columns.flatMap { $0[3 * y..<3 * y + 3] } }
            return Image(width: image.width, height: height, pixels: pixels)
        }
        return [down(across(image)), across(down(image))]
    }

    /// Three lines, one a channel, woven together.
    private static func channels(_ line: (Int) -> [Double]) -> [UInt8] {
        let lines = (0..<3).map(line)
        return lines[0].indices.flatMap { place in lines.map { UInt8($0[place]) } }
    }
}

@Suite("Resizing")
struct ResizeTests {
    static let sizes = [(1, 1), (1, 9), (5, 3), (17, 31), (40, 2), (50, 40)]

    @Test(
        "Every filter follows its definition",
        arguments: ResizeFilter.allCases, [(1, 1), (2, 13), (19, 7), (33, 29)])
    func definition(filter: ResizeFilter, old: (Int, Int)) {
        let image = TestPictures.noise(old.0, old.1)
        let whole = Region(left: 0, top: 0, right: Double(old.0), bottom: Double(old.1))
        for (width, height) in Self.sizes {
            let got = image.resized(width: width, height: height, filter: filter)
            let expected = NaiveResize.resize(image, width, height, filter, whole)
            // A sum on the edge of rounding may fall either way.
            #expect(expected.contains { TestPictures.difference(got, $0) <= 1 }, "to \(width) x \(height)")
        }
    }

    static let regions = [
        Region(left: 3, top: 2, right: 20, bottom: 9), Region(left: 0.25, top: 1.75, right: 30.5, bottom: 22.125),
        Region(left: 10.1, top: 10.2, right: 11.3, bottom: 11.4), Region(left: 32, top: 0, right: 33, bottom: 29),
    ]

    @Test("A part is resized as if its surroundings were there", arguments: ResizeFilter.allCases, regions)
    func region(filter: ResizeFilter, region: Region) {
        let image = TestPictures.noise(33, 29)
        for (width, height) in Self.sizes {
            let got = image.resized(width: width, height: height, filter: filter, region: region)
            let expected = NaiveResize.resize(image, width, height, filter, region)
            #expect(expected.contains { TestPictures.difference(got, $0) <= 1 }, "to \(width) x \(height)")
        }
    }

    @Test("The same size is the same picture", arguments: ResizeFilter.allCases)
    func same(filter: ResizeFilter) {
        let image = TestPictures.noise(13, 9)
        #expect(image.resized(width: 13, height: 9, filter: filter) == image)
    }

    @Test("One colour stays that colour", arguments: ResizeFilter.allCases)
    func flat(filter: ResizeFilter) {
        let colour = Colour(red: 255, green: 1, blue: 128)
        let image = Image(width: 37, height: 23, colour: colour)
        for (width, height) in Self.sizes {
            let resized = image.resized(width: width, height: height, filter: filter)
            #expect(resized == Image(width: width, height: height, colour: colour))
        }
    }

    @Test("Box halves by the mean of four, nearest by one of them")
    func halves() {
        let image = Image(width: 2, height: 2, pixels: [10, 0, 255, 20, 0, 255, 30, 0, 255, 41, 1, 255])
        #expect(image.resized(width: 1, height: 1, filter: .box).pixels == [26, 1, 255])
        #expect(image.resized(width: 1, height: 1, filter: .nearest).pixels == [41, 1, 255])
    }

    @Test(
        "A part that lies outside, is empty or is not a number becomes the whole",
        arguments: [
            Region(left: 50, top: 0, right: 60, bottom: 9), Region(left: 5, top: 0, right: 5, bottom: 9),
            Region(left: .nan, top: 0, right: 8, bottom: 9),
            Region(left: -.infinity, top: -5, right: .infinity, bottom: 99),
            Region(left: 12.995, top: 0, right: 13, bottom: 9),
        ])
    func badRegion(region: Region) {
        let image = TestPictures.noise(13, 9)
        let whole = image.resized(width: 6, height: 5, filter: .bilinear)
        #expect(image.resized(width: 6, height: 5, filter: .bilinear, region: region) == whole)
    }

    @Test("A part that reaches outside is cut to the picture")
    func cutRegion() {
        let image = TestPictures.noise(13, 9)
        let cut = image.resized(width: 6, height: 5, region: Region(left: 4, top: 0, right: 13, bottom: 7))
        #expect(image.resized(width: 6, height: 5, region: Region(left: 4, top: -3, right: 99, bottom: 7)) == cut)
    }
}
