/// The few fields of a photo's EXIF block that are used. Anything malformed reads as absent, never as an error: many
/// good photos carry damaged EXIF.
struct Exif: Hashable {
    /// How the stored picture has to be turned, 1 (as it is) to 8.
    var orientation = 1
    /// When the photo was taken by the camera's clock, "2024:05:17 21:03:44".
    var captured: String?

    init() {}

    /// - Parameter tiff: where the TIFF structure lies, after any "Exif\0\0".
    init(_ bytes: [UInt8], tiff: Range<Int>) {
        guard let reader = TIFFReader(bytes, tiff), let first = reader.long(at: 4) else { return }
        if let value = reader.number(.orientation, in: first), (1...8).contains(value) { orientation = value }
        if let directory = reader.number(.exifDirectory, in: first) {
            captured = reader.text(.dateTimeOriginal, in: directory)
        }
    }
}

/// Reads fields of a TIFF structure's directories (TIFF 6.0, section 2). Every offset is checked, and only the directories
/// asked for are visited, so that offsets in a circle lead nowhere.
private struct TIFFReader {
    enum Tag: Int {
        case orientation = 0x0112
        case exifDirectory = 0x8769
        case dateTimeOriginal = 0x9003
    }

    private let bytes: [UInt8]
    private let range: Range<Int>
    private let bigEndian: Bool

    init?(_ bytes: [UInt8], _ range: Range<Int>) {
        guard range.count >= 8 else { return nil }
        self.bytes = bytes
        self.range = range
        switch (bytes[range.lowerBound], bytes[range.lowerBound + 1]) {
        case (0x49, 0x49): bigEndian = false
        case (0x4D, 0x4D): bigEndian = true
        default: return nil
        }
        guard short(at: 2) == 42 else { return nil }
    }

    /// `count` bytes at `offset` from the structure's start, or nil where any lies outside.
    private func slice(at offset: Int, count: Int) -> ArraySlice<UInt8>? {
        guard offset >= 0, count >= 0, offset <= range.count, count <= range.count - offset else { return nil }
        let start = range.lowerBound + offset
        return bytes[start..<start + count]
    }

    private func unsigned(at offset: Int, count: Int) -> Int? {
        guard let slice = slice(at: offset, count: count) else { return nil }
        return bigEndian ? slice.reduce(0) { $0 << 8 | Int($1) } : slice.reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    func short(at offset: Int) -> Int? { unsigned(at: offset, count: 2) }
    func long(at offset: Int) -> Int? { unsigned(at: offset, count: 4) }

    /// The offset of a field's twelve bytes in the directory at `directory`.
    private func field(_ tag: Tag, in directory: Int) -> Int? {
        guard let count = short(at: directory) else { return nil }
        for index in 0..<count {
            let field = directory + 2 + index * 12
            guard let found = short(at: field) else { return nil }
            if found == tag.rawValue { return field }
        }
        return nil
    }

    /// A field of one SHORT or LONG.
    func number(_ tag: Tag, in directory: Int) -> Int? {
        guard let field = field(tag, in: directory), long(at: field + 4) == 1 else { return nil }
        switch short(at: field + 2) {
        case 3: return short(at: field + 8)
        case 4: return long(at: field + 8)
        default: return nil
        }
    }

    /// A field of printable ASCII, at most 64 characters, without its terminator.
    func text(_ tag: Tag, in directory: Int) -> String? {
        guard let field = field(tag, in: directory), short(at: field + 2) == 2, let count = long(at: field + 4),
            count <= 64, let offset = count <= 4 ? field + 8 : long(at: field + 8),
            let characters = slice(at: offset, count: count)?.prefix(while: { $0 != 0 }),
            !characters.isEmpty, characters.allSatisfy({ (0x20..<0x7F).contains($0) })
        else { return nil }
        return String(decoding: characters, as: UTF8.self)
    }
}
