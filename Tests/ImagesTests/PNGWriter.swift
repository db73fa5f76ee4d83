/// Writes PNGs of any colour type, depth and interlacing from samples, uncompressed, for cases that no photo library writes.
struct PNGWriter {
    /// ISO/IEC 15948, table 11.1.
    enum ColourType: UInt8, CaseIterable {
        case grey = 0
        case rgb = 2
        case palette = 3
        case greyAlpha = 4
        case rgbAlpha = 6

        var channels: Int {
            switch self {
            case .grey, .palette: 1
            case .greyAlpha: 2
            case .rgb: 3
            case .rgbAlpha: 4
            }
        }

        var depths: [Int] {
            switch self {
            case .grey: [1, 2, 4, 8, 16]
            case .palette: [1, 2, 4, 8]
            default: [8, 16]
            }
        }
    }

    var width: Int
    var height: Int
    var type: ColourType
    var depth: Int
    var interlaced = false
    /// [height, width, channels], each below 2^depth.
    var samples: [Int]
    /// RGB triples.
    var palette: [UInt8] = []
    /// The `tRNS` chunk's data.
    var transparency: [UInt8] = []
    /// Chunks between the header and the picture, and between the picture and the end.
    var before: [(String, [UInt8])] = []
    var after: [(String, [UInt8])] = []

    /// The whole file.
    func file() -> [UInt8] {
        var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        let header = Self.long(width) + Self.long(height) + [UInt8(depth), type.rawValue, 0, 0, interlaced ? 1 : 0]
        bytes += Self.chunk("IHDR", header)
        for (name, data) in before { bytes += Self.chunk(name, data) }
        if !palette.isEmpty { bytes += Self.chunk("PLTE", palette) }
        if !transparency.isEmpty { bytes += Self.chunk("tRNS", transparency) }
        bytes += Self.chunk("IDAT", Self.stored(rows()))
        for (name, data) in after { bytes += Self.chunk(name, data) }
        return bytes + Self.chunk("IEND", [])
    }

    static func long(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(value >> $0 & 255) } }

    static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + data
        return long(data.count) + body + long(Int(crc(body)))
    }

    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }

    /// A zlib stream of stored blocks.
    private static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = [0x78, 0x01]
        var start = 0
        repeat {
            let end = min(start + 65_535, bytes.count)
            let count = end - start
            stream += [end == bytes.count ? 1 : 0, UInt8(count & 255), UInt8(count >> 8)]
            stream += [UInt8(~count & 255), UInt8(~count >> 8 & 255)] + bytes[start..<end]
            start = end
        } while start < bytes.count
        var (a, b) = (1, 0)
        for byte in bytes {
            a = (a + Int(byte)) % 65_521
            b = (b + a) % 65_521
        }
        return stream + long(b << 16 | a)
    }

    /// All rows of all passes, each with filter 0.
    private func rows() -> [UInt8] {
        let adam7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
        var bytes: [UInt8] = []
        for (left, top, across, down) in interlaced ? adam7 : [(0, 0, 1, 1)] {
            let columns = Array(stride(from: left, to: width, by: across))
            guard !columns.isEmpty else { continue }
            for y in stride(from: top, to: height, by: down) { bytes += [0] + row(y, columns) }
        }
        return bytes
    }

    private func row(_ y: Int, _ columns: [Int]) -> [UInt8] {
        let channels = type.channels
        let values = columns.flatMap { x in (0..<channels).map { samples[(y * width + x) * channels + $0] } }
        if depth == 16 { return values.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] } }
        let share = 8 / depth
        return stride(from: 0, to: values.count, by: share).map { start in
            let group = values[start..<min(start + share, values.count)]
            let packed = group.reduce(0) { $0 << depth | $1 }
            return UInt8(packed << (depth * (share - group.count)))
        }
    }
}
