import Tensors

/// Reads the head of a GGUF file: counts, metadata, tensor table. Nothing in it is trusted.
struct GGUFParser {
    /// Longest key and tensor name, in bytes: the specification's bounds.
    private static let longestKey: UInt64 = 65_535
    private static let longestName: UInt64 = 64
    /// How deep arrays may hold arrays.
    private static let deepestNesting = 4
    /// Largest `general.alignment`.
    private static let largestAlignment = 1 << 20

    let path: String
    private(set) var version = 0
    private(set) var alignment = 32
    private(set) var metadata: [(key: String, value: GGUFValue)] = []
    private(set) var tensors: [GGUFFile.TensorInfo] = []
    private(set) var keys: [String: Int] = [:]
    private(set) var names: [String: Int] = [:]
    private var reader: ByteReader

    init(storage: Storage, path: String) {
        self.path = path
        reader = ByteReader(storage)
    }

    mutating func parse() throws(LanguageError) {
        let counts = try header()
        for _ in 0..<counts.metadata { try readPair() }
        try readAlignment()
        for _ in 0..<counts.tensors { try readTensor() }
        try placeTensors()
    }

    private func malformed(_ reason: String, at offset: Int? = nil) -> LanguageError {
        .malformed(path: path, offset: offset ?? reader.offset, reason: reason)
    }

    /// Runs a read and turns its error into ours.
    private mutating func read<Value>(
        _ what: @autoclosure () -> String, _ body: (inout ByteReader) throws(OutOfBytes) -> Value
    ) throws(LanguageError) -> Value {
        do throws(OutOfBytes) {
            return try body(&reader)
        } catch {
            throw .malformed(
                path: path, offset: error.offset, reason: "\(what()): \(error.wanted) bytes wanted, \(error.left) left")
        }
    }

    private mutating func number<Value: BitwiseCopyable>(
        _ what: @autoclosure () -> String, _ type: Value.Type = Value.self
    ) throws(LanguageError) -> Value {
        try read(what()) { reader throws(OutOfBytes) in try reader.value(Value.self) }
    }

    private mutating func header() throws(LanguageError) -> (tensors: Int, metadata: Int) {
        let magic = try read("magic") { reader throws(OutOfBytes) in try reader.bytes(4) }
        guard magic == Array("GGUF".utf8) else { throw malformed("not a GGUF file", at: 0) }
        let version = try number("version", UInt32.self)
        guard version == 2 || version == 3 else {
            if version.byteSwapped == 2 || version.byteSwapped == 3 {
                throw .unsupported(path: path, what: "byte order", name: "big-endian", known: ["little-endian"])
            }
            throw .unsupported(path: path, what: "GGUF version", name: "\(version)", known: ["2", "3"])
        }
        self.version = Int(version)
        let tensorCount = try number("tensor count", UInt64.self)
        let metadataCount = try number("metadata count", UInt64.self)
        // The least a pair takes: key length, one character, type, one byte. A tensor: name length, one character,
        // dimension count, one size, type, offset.
        guard metadataCount <= UInt64(reader.left) / 14 else {
            throw malformed("\(metadataCount) metadata values in \(reader.left) bytes", at: 16)
        }
        guard tensorCount <= UInt64(reader.left) / 33 else {
            throw malformed("\(tensorCount) tensors in \(reader.left) bytes", at: 8)
        }
        return (Int(tensorCount), Int(metadataCount))
    }

    private mutating func text(_ what: String, atMost limit: UInt64 = .max) throws(LanguageError) -> String {
        let start = reader.offset
        let length = try number("length of \(what)", UInt64.self)
        guard length <= limit else { throw malformed("\(what) of \(length) bytes, at most \(limit)", at: start) }
        let bytes = try read(what) { reader throws(OutOfBytes) in try reader.bytes(length) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw malformed("\(what) is not UTF-8", at: start)
        }
        return text
    }

    private mutating func type(of what: String) throws(LanguageError) -> GGUFType {
        let start = reader.offset
        let code = try number("type of \(what)", UInt32.self)
        guard let type = GGUFType(rawValue: code) else { throw malformed("\(what) has type \(code)", at: start) }
        return type
    }

    private mutating func readPair() throws(LanguageError) {
        let start = reader.offset
        let key = try text("key", atMost: Self.longestKey)
        guard !key.isEmpty else { throw malformed("an empty key", at: start) }
        guard keys[key] == nil else { throw malformed("the key \(key) occurs twice", at: start) }
        let type = try type(of: key)
        keys[key] = metadata.count
        metadata.append((key, try value(of: type, key)))
    }

    private mutating func value(of type: GGUFType, _ key: String) throws(LanguageError) -> GGUFValue {
        switch type {
        case .uint8: return .uint8(try number(key))
        case .int8: return .int8(try number(key))
        case .uint16: return .uint16(try number(key))
        case .int16: return .int16(try number(key))
        case .uint32: return .uint32(try number(key))
        case .int32: return .int32(try number(key))
        case .float32: return .float32(try number(key))
        case .uint64: return .uint64(try number(key))
        case .int64: return .int64(try number(key))
        case .float64: return .float64(try number(key))
        case .bool:
            let byte = try number(key, UInt8.self)
            guard byte <= 1 else { throw malformed("\(key) is the truth value \(byte)", at: reader.offset - 1) }
            return .bool(byte == 1)
        case .string: return .string(try text(key))
        case .array: return .array(try array(key, depth: 1))
        }
    }

