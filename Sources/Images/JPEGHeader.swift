/// What a JPEG says before its first scan (ITU-T T.81, annex B): how it is coded, its size, where its EXIF lies.
struct JPEGHeader {
    let width: Int
    let height: Int
    /// Of the TIFF structure inside the EXIF segment.
    let exif: Range<Int>?

    private struct Frame {
        var width: Int
        var height: Int
    }

    /// Walks the segments up to the first scan.
    init(_ bytes: [UInt8]) throws(ImageError) {
        var reader = BigEndianReader(bytes, at: min(2, bytes.count))
        var frame: Frame?
        var exif: Range<Int>?
        while true {
            let marker = try Self.nextMarker(&reader)
            let start = reader.offset
            switch marker {
            case 0x01, 0xD0...0xD7: continue  // no segment follows
            case 0xD8: throw .corrupt(.jpeg, reason: "a second start of image", at: .init(offset: start))
            case 0xD9: throw .corrupt(.jpeg, reason: "no picture before the end", at: .init(offset: start))
            case 0xDA:
                guard let frame else {
                    throw .corrupt(.jpeg, reason: "a scan without a frame header", at: .init(offset: start))
                }
                width = frame.width
                height = frame.height
                self.exif = exif
                return
            default: break
            }
            guard let length = reader.short() else { throw .truncated(.jpeg, at: .init(offset: bytes.count)) }
            guard length >= 2 else {
                throw .corrupt(.jpeg, reason: "a segment of length \(length)", at: .init(offset: start))
            }
            let body = reader.offset
            guard reader.skip(length - 2) != nil else { throw .truncated(.jpeg, at: .init(offset: bytes.count)) }
            switch marker {
            case 0xC4, 0xCC: continue  // tables
            case 0xC0...0xCF:
                guard frame == nil else {
                    throw .corrupt(.jpeg, reason: "a second frame header", at: .init(offset: start))
                }
                frame = try Self.frame(marker, bytes, body..<reader.offset)
            case 0xE1 where exif == nil && bytes[body..<reader.offset].starts(with: Array("Exif\0\0".utf8)):
                exif = body + 6..<reader.offset
            default: continue
            }
        }
    }

    /// The next marker's code; bytes that belong to none are passed over, as libjpeg does.
    private static func nextMarker(_ reader: inout BigEndianReader) throws(ImageError) -> UInt8 {
        while let byte = reader.byte() {
            guard byte == 0xFF else { continue }
            while let code = reader.byte() {
                if code == 0 { break }
                if code != 0xFF { return code }
            }
        }
        throw .truncated(.jpeg, at: .init(offset: reader.offset))
    }

    private static func frame(_ marker: UInt8, _ bytes: [UInt8], _ body: Range<Int>) throws(ImageError) -> Frame {
        let place = ImageError.Place(offset: body.lowerBound)
        var reader = BigEndianReader(bytes, at: body.lowerBound)
        guard body.count >= 6, let precision = reader.byte(), let height = reader.short(), let width = reader.short()
        else { throw .corrupt(.jpeg, reason: "a frame header of \(body.count) bytes", at: place) }
        switch marker {
        case 0xC0...0xC2: break
        case 0xC3, 0xC7, 0xCB, 0xCF: throw .unsupportedFeature(.jpeg, "lossless coding")
        case 0xC5, 0xC6, 0xCD, 0xCE: throw .unsupportedFeature(.jpeg, "hierarchical coding")
        case 0xC9, 0xCA: throw .unsupportedFeature(.jpeg, "arithmetic coding")
        default: throw .corrupt(.jpeg, reason: "a reserved frame header", at: place)
        }
        guard precision == 8 else { throw .unsupportedFeature(.jpeg, "\(precision)-bit samples") }
        guard width > 0 else { throw .corrupt(.jpeg, reason: "a width of 0", at: place) }
        guard height > 0 else { throw .unsupportedFeature(.jpeg, "its height after the first scan") }
        return Frame(width: width, height: height)
    }
}
