/// Builds EXIF blocks and puts them into files.
struct ExifWriter {
    var bigEndian = false
    /// Fields of the first directory: tag, type, count and the four bytes of value or offset as a number.
    var fields: [(tag: Int, type: Int, count: Int, value: Int)] = []
    /// What follows the first directory.
    var tail: [UInt8] = []

    /// The field that says how a picture lies.
    static func orientation(_ value: Int, bigEndian: Bool = false) -> ExifWriter {
        // A SHORT stands at the left of its four bytes.
        ExifWriter(bigEndian: bigEndian, fields: [(0x0112, 3, 1, bigEndian ? value << 16 : value)])
    }

    /// The TIFF structure.
    func tiff() -> [UInt8] {
        var bytes = Array((bigEndian ? "MM" : "II").utf8) + number(42, 2) + number(8, 4) + number(fields.count, 2)
        for field in fields {
            bytes += number(field.tag, 2) + number(field.type, 2) + number(field.count, 4) + number(field.value, 4)
        }
        return bytes + number(0, 4) + tail
    }

    /// Where ``tail`` begins, from the structure's start.
    var tailOffset: Int { 14 + 12 * fields.count }

    func number(_ value: Int, _ count: Int) -> [UInt8] {
        let bytes = (0..<count).map { UInt8(value >> (8 * $0) & 255) }
        return bigEndian ? bytes.reversed() : bytes
    }

    /// A JPEG with an EXIF segment put after its first marker.
    static func insert(tiff: [UInt8], intoJPEG file: [UInt8]) -> [UInt8] {
        Array(file[..<2]) + JPEGWriter.segment(0xE1, Array("Exif\0\0".utf8) + tiff) + file[2...]
    }

    /// A PNG with an `eXIf` chunk put after its header.
    static func insert(tiff: [UInt8], intoPNG file: [UInt8]) -> [UInt8] {
        Array(file[..<33]) + PNGWriter.chunk("eXIf", tiff) + file[33...]
    }
}
