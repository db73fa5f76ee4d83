import ImageCodecs

/// A decoded photo and what its file said about it.
package struct DecodedImage: Sendable, Hashable {
    /// Upright: the orientation has been applied.
    package let image: Image
    package let format: ImageFormat
    /// The EXIF orientation that was applied, 1 to 8.
    package let orientation: Int
    /// When the photo was taken by the camera's clock, as EXIF writes it: "2024:05:17 21:03:44".
    package let captured: String?
    /// Damage that the decoder passed over; the picture may show it.
    package let warning: String?
}

extension Image {
    /// Scans that a JPEG of so many pixels may have. Each costs a pass over the whole picture, however few bytes it takes;
    /// a usual progressive file has ten.
    private static func mostScans(pixels: Int) -> Int32 { Int32(min(64, max(16, 1_000_000_000 / pixels))) }

    /// Decodes a JPEG or PNG, told apart by its first bytes, and turns it upright.
    ///
    /// Transparent parts come out over white, 16-bit samples by their high byte, animations as their default image. Size
    /// limits are checked from the header, before the picture is given memory. Damage that leaves every row readable is
    /// passed over and told in ``DecodedImage/warning``; a picture that ends early is an error.
    package static func decode(
        _ bytes: [UInt8], limits: ImageLimits = .standard
    ) throws(ImageError) -> DecodedImage {
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.count <= limits.fileBytes else {
            throw .fileTooLarge(bytes: bytes.count, limit: limits.fileBytes)
        }
        let format = try recognise(bytes)
        let size: (width: Int, height: Int)
        let tiff: Range<Int>?
        switch format {
        case .jpeg:
            let header = try JPEGHeader(bytes)
            (size, tiff) = ((header.width, header.height), header.exif)
        case .png:
            let header = try PNGHeader(bytes)
            (size, tiff) = ((header.width, header.height), header.exif)
        }
        try limits.check(width: size.width, height: size.height)
        let (image, warning) = try decode(bytes, format, width: size.width, height: size.height)
        let exif = tiff.map { Exif(bytes, tiff: $0) } ?? Exif()
        return DecodedImage(
            image: image.oriented(exif.orientation), format: format, orientation: exif.orientation,
            captured: exif.captured, warning: warning)
    }

    /// The format that the first bytes name.
    private static func recognise(_ bytes: [UInt8]) throws(ImageError) -> ImageFormat {
        switch MagicBytes(bytes) {
        case .supported(let format): return format
        case .unsupported(let format): throw .unsupportedFormat(format)
        case .damagedPNG:
            throw .corrupt(.png, reason: "its signature was changed in transfer", at: .init(offset: 0))
        case .unknown:
            let digits = Array("0123456789ABCDEF")
            let start = bytes.prefix(8).map { String([digits[Int($0 >> 4)], digits[Int($0 & 15)]]) }
            throw .unrecognisedFormat(start: start.joined(separator: " "))
        }
    }

    /// The picture as it is stored, and what the decoder passed over.
    private static func decode(
        _ bytes: [UInt8], _ format: ImageFormat, width: Int, height: Int
    ) throws(ImageError) -> (image: Image, warning: String?) {
        let count = width * height * 3
        var report = codec_report()
        let pixels = unsafe [UInt8](unsafeUninitializedCapacity: count) { pixels, filled in
            unsafe bytes.withUnsafeBufferPointer { file in
                switch format {
                case .jpeg:
                    unsafe codec_jpeg_decode(
                        file.baseAddress, file.count, UInt32(width), UInt32(height),
                        mostScans(pixels: width * height), pixels.baseAddress, &report)
                case .png:
                    unsafe codec_png_decode(
                        file.baseAddress, file.count, UInt32(width), UInt32(height), pixels.baseAddress, &report)
                }
            }
            // The codec has written every row, or there is no picture.
            filled = report.status == CodecStatus.ok ? count : 0
        }
        try CodecStatus.check(report, format)
        let warning = report.warnings > 0 ? CodecStatus.message(report) : nil
        return (Image(width: width, height: height, pixels: pixels), warning)
    }
}
