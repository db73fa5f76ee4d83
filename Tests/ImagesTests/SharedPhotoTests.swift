import Images
import TestSupport
import Testing

extension Tag {
    /// Needs the photos of ../shared.
    @Tag static var photos: Self
}

@Suite("Real photos", .tags(.photos), .enabled(if: Shared.isAvailable, "\(Shared.reason)"))
struct SharedPhotoTests {
    @Test("The eight EXIF variants of a photo are the same picture", arguments: ["Landscape", "Portrait"])
    func exif(name: String) throws {
        let upright = try Image.decode(fileBytes(Shared.file("photos/exif/\(name)_1.jpg"))).image
        for orientation in 0...8 {
            let decoded = try Image.decode(fileBytes(Shared.file("photos/exif/\(name)_\(orientation).jpg")))
            #expect(decoded.orientation == max(1, orientation))
            #expect((decoded.image.width, decoded.image.height) == (upright.width, upright.height))
            // Each file was compressed for itself and bears its number, painted on: most pixels agree, not all.
            #expect(medianDifference(decoded.image, upright) <= 2)
        }
    }

    private func medianDifference(_ a: Image, _ b: Image) -> Int {
        var counts = [Int](repeating: 0, count: 256)
        for (one, other) in zip(a.pixels, b.pixels) { counts[abs(Int(one) - Int(other))] += 1 }
        var below = 0
        return counts.firstIndex { count in
            below += count
            return below * 2 >= a.pixels.count
        } ?? 255
    }

    @Test("Broken files end in an error that says why, or in a picture")
    func corrupt() throws {
        let files = Shared.files(in: "photos/corrupt", suffixes: [".jpg", ".png", ".bmp"])
        #expect(files.count >= 19)
        for file in files {
            do {
                let decoded = try Image.decode(fileBytes(file))
                #expect(decoded.image.width > 0)
            } catch let error as ImageError {
                #expect(!error.description.isEmpty)
            }
        }
    }

    @Test("Files that break PNG's rules are refused")
    func brokenPNG() throws {
        let files = Shared.files(in: "photos/pngsuite", suffixes: [".png"]).filter { $0.contains("/pngsuite/x") }
        #expect(files.count == 14)
        for file in files {
            #expect(throws: ImageError.self, "\(file)") { try Image.decode(fileBytes(file)) }
        }
    }

    @Test("A photo cut in the middle names the row")
    func cut() throws {
        let bytes = try fileBytes(Shared.file("photos/formats/speciesnet_african_elephants_truncated_file.jpg"))
        let error = #expect(throws: ImageError.self) { try Image.decode(bytes) }
        #expect(error == .truncated(.jpeg, at: .init(offset: 600_000, row: 1328)))
    }

    @Test(
        "Variants that are not decoded are named",
        arguments: [
            ("ljt_monkey12.jpg", "12-bit"), ("ljt_testimgari.jpg", "arithmetic"), ("pillow_hopper.webp", "WebP"),
            ("pillow_hopper.bmp", "BMP"),
        ])
    func unsupported(file: String, word: String) throws {
        let bytes = try fileBytes(Shared.file("photos/formats/" + file))
        let error = #expect(throws: ImageError.self) { try Image.decode(bytes) }
        #expect(error?.description.contains(word) == true)
    }
}
