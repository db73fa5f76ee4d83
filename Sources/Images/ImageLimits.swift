/// How large a photo may be; checked from its header, before anything is decoded.
package struct ImageLimits: Sendable, Hashable {
    /// Bytes of the file.
    package var fileBytes: Int
    /// Width times height.
    package var pixels: Int
    /// The longer of width and height.
    package var side: Int

    package init(fileBytes: Int, pixels: Int, side: Int) {
        self.fileBytes = fileBytes
        self.pixels = pixels
        self.side = side
    }

    /// 20 MiB, 50 megapixels, 16,384 pixels a side.
    package static let standard = ImageLimits(fileBytes: 20 << 20, pixels: 50_000_000, side: 16_384)

    /// Throws unless a picture of this size is allowed.
    func check(width: Int, height: Int) throws(ImageError) {
        guard max(width, height) <= side else { throw .sideTooLong(width: width, height: height, limit: side) }
        guard width * height <= pixels else { throw .tooManyPixels(width: width, height: height, limit: pixels) }
    }
}
