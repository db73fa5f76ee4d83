import Images
import Testing

@Suite("Damaged and hostile PNG")
struct HostilePNGTests {
    /// Where the end chunk begins.
    private func end(_ file: [UInt8]) -> Int { file.count - 12 }

    @Test("Cut anywhere before the end chunk, a file is refused with the place", arguments: [false, true])
    func everyCut(interlaced: Bool) throws {
        let file = PNGWriter(
            width: 7, height: 5, type: .rgbAlpha, depth: 8, interlaced: interlaced, samples: Array(0..<140)
        ).file()
        let whole = try Image.decode(file)
        for count in 8..<file.count {
            let cut = Array(file[..<count])
            if count >= end(file) {
                #expect(try Image.decode(cut).image == whole.image)
                continue
            }
            let error = #expect(throws: ImageError.self, "cut to \(count)") { try Image.decode(cut) }
            guard case .truncated(.png, let place) = error else {
                Issue.record("cut to \(count): \(String(describing: error))")
                continue
            }
            #expect(place.offset == count)
        }
    }

    @Test("Any one damaged byte before the end chunk is noticed", arguments: [0x01, 0x80, 0xFF] as [UInt8])
    func everyByte(change: UInt8) throws {
        let file = try TestPictures.noise(9, 6).png()
        let whole = try Image.decode(file)
        for index in file.indices {
            var damaged = file
            damaged[index] ^= change
            if index < end(file) {
                #expect(throws: ImageError.self, "byte \(index)") { try Image.decode(damaged) }
            } else {
                #expect(try Image.decode(damaged).image == whole.image)
            }
        }
    }

    /// A PNG whose header claims this size, with a few bytes of picture.
    private func claiming(width: Int, height: Int, depth: Int = 1) -> [UInt8] {
        var file = PNGWriter(width: 1, height: 1, type: .grey, depth: depth, samples: [0]).file()
        let header = PNGWriter.long(width) + PNGWriter.long(height) + [UInt8(depth), 0, 0, 0, 0]
        file.replaceSubrange(8..<33, with: PNGWriter.chunk("IHDR", header))
        return file
    }

    @Test("A size over the limits is refused from the header")
    func sizes() {
        #expect(throws: ImageError.sideTooLong(width: 1, height: 16_385, limit: 16_384)) {
            try Image.decode(claiming(width: 1, height: 16_385))
        }
        #expect(throws: ImageError.sideTooLong(width: 0x7FFF_FFFF, height: 0x7FFF_FFFF, limit: 16_384)) {
            try Image.decode(claiming(width: 0x7FFF_FFFF, height: 0x7FFF_FFFF))
        }
        #expect(throws: ImageError.tooManyPixels(width: 16_384, height: 3052, limit: 50_000_000)) {
            try Image.decode(claiming(width: 16_384, height: 3052))
        }
    }

    @Test(
        "A size of nothing, or below nothing, is damage",
        arguments: [(0, 5), (5, 0), (0x8000_0000, 5), (5, 0xFFFF_FFFF)])
    func noSize(width: Int, height: Int) {
        let error = #expect(throws: ImageError.self) { try Image.decode(claiming(width: width, height: height)) }
        guard case .corrupt(.png, _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("A large claim with little behind it is an error", arguments: [1, 16])
    func emptyClaim(depth: Int) {
        #expect(throws: ImageError.self) { try Image.decode(claiming(width: 10_000, height: 5000, depth: depth)) }
    }

    @Test("More compressed data than the size needs is passed over")
    func tooMuchData() throws {
        let large = PNGWriter(
            width: 300, height: 300, type: .grey, depth: 8, samples: [Int](repeating: 0, count: 90_000))
        var file = large.file()
        let header = PNGWriter.long(2) + PNGWriter.long(2) + [8, 0, 0, 0, 0]
        file.replaceSubrange(8..<33, with: PNGWriter.chunk("IHDR", header))
        #expect(try Image.decode(file).image == Image(width: 2, height: 2, colour: .black))
    }

    @Test(
        "Depths and types that do not exist are refused",
        arguments: [(3, 0), (8, 1), (8, 5), (4, 2), (16, 3), (1, 6)] as [(UInt8, UInt8)])
    func impossible(depth: UInt8, type: UInt8) {
        var file = PNGWriter(width: 1, height: 1, type: .grey, depth: 8, samples: [0]).file()
        let header = PNGWriter.long(1) + PNGWriter.long(1) + [depth, type, 0, 0, 0]
        file.replaceSubrange(8..<33, with: PNGWriter.chunk("IHDR", header))
        let error = #expect(throws: ImageError.self) { try Image.decode(file) }
        guard case .corrupt(.png, _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("A palette picture without a palette is refused")
    func noPalette() {
        let file = PNGWriter(width: 1, height: 1, type: .palette, depth: 8, samples: [0]).file()
        #expect(throws: ImageError.self) { try Image.decode(file) }
    }

    @Test("Apple's private variant is refused by name")
    func cgbi() throws {
        let file = try TestPictures.slopes(2, 2).png()
        let variant = Array(file[..<8]) + PNGWriter.chunk("CgBI", [0x50, 0, 0x20, 2]) + file[8...]
        #expect(throws: ImageError.unsupportedFeature(.png, "Apple's private CgBI coding")) {
            try Image.decode(variant)
        }
    }
}
