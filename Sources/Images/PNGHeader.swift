/// What a PNG says of itself (ISO/IEC 15948): its size, where its EXIF lies.
struct PNGHeader {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    let width: Int
    let height: Int
    /// Of the TIFF structure inside the `eXIf` chunk, which may stand before or after the picture.
    let exif: Range<Int>?

    init(_ bytes: [UInt8]) throws(ImageError) {
        var reader = BigEndianReader(bytes, at: min(Self.signature.count, bytes.count))
        let place = ImageError.Place(offset: reader.offset)
        guard let length = reader.long(), let type = reader.long() else {
            throw .truncated(.png, at: .init(offset: bytes.count))
        }
        if type == Self.chunk("CgBI") { throw .unsupportedFeature(.png, "Apple's private CgBI coding") }
        guard type == Self.chunk("IHDR"), length == 13 else {
            throw .corrupt(.png, reason: "no header chunk first", at: place)
        }
        guard let width = reader.long(), let height = reader.long(), reader.skip(5 + 4) != nil else {
            throw .truncated(.png, at: .init(offset: bytes.count))
        }
        guard width > 0, height > 0, width <= Int(Int32.max), height <= Int(Int32.max) else {
            throw .corrupt(.png, reason: "a size of \(width) x \(height)", at: place)
        }
        self.width = width
        self.height = height
        exif = Self.find(Self.chunk("eXIf"), &reader)
    }

    private static func chunk(_ name: String) -> Int { name.utf8.reduce(0) { $0 << 8 | Int($1) } }

    /// The data of the first chunk of this type; nil where there is none before the chunks stop making sense.
    private static func find(_ wanted: Int, _ reader: inout BigEndianReader) -> Range<Int>? {
        while let length = reader.long(), let type = reader.long() {
            let start = reader.offset
            guard reader.skip(length) != nil else { return nil }
            if type == wanted { return start..<reader.offset }
            guard type != chunk("IEND"), reader.skip(4) != nil else { return nil }
        }
        return nil
    }
}
