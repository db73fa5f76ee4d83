/// Why bytes did not become a picture, or a picture did not become a file.
package enum ImageError: Error, Sendable, Hashable {
    /// No bytes at all.
    case empty
    /// Nothing known begins like this; the first bytes are given in hexadecimal, e.g. "3C 68 74 6D".
    case unrecognisedFormat(start: String)
    /// A known format that is not decoded.
    case unsupportedFormat(UnsupportedFormat)
    /// A decoded format, but a variant of it that is not, e.g. "12-bit samples".
    case unsupportedFeature(ImageFormat, String)
    case fileTooLarge(bytes: Int, limit: Int)
    case tooManyPixels(width: Int, height: Int, limit: Int)
    case sideTooLong(width: Int, height: Int, limit: Int)
    /// The file ends before its picture does.
    case truncated(ImageFormat, at: Place)
    /// The file contradicts its format.
    case corrupt(ImageFormat, reason: String, at: Place)
    case outOfMemory(ImageFormat)
    /// The format cannot hold the picture, e.g. a JPEG longer than 65,500 pixels.
    case cannotEncode(ImageFormat, reason: String)

    /// Where in a file the decoder stopped.
    package struct Place: Sendable, Hashable, CustomStringConvertible {
        /// Bytes from the start of the file.
        package var offset: Int
        /// The row of the stored (not yet turned) picture that was being read, from 0; nil in the header.
        package var row: Int?
        /// The scan of a JPEG with several, from 1.
        package var scan: Int?

        package init(offset: Int, row: Int? = nil, scan: Int? = nil) {
            self.offset = offset
            self.row = row
            self.scan = scan
        }

        package var description: String {
            let row = self.row.map { "row \($0), " } ?? ""
            let scan = self.scan.map { "scan \($0), " } ?? ""
            return scan + row + "byte \(offset)"
        }
    }
}

extension ImageError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .empty: "the image is empty (0 bytes)"
        case .unrecognisedFormat(let start): "not an image of a known format (begins \(start))"
        case .unsupportedFormat(let format): "\(format.rawValue) images are not supported yet; send JPEG or PNG"
        case .unsupportedFeature(let format, let feature): "\(format.name) with \(feature) is not supported"
        case .fileTooLarge(let bytes, let limit): "the image has \(bytes) bytes; at most \(limit) are allowed"
        case .tooManyPixels(let width, let height, let limit):
            "the image has \(width) x \(height) = \(width * height) pixels; at most \(limit) are allowed"
        case .sideTooLong(let width, let height, let limit):
            "the image has \(width) x \(height) pixels; at most \(limit) a side are allowed"
        case .truncated(let format, let place): "the \(format.name) is cut short (\(place))"
        case .corrupt(let format, let reason, let place): "the \(format.name) is damaged: \(reason) (\(place))"
        case .outOfMemory(let format): "no memory for the \(format.name)"
        case .cannotEncode(let format, let reason): "the picture cannot be written as \(format.name): \(reason)"
        }
    }
}