    /// Reads an array's type and count and checks, without copying, that its elements are there.
    private mutating func array(_ key: String, depth: Int) throws(LanguageError) -> GGUFArray {
        let elementType = try type(of: key)
        let countOffset = reader.offset
        let count = try number("count of \(key)", UInt64.self)
        let least = UInt64(elementType.byteSize ?? (elementType == .string ? 8 : 12))
        guard count <= UInt64(reader.left) / least else {
            throw malformed("\(key) has \(count) elements, \(reader.left) bytes left", at: countOffset)
        }
        let start = reader
        switch elementType {
        case .string:
            for _ in 0..<count {
                let length = try number("length of an element of \(key)", UInt64.self)
                try read("element of \(key)") { reader throws(OutOfBytes) in try reader.skip(length) }
            }
        case .array:
            guard depth < Self.deepestNesting else { throw malformed("\(key): arrays nested past \(depth)") }
            for _ in 0..<count { _ = try array(key, depth: depth + 1) }
        default:
            try read(key) { reader throws(OutOfBytes) in try reader.skip(count * least) }
        }
        var whole = start
        let length = UInt64(reader.offset - start.offset)
        guard let content = try? whole.part(length) else { throw malformed("\(key): elements past the end") }
        if elementType == .bool { try checkTruth(content, key) }
        return GGUFArray(elementType: elementType, count: Int(count), content: content)
    }

    private func checkTruth(_ content: ByteReader, _ key: String) throws(LanguageError) {
        var bytes = content
        while let byte = try? bytes.byte() {
            guard byte <= 1 else { throw malformed("\(key) has the truth value \(byte)", at: bytes.offset - 1) }
        }
    }

    private mutating func readAlignment() throws(LanguageError) {
        guard let index = keys["general.alignment"] else { return }
        let value = metadata[index].value
        guard let alignment = value.integer, alignment > 0, alignment & (alignment - 1) == 0,
            alignment <= Self.largestAlignment
        else {
            throw .metadata(
                path: path, key: "general.alignment", expected: "a power of two up to \(Self.largestAlignment)",
                got: value.summary)
        }
        self.alignment = alignment
    }

    /// Reads one line of the tensor table; `offset` still counts from the start of the data.
    private mutating func readTensor() throws(LanguageError) {
        let start = reader.offset
        let name = try text("tensor name", atMost: Self.longestName)
        guard !name.isEmpty else { throw malformed("a tensor without a name", at: start) }
        guard names[name] == nil else { throw malformed("the tensor \(name) occurs twice", at: start) }
        let rank = try number("dimensions of \(name)", UInt32.self)
        guard (1...4).contains(rank) else { throw malformed("tensor \(name) has \(rank) dimensions, 1 to 4 expected") }
        var shape: [Int] = []
        for _ in 0..<rank {
            let size = try number("size of \(name)", UInt64.self)
            guard size > 0, let size = Int(exactly: size) else {
                throw malformed("tensor \(name) has a size of \(size)")
            }
            shape.append(size)
        }
        let code = try number("type of \(name)", UInt32.self)
        guard let type = QuantizedTypes.type(code: code) else {
            throw .unsupported(
                path: path, what: "tensor \(name): type", name: QuantizedTypes.name(code: code),
                known: QuantizedTypes.all.map(\.name))
        }
        let offset = try number("offset of \(name)", UInt64.self)
        guard let byteCount = type.byteCount(shape: shape) else {
            throw malformed(
                "tensor \(name): sizes \(shape) are no whole blocks of \(type.name), or overflow", at: start)
        }
        guard let place = Int(exactly: offset), place % alignment == 0 else {
            throw malformed("tensor \(name): offset \(offset) is no multiple of \(alignment)", at: start)
        }
        names[name] = tensors.count
        tensors.append(.init(name: name, shape: shape, type: type, offset: place, byteCount: byteCount))
    }

    /// Checks that all data lies inside the file and makes offsets count from its start.
    private mutating func placeTensors() throws(LanguageError) {
        guard !tensors.isEmpty else { return }
        let head = reader.offset
        let dataStart = head + (alignment - head % alignment) % alignment
        let room = reader.end - dataStart
        tensors = try tensors.map { tensor throws(LanguageError) in
            guard room >= 0, tensor.offset <= room, tensor.byteCount <= room - tensor.offset else {
                throw malformed(
                    "tensor \(tensor.name): \(tensor.byteCount) bytes at \(tensor.offset) of \(max(0, room)) of data")
            }
            guard (dataStart + tensor.offset) % tensor.type.alignment == 0 else {
                throw malformed("tensor \(tensor.name): \(tensor.type.name) data at an odd offset, \(tensor.offset)")
            }
            return .init(
                name: tensor.name, shape: tensor.shape, type: tensor.type, offset: dataStart + tensor.offset,
                byteCount: tensor.byteCount)
        }
        try checkOverlaps()
    }

    /// Refuses tensors that share bytes: a table that a writer made has none, and sizes could add up past the file's.
    private func checkOverlaps() throws(LanguageError) {
        let order = tensors.indices.sorted { tensors[$0].offset < tensors[$1].offset }
        for (first, second) in zip(order, order.dropFirst()) {
            let (a, b) = (tensors[first], tensors[second])
            guard a.offset + a.byteCount <= b.offset else {
                throw malformed("tensors \(a.name) and \(b.name) overlap", at: b.offset)
            }
        }
    }
}
