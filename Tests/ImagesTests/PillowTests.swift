import Images
import TestSupport
import Testing

/// Pictures that Pillow made, through Tests/Python/pillow_images.py.
private enum Pillow {
    /// Its pixels of each file, or nil where it refuses the file.
    static func decode(_ files: [String]) throws -> [Image?] {
        let scratch = try Scratch()
        let lines = try run(["decode", scratch.path] + files).split(separator: "\n")
        return try lines.enumerated().map { index, line in
            guard !line.hasPrefix("error") else { return nil }
            let size = line.split(separator: " ").compactMap { Int($0) }
            return Image(width: size[0], height: size[1], pixels: try fileBytes(scratch.file("\(index).rgb")))
        }
    }

    /// `image` resized by each of the jobs "width,height,filter[,left,top,right,bottom]".
    static func resize(_ image: Image, _ jobs: [String]) throws -> [Image] {
        let scratch = try Scratch()
        let raw = try scratch.write(image.pixels, to: "raw")
        _ = try run(["resize", raw, "\(image.width)", "\(image.height)", scratch.path] + jobs)
        return try jobs.enumerated().map { index, job in
            let size = job.split(separator: ",").compactMap { Int($0) }
            return Image(width: size[0], height: size[1], pixels: try fileBytes(scratch.file("\(index).rgb")))
        }
    }

    static func luma(_ image: Image) throws -> [UInt8] {
        let scratch = try Scratch()
        let raw = try scratch.write(image.pixels, to: "raw")
        _ = try run(["luma", raw, "\(image.width)", "\(image.height)", scratch.path])
        return try fileBytes(scratch.file("0.rgb"))
    }

    private static func run(_ arguments: [String]) throws -> String {
        try PythonTools.run("Python/pillow_images.py", arguments)
    }
}

@Suite("Compared with Pillow", .enabled(if: PythonTools.isAvailable, "\(PythonTools.reason)"))
struct PillowTests {
    @Test(
        "The whole PNG suite gives Pillow's pixels", .tags(.photos),
        .enabled(if: Shared.isAvailable, "\(Shared.reason)"))
    func pngSuite() throws {
        let files = Shared.files(in: "photos/pngsuite", suffixes: [".png"]).filter { !$0.contains("/pngsuite/x") }
        #expect(files.count >= 160)
        for (file, expected) in zip(files, try Pillow.decode(files)) {
            let decoded = try Image.decode(fileBytes(file))
            #expect(decoded.image == expected, "\(file)")
        }
    }

    @Test(
        "Every photo that both read is the same", .tags(.photos), .enabled(if: Shared.isAvailable, "\(Shared.reason)"),
        arguments: ["formats", "corrupt", "exif", "portrait", "lowlight"])
    func photos(folder: String) throws {
        let files = Shared.files(in: "photos/" + folder, suffixes: [".jpg", ".png"])
        var compared = 0
        for (file, expected) in zip(files, try Pillow.decode(files)) {
            guard let expected, let decoded = try? Image.decode(fileBytes(file)) else { continue }
            compared += 1
            #expect((decoded.image.width, decoded.image.height) == (expected.width, expected.height), "\(file)")
            // PNG leaves no freedom; two versions of libjpeg-turbo may round apart.
            let allowed = decoded.format == .png ? 0 : 2
            #expect(TestPictures.difference(decoded.image, expected) <= allowed, "\(file)")
        }
        #expect(compared * 3 >= files.count * 2)
    }

    @Test("Resized pictures are Pillow's to the byte", arguments: ResizeFilter.allCases)
    func resize(filter: ResizeFilter) throws {
        let sizes = [(1, 1), (1, 50), (64, 1), (17, 31), (128, 96), (97, 61), (200, 150), (301, 7)]
        let parts = ["", ",0,0,97,61", ",3.5,2.25,90.75,60.5", ",10,20,11,21", ",40.1,0,40.9,61"]
        for image in [TestPictures.noise(97, 61), TestPictures.slopes(97, 61)] {
            let jobs = sizes.flatMap { size in parts.map { "\(size.0),\(size.1),\(filter.rawValue)\($0)" } }
            for (job, expected) in zip(jobs, try Pillow.resize(image, jobs)) {
                let part = job.split(separator: ",").dropFirst(3).compactMap { Double($0) }
                let region =
                    part.isEmpty ? nil : Region(left: part[0], top: part[1], right: part[2], bottom: part[3])
                let got = image.resized(
                    width: expected.width, height: expected.height, filter: filter, region: region)
                #expect(got == expected, "\(job)")
            }
        }
    }

    @Test("Brightness is Pillow's mode L")
    func luma() throws {
        let image = TestPictures.noise(61, 47)
        #expect(try image.luma() == Pillow.luma(image))
    }
}
