import Images
import Testing

@Suite("Damaged and hostile JPEG")
struct HostileJPEGTests {
    private static let small = ImageLimits(fileBytes: 1 << 20, pixels: 1 << 20, side: 4096)

    @Test("Cut anywhere but in the end marker, a file is refused with the place", arguments: [false, true])
    func everyCut(progressive: Bool) throws {
        let file = try TestPictures.noise(21, 13).jpeg(quality: 60, progressive: progressive)
        let whole = try Image.decode(file)
        for count in 1..<file.count {
            let cut = Array(file[..<count])
            if count >= file.count - 2 {
                #expect(try Image.decode(cut).image == whole.image)
                continue
            }
            let error = #expect(throws: ImageError.self, "cut to \(count)") { try Image.decode(cut) }
            guard case .truncated(.jpeg, let place) = error else {
                // Two bytes are too few to tell.
                if count > 2 { Issue.record("cut to \(count): \(String(describing: error))") }
                continue
            }
            #expect(place.offset <= count)
        }
    }

    @Test("A cut in the scan names the row")
    func cutRow() throws {
        let file = try TestPictures.noise(64, 640).jpeg(quality: 60)
        let error = #expect(throws: ImageError.self) { try Image.decode(Array(file[..<(file.count / 2)])) }
        guard case .truncated(.jpeg, let place) = error, let row = place.row else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect((240..<400).contains(row))
        #expect(place.scan == nil)
    }

    @Test("Any one damaged byte ends in an error or a picture", arguments: [false, true])
    func everyByte(progressive: Bool) throws {
        let file = try TestPictures.noise(21, 13).jpeg(quality: 60, progressive: progressive)
        var pictures = 0
        var errors = 0
        for index in file.indices {
            for change: UInt8 in [0x01, 0x80, 0xFF] {
                var damaged = file
                damaged[index] ^= change
                do {
                    let decoded = try Image.decode(damaged, limits: Self.small)
                    #expect(decoded.image.width <= Self.small.side)
                    pictures += 1
                } catch {
                    #expect(!error.description.isEmpty)
                    errors += 1
                }
            }
        }
        // Damage to tables and scans often goes unnoticed; damage to markers and lengths does not.
        #expect(pictures > 0)
        #expect(errors > 0)
    }

    /// A JPEG whose frame header claims this size.
    private func claiming(width: Int, height: Int) -> [UInt8] {
        JPEGWriter(width: width, height: height, values: [100], sampling: [(1, 1)]).header()
    }

    @Test("A size over the limits is refused from the header")
    func sizes() {
        #expect(throws: ImageError.sideTooLong(width: 16_385, height: 1, limit: 16_384)) {
            try Image.decode(claiming(width: 16_385, height: 1))
        }
        #expect(throws: ImageError.sideTooLong(width: 65_535, height: 65_535, limit: 16_384)) {
            try Image.decode(claiming(width: 65_535, height: 65_535))
        }
        #expect(throws: ImageError.tooManyPixels(width: 10_000, height: 5001, limit: 50_000_000)) {
            try Image.decode(claiming(width: 10_000, height: 5001))
        }
    }

    @Test("A large claim with nothing behind it is cut short")
    func emptyClaim() {
        let error = #expect(throws: ImageError.self) { try Image.decode(claiming(width: 10_000, height: 5000)) }
        guard case .truncated(.jpeg, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("No width, or a height to be told later, is refused")
    func noSize() {
        let error = #expect(throws: ImageError.self) { try Image.decode(claiming(width: 0, height: 8)) }
        guard case .corrupt(.jpeg, _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(throws: ImageError.unsupportedFeature(.jpeg, "its height after the first scan")) {
            try Image.decode(claiming(width: 8, height: 0))
        }
    }

    @Test("Scans without end are refused")
    func scanBomb() throws {
        var writer = JPEGWriter(width: 64, height: 64, values: [1, 2, 3])
        writer.separateScans = true
        writer.repeats = 20
        #expect(try Image.decode(writer.file()).image.width == 64)
        writer.repeats = 40
        let error = #expect(throws: ImageError.self) { try Image.decode(writer.file()) }
        guard case .corrupt(.jpeg, let reason, let place) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason == "too many scans")
        #expect(place.scan == 65)
    }

    @Test("A missing component is an error, whether the file was cut or never had it")
    func missingComponent() throws {
        var writer = JPEGWriter(width: 16, height: 16, values: [100, 110, 120])
        writer.separateScans = true
        let file = writer.file()
        let lastScan = try #require(
            file.indices.last { $0 + 1 < file.count && file[$0] == 0xFF && file[$0 + 1] == 0xDA })
        let cut = Array(file[..<lastScan])
        #expect(throws: ImageError.self) { try Image.decode(cut) }
        #expect(throws: ImageError.self) { try Image.decode(cut + [0xFF, 0xD9]) }
        #expect(try Image.decode(file).image.width == 16)
    }

    @Test(
        "Structure that makes no sense is refused",
        arguments: [
            [0xFF, 0xD8, 0xFF, 0xD9], [0xFF, 0xD8, 0xFF, 0xD8], [0xFF, 0xD8, 0xFF, 0xDA, 0, 2],
            [0xFF, 0xD8, 0xFF, 0xC0, 0, 1], [0xFF, 0xD8, 0xFF, 0xC0, 0, 4, 8, 0],
            [0xFF, 0xD8, 0xFF, 0xC8, 0, 8, 8, 0, 1, 0, 1, 1],
        ] as [[UInt8]])
    func structure(bytes: [UInt8]) {
        let error = #expect(throws: ImageError.self) { try Image.decode(bytes) }
        guard case .corrupt(.jpeg, _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("Rubbish between segments is passed over and mentioned")
    func rubbish() throws {
        let file = JPEGWriter(width: 8, height: 8, values: [77]).file()
        let decoded = try Image.decode(Array(file[..<2]) + [0xFF, 0xFE, 0, 2, 1, 2, 3] + file[2...])
        #expect(decoded.image == Image(width: 8, height: 8, colour: Colour(grey: 77)))
        #expect(decoded.warning != nil)
    }

    @Test("Bytes after the end do not matter")
    func trailing() throws {
        let file = JPEGWriter(width: 8, height: 8, values: [77]).file()
        let decoded = try Image.decode(file + [UInt8](repeating: 0xFF, count: 100))
        #expect(decoded.image == Image(width: 8, height: 8, colour: Colour(grey: 77)))
    }
}
