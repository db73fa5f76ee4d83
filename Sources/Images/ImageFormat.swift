/// A format that is decoded and encoded.
package enum ImageFormat: String, Sendable, Hashable, CaseIterable {
    case jpeg
    case png

    package var name: String { rawValue.uppercased() }
    package var mediaType: String { "image/" + rawValue }
}

/// A format that is recognised, so that an error can name it, but not decoded.
package enum UnsupportedFormat: String, Sendable, Hashable, CaseIterable {
    case webP = "WebP"
    case gif = "GIF"
    case bmp = "BMP"
    case heic = "HEIC"
    case avif = "AVIF"
    case tiff = "TIFF"
    case jpegXL = "JPEG XL"
    case jpeg2000 = "JPEG 2000"
    case photoshop = "Photoshop"
    case pdf = "PDF"
}

/// What the first bytes of a file say it is.
enum MagicBytes: Hashable {
    case supported(ImageFormat)
    case unsupported(UnsupportedFormat)
    /// PNG's signature after a transfer that changed line endings or cut the eighth bit: what the signature is there to show.
    case damagedPNG
    case unknown

    init(_ bytes: [UInt8]) {
        func starts(_ magic: [UInt8], at offset: Int = 0) -> Bool { bytes.dropFirst(offset).starts(with: magic) }
        func starts(_ magic: String, at offset: Int = 0) -> Bool { starts(Array(magic.utf8), at: offset) }
        self =
            if starts([0xFF, 0xD8, 0xFF]) || (bytes.count < 3 && starts([0xFF, 0xD8])) {
                .supported(.jpeg)
            } else if starts(PNGHeader.signature) {
                .supported(.png)
            } else if starts("PNG", at: 1) {
                .damagedPNG
            } else if starts("RIFF"), starts("WEBP", at: 8) {
                .unsupported(.webP)
            } else if starts("GIF87a") || starts("GIF89a") {
                .unsupported(.gif)
            } else if starts("BM") {
                .unsupported(.bmp)
            } else if starts("ftyp", at: 4) {
                MagicBytes(brand: bytes.dropFirst(8).prefix(4))
            } else if [[0x49, 0x49, 0x2A, 0], [0x4D, 0x4D, 0, 0x2A], [0x49, 0x49, 0x2B, 0], [0x4D, 0x4D, 0, 0x2B]]
                .contains(where: { starts($0) })
            {
                .unsupported(.tiff)
            } else if starts([0xFF, 0x0A]) || starts("JXL ", at: 4) {
                .unsupported(.jpegXL)
            } else if starts("jP  ", at: 4) || starts([0xFF, 0x4F, 0xFF, 0x51]) {
                .unsupported(.jpeg2000)
            } else if starts("8BPS") {
                .unsupported(.photoshop)
            } else if starts("%PDF") {
                .unsupported(.pdf)
            } else {
                .unknown
            }
    }

    /// By the major brand of an ISO base media file (ISO/IEC 23008-12 for HEIF, the AV1 image format for AVIF).
    private init(brand: ArraySlice<UInt8>) {
        switch String(decoding: brand, as: UTF8.self) {
        case "avif", "avis": self = .unsupported(.avif)
        case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1": self = .unsupported(.heic)
        default: self = .unknown
        }
    }
}
