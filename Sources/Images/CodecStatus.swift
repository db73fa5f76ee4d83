import ImageCodecs

/// Turns the C codecs' reports into errors.
enum CodecStatus {
    static let ok = Int32(codec_ok.rawValue)

    /// Throws what a decoder reported, unless all went well.
    static func check(_ report: codec_report, _ format: ImageFormat) throws(ImageError) {
        let place = ImageError.Place(
            offset: Int(report.offset), row: report.row < 0 ? nil : Int(report.row),
            scan: report.scan == 0 ? nil : Int(report.scan))
        switch codec_status(UInt32(report.status)) {
        case codec_ok: return
        case codec_truncated: throw .truncated(format, at: place)
        case codec_unsupported: throw .unsupportedFeature(format, message(report))
        case codec_no_memory: throw .outOfMemory(format)
        default: throw .corrupt(format, reason: message(report), at: place)
        }
    }

    /// The report's text.
    static func message(_ report: codec_report) -> String {
        unsafe withUnsafeBytes(of: report.message) { text in
            unsafe String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
