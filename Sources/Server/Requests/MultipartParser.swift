/// One part of a `multipart/form-data` body.
package struct MultipartPart: Sendable, Equatable {
    /// The field's name.
    package let name: String
    /// Whether the part says that it is a file. The file's name is nobody's business and not kept.
    package let isFile: Bool
    package var content: [UInt8] = []
}

/// Why a `multipart/form-data` body cannot be read.
package enum MultipartError: Error, Sendable, Equatable {
    case malformed(String)
    /// The part named `image` has more bytes than are taken.
    case fileTooLarge
    /// Another part has more than ``MultipartParser/maximumField`` bytes.
    case fieldTooLarge(name: String)
}

/// Reads `multipart/form-data` (RFC 7578, RFC 2046 section 5.1) as it arrives.
///
/// Holds no more than the parts' contents and one delimiter's worth of bytes that may or may not be one. Every length
/// has a limit: a part's content by its name, a part's headers, the number of parts, the text before the first.
package struct MultipartParser: Sendable {
    package static let maximumHeader = 8 << 10
    package static let maximumParts = 64
    package static let maximumField = 16 << 10

    private enum State: Sendable {
        /// Before the first delimiter.
        case preamble
        /// Just behind a delimiter: a line break before another part, or two hyphens after the last.
        case delimiter
        case headers
        case content
        case epilogue
    }

    private let delimiter: [UInt8]
    private let fileLimit: Int
    private var state = State.preamble
    /// Bytes that arrived and were not used yet. A line break that is not there stands before the first byte, so that
    /// the first delimiter is like the others.
    private var pending: [UInt8] = [0x0D, 0x0A]
    private var skipped = 0
    private(set) var parts: [MultipartPart] = []

    /// - Parameters:
    ///   - boundary: the parameter of the content type, 1 to 70 characters.
    ///   - fileLimit: bytes that a part named `image` may have; others may have ``maximumField``.
    package init(boundary: String, fileLimit: Int) throws(MultipartError) {
        guard (1...70).contains(boundary.utf8.count) else {
            throw .malformed("multipart/form-data needs a boundary of 1 to 70 characters in its Content-Type")
        }
        delimiter = Array("\r\n--\(boundary)".utf8)
        self.fileLimit = fileLimit
    }

    /// Takes the next bytes of the body.
    package mutating func feed(_ bytes: some Sequence<UInt8>) throws(MultipartError) {
        pending.append(contentsOf: bytes)
        var used = 0
        while let count = try step(pending[used...]) { used += count }
        pending.removeFirst(used)
    }

    /// To be called where the body ends.
    package func finish() throws(MultipartError) -> [MultipartPart] {
        guard case .epilogue = state else { throw .malformed("the multipart body ends before its last boundary") }
        return parts
    }

    /// Uses some of the bytes and returns how many; nil where more are needed.
    private mutating func step(_ bytes: ArraySlice<UInt8>) throws(MultipartError) -> Int? {
        switch state {
        case .preamble: return try preamble(bytes)
        case .delimiter: return try afterDelimiter(bytes)
        case .headers: return try headers(bytes)
        case .content: return try content(bytes)
        case .epilogue: return bytes.isEmpty ? nil : bytes.count
        }
    }

    private mutating func preamble(_ bytes: ArraySlice<UInt8>) throws(MultipartError) -> Int? {
        let found = find(in: bytes)
        skipped += found.before
        guard skipped <= Self.maximumHeader else { throw .malformed("the multipart body has no boundary at its start") }
        if found.isWhole { state = .delimiter }
        return found.used
    }

    private mutating func afterDelimiter(_ bytes: ArraySlice<UInt8>) throws(MultipartError) -> Int? {
        if bytes.starts(with: [0x2D, 0x2D]) {
            state = .epilogue
            return 2
        }
        // Blanks may stand between the delimiter and its line's end.
        guard let end = bytes.firstIndex(where: { $0 != 0x20 && $0 != 0x09 }) else {
            guard bytes.count <= Self.maximumHeader else {
                throw .malformed("a multipart boundary line without an end")
            }
            return nil
        }
        guard bytes.endIndex - end >= 2 else { return nil }
        guard bytes[end] == 0x0D, bytes[end + 1] == 0x0A else {
            throw .malformed("a multipart boundary is not followed by a line break")
        }
        guard parts.count < Self.maximumParts else { throw .malformed("more than \(Self.maximumParts) parts") }
        state = .headers
        return end + 2 - bytes.startIndex
    }

    private mutating func headers(_ bytes: ArraySlice<UInt8>) throws(MultipartError) -> Int? {
        var lines: [ArraySlice<UInt8>] = []
        var start = bytes.startIndex
        let stop = bytes.startIndex + min(bytes.count, Self.maximumHeader)
        while let end = bytes[start..<stop].firstIndex(of: 0x0A) {
            let line = bytes[start..<end].last == 0x0D ? bytes[start..<end].dropLast() : bytes[start..<end]
            start = end + 1
            if line.isEmpty {
                parts.append(try MultipartParser.part(lines))
                state = .content
                return start - bytes.startIndex
            }
            lines.append(line)
        }
        guard stop == bytes.endIndex else { throw .malformed("a part's headers have more than 8 KiB") }
        return nil
    }

    private static func part(_ lines: [ArraySlice<UInt8>]) throws(MultipartError) -> MultipartPart {
        for line in lines {
            guard let text = String(validating: line, as: UTF8.self), let colon = text.firstIndex(of: ":") else {
                throw .malformed("a part's header is not a line of UTF-8 with a colon")
            }
            guard text[..<colon].lowercased() == "content-disposition" else { continue }
            let disposition = ContentType(String(text[text.index(after: colon)...]))
            guard disposition.type == "form-data", let name = disposition.parameters["name"] else { break }
            let parameters = disposition.parameters
            return MultipartPart(name: name, isFile: parameters["filename"] != nil || parameters["filename*"] != nil)
        }
        throw .malformed("a part without 'Content-Disposition: form-data; name=...'")
    }

    private mutating func content(_ bytes: ArraySlice<UInt8>) throws(MultipartError) -> Int? {
        let found = find(in: bytes)
        let last = parts.count - 1
        let isImage = parts[last].name == "image"
        guard parts[last].content.count + found.before <= (isImage ? fileLimit : Self.maximumField) else {
            throw isImage ? .fileTooLarge : .fieldTooLarge(name: parts[last].name)
        }
        parts[last].content.append(contentsOf: bytes.prefix(found.before))
        if found.isWhole { state = .delimiter }
        return found.used
    }

    /// Looks for the delimiter.
    ///
    /// - Returns: `before`: bytes that are certainly no part of one; `used`: those and the delimiter if it is whole,
    ///   nil where nothing can be told without more bytes.
    private func find(in bytes: ArraySlice<UInt8>) -> (before: Int, isWhole: Bool, used: Int?) {
        var start = bytes.startIndex
        while let mark = bytes[start...].firstIndex(of: delimiter[0]) {
            let rest = bytes[mark...]
            if rest.starts(with: delimiter) {
                let before = mark - bytes.startIndex
                return (before, true, before + delimiter.count)
            }
            if rest.count < delimiter.count, delimiter.starts(with: rest) {
                let before = mark - bytes.startIndex
                return (before, false, before == 0 ? nil : before)
            }
            start = mark + 1
        }
        return (bytes.count, false, bytes.isEmpty ? nil : bytes.count)
    }
}
