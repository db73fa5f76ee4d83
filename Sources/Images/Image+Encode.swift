import ImageCodecs

/// How finely a JPEG keeps colour.
package enum ChromaSampling: Sendable, Hashable, CaseIterable {
    /// Half the resolution both ways (4:2:0), as cameras do.
    case halved
    /// As fine as brightness (4:4:4).
    case full
}

extension Image {
    /// The picture as a JPEG file (JFIF, no EXIF).
    ///
    /// - Parameter quality: 1 to 100, libjpeg's scale.
    package func jpeg(
        quality: Int = 90, chroma: ChromaSampling = .halved, progressive: Bool = false
    ) throws(ImageError) -> [UInt8] {
        precondition((1...100).contains(quality), "quality \(quality)")
        var report = codec_report()
        let file = unsafe pixels.withUnsafeBufferPointer { pixels in
            unsafe codec_jpeg_encode(
                pixels.baseAddress, UInt32(width), UInt32(height), Int32(quality), progressive ? 1 : 0,
                chroma == .full ? 1 : 0, &report)
        }
        return try unsafe Image.take(file, report, .jpeg)
    }

    /// The picture as a PNG file, 8 bits a channel.
    package func png() throws(ImageError) -> [UInt8] {
        var report = codec_report()
        let file = unsafe pixels.withUnsafeBufferPointer { pixels in
            unsafe codec_png_encode(pixels.baseAddress, UInt32(width), UInt32(height), &report)
        }
        return try unsafe Image.take(file, report, .png)
    }

    /// Copies an encoded file and frees the codec's.
    private static func take(
        _ file: codec_file, _ report: codec_report, _ format: ImageFormat
    ) throws(ImageError) -> [UInt8] {
        defer { unsafe codec_free(file) }
        switch codec_status(UInt32(report.status)) {
        case codec_ok: break
        case codec_no_memory: throw .outOfMemory(format)
        default: throw .cannotEncode(format, reason: CodecStatus.message(report))
        }
        return unsafe Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
    }
}
