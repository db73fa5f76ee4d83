import Tensors

/// `TensorProto` of onnx.proto3: a constant. The elements stay in the file until ``tensor()`` asks for them.
struct TensorProto {
    var name = ""
    private var dims: [Int64] = []
    private var dataType: Int64 = 0
    private var raw: ByteReader?
    private var floats = Chunks()
    private var doubles = Chunks()
    private var int32s: [Int64] = []
    private var int64s: [Int64] = []
    private var uint64s: [Int64] = []
    private var strings = 0
    /// Whether the data lies in another file, and where, as `external_data` has it.
    private var isExternal = false
    private var external: [String: String] = [:]

    /// Values of fixed size as they lie in the file: one packed run, which can be used in place, or many.
    private struct Chunks {
        var run: ByteReader?
        var scattered: [UInt32] = []

        var isEmpty: Bool { run == nil && scattered.isEmpty }
        var byteCount: Int { run?.left ?? scattered.count * 4 }
    }

    /// Bytes that the elements may take once they are decoded; those in other files are counted there.
    var decodedBytes: Int {
        let integers = int32s.count + int64s.count + uint64s.count
        // Half precision doubles in size.
        return 2 * (raw?.left ?? 0) + floats.byteCount + doubles.byteCount + 8 * integers
    }

    init(_ reader: WireReader) throws(ModelError) {
        var reader = reader
        while let field = try reader.nextField() {
            switch field.number {
            case 1:
                try reader.integers(field, to: &dims)
                guard dims.count <= Limits.rank else {
                    throw ModelError("a tensor of more than \(Limits.rank) dimensions")
                }
            case 2: dataType = try reader.integer(field)
            case 3: throw ModelError("tensor \"\(name)\" is split into segments, which is not supported")
            case 4: try add(field, of: &reader, to: &floats)
            case 5: try reader.integers(field, to: &int32s)
            case 6:
                try reader.skip(field)
                strings += 1
            case 7: try reader.integers(field, to: &int64s)
            case 8: name = try reader.text(field)
            case 9: raw = try reader.part(field)
            case 10: try add(field, of: &reader, to: &doubles)
            case 11: try reader.integers(field, to: &uint64s)
            case 13:
                guard external.count < Limits.externalKeys else {
                    throw ModelError("tensor \"\(name)\" is told where it lies in over \(Limits.externalKeys) ways")
                }
                let (key, value) = try ModelProto.textPair(reader.message(field, "StringStringEntryProto"))
                external[key] = value
            case 14:
                let location = try reader.integer(field)
                guard (0...1).contains(location) else {
                    throw ModelError("tensor \"\(name)\" has the data location \(location), which ONNX does not define")
                }
                isExternal = location == 1
            default: try reader.skip(field)
            }
        }
    }

    /// Notes values of fixed size: a single packed run by its place, anything else word by word.
    private func add(
        _ field: WireReader.Field, of reader: inout WireReader, to chunks: inout Chunks
    ) throws(ModelError) {
        if field.type == .lengthDelimited, chunks.isEmpty {
            chunks.run = try reader.part(field)
            return
        }
        if let run = chunks.run {
            chunks.run = nil
            chunks.scattered = try TensorProto.words(run)
        }
        if field.type == .eightBytes {
            var pair: [UInt64] = []
            try reader.values(field, to: &pair)
            chunks.scattered += pair.flatMap { [UInt32(truncatingIfNeeded: $0), UInt32(truncatingIfNeeded: $0 >> 32)] }
        } else {
            try reader.values(field, to: &chunks.scattered)
        }
    }

    private static func words(_ run: ByteReader) throws(ModelError) -> [UInt32] {
        var run = run
        var words: [UInt32] = []
        words.reserveCapacity(run.left / 4)
        guard run.left % 4 == 0 else { throw ModelError("\(run.left) bytes hold no whole values") }
        do { while !run.isAtEnd { words.append(try run.value(UInt32.self)) } } catch {
            throw ModelError("truncated: \(error)")
        }
        return words
    }

    // MARK: Elements

    /// The constant as a tensor, in place where the file holds the very bytes at a fitting address.
    ///
    /// float16 and bfloat16 become float32, since all arithmetic is done in it; ``ElementType`` of the result tells.
    ///
    /// - Parameter files: where data outside the model's own file lies.
    func tensor(_ files: ExternalFiles) throws(ModelError) -> Tensor { try value(files).tensor }

    /// The same, made only when it is wanted where it is not in place.
    func value(_ files: ExternalFiles) throws(ModelError) -> ConstantValue {
        let place = "tensor \"\(name)\""
        let type = try ElementType(onnx: dataType, place)
        var shape: [Int] = []
        for size in dims {
            guard size >= 0, let size = Int(exactly: size) else {
                throw ModelError("\(place) has a dimension of \(size)")
            }
            shape.append(size)
        }
        do { try Limits.check(shape: shape) } catch { throw ModelError("\(place): \(error.problem)") }
        let count = shape.reduce(1, *)
        guard strings == 0 else { throw ModelError("\(place) holds strings, which are not supported") }
        let stored =
            isExternal
            ? try inPlace(
                externalBytes(files, place, count: count * type.byteSize), shape: shape, count: count, type: type, place
            )
            : try storedValue(shape: shape, count: count, type: type, place)
        switch type {
        case .float16, .bfloat16: return stored.map(.float32) { $0.converted(to: .float32) }
        case .bool: return stored.map(.bool) { $0.normalizedBooleans() }
        default: return stored
        }
    }

    /// The bytes in another file.
    ///
    /// - Parameter size: how many there must be.
    private func externalBytes(_ files: ExternalFiles, _ place: String, count size: Int) throws(ModelError)
        -> ByteReader
    {
        func number(_ key: String) throws(ModelError) -> UInt64? {
            guard let text = external[key] else { return nil }
            guard let value = UInt64(text) else {
                throw ModelError("\(place): `\(key)` of its external data is no size", got: "\"\(text)\"")
            }
            return value
        }
        guard let name = external["location"] else {
            throw ModelError("\(place) has its data in another file, but `location` does not say in which")
        }
        let (offset, length) = (try number("offset") ?? 0, try number("length"))
        guard length == nil || length == UInt64(size) else {
            throw ModelError(
                "\(place): `length` of its external data does not fit its shape", expected: "\(size)",
                got: "\(length ?? 0)")
        }
        do { return try files.bytes(name, offset: offset, length: UInt64(size)) } catch {
            throw ModelError("\(place): \(error.problem)", expected: error.expected, got: error.got)
        }
    }

    private func storedValue(
        shape: [Int], count: Int, type: ElementType, _ place: String
    ) throws(ModelError) -> ConstantValue {
        if let raw {
            return try inPlace(raw, shape: shape, count: count, type: type, place)
        }
        switch type {
        case .float32, .float64:
            let chunks = type == .float32 ? floats : doubles
            if let run = chunks.run { return try inPlace(run, shape: shape, count: count, type: type, place) }
            let words = Buffer(chunks.scattered)
            guard words.count * 4 == count * type.byteSize else {
                throw sizeMismatch(place, shape: shape, bytes: words.count * 4)
            }
            return ConstantValue(Tensor(shape: shape, type: type, storage: words.storage, byteOffset: 0)!)
        case .int64: return ConstantValue(try integers(int64s, shape: shape, count: count, type: type, place))
        case .uint64, .uint32:
            return ConstantValue(try integers(uint64s, shape: shape, count: count, type: type, place))
        default: return ConstantValue(try integers(int32s, shape: shape, count: count, type: type, place))
        }
    }

    private func sizeMismatch(_ place: String, shape: [Int], bytes: Int) -> ModelError {
        ModelError("\(place) of shape \(shape) comes with \(bytes) bytes of data")
    }

    private func inPlace(
        _ part: ByteReader, shape: [Int], count: Int, type: ElementType, _ place: String
    ) throws(ModelError) -> ConstantValue {
        guard part.left == count * type.byteSize else { throw sizeMismatch(place, shape: shape, bytes: part.left) }
        if let tensor = Tensor(shape: shape, type: type, storage: part.storage, byteOffset: part.offset) {
            return ConstantValue(tensor)
        }
        return ConstantValue(TensorType(type: type, shape: shape)) {
            let copy = part.copy()
            part.storage.release(part.offset..<part.end)
            return Tensor(shape: shape, type: type, storage: copy, byteOffset: 0)!
        }
    }

    private func integers(
        _ values: [Int64], shape: [Int], count: Int, type: ElementType, _ place: String
    ) throws(ModelError) -> Tensor {
        guard values.count == count else {
            throw ModelError("\(place) of shape \(shape) comes with \(values.count) values")
        }
        func make<Element: TensorElement & FixedWidthInteger>(_: Element.Type) -> Tensor {
            let buffer = Buffer(values.map { Element(truncatingIfNeeded: $0) })
            return Tensor(shape: shape, type: type, storage: buffer.storage, byteOffset: 0)!
        }
        switch type.byteSize {
        case 8: return make(Int64.self)
        case 4: return make(Int32.self)
        case 2: return make(UInt16.self)
        default: return make(UInt8.self)
        }
    }
}

extension ElementType {
    /// The type that `TensorProto.DataType` gives this number.
    ///
    /// - Parameter place: whose type it is, for the error: "tensor \"weight\"".
    init(onnx number: Int64, _ place: String) throws(ModelError) {
        let known: [Int64: ElementType] = [
            1: .float32, 2: .uint8, 3: .int8, 4: .uint16, 5: .int16, 6: .int32, 7: .int64, 9: .bool, 10: .float16,
            11: .float64, 12: .uint32, 13: .uint64, 16: .bfloat16,
        ]
        if let type = known[number] {
            self = type
            return
        }
        let others: [Int64: String] = [
            0: "UNDEFINED", 8: "STRING", 14: "COMPLEX64", 15: "COMPLEX128", 17: "FLOAT8E4M3FN", 18: "FLOAT8E4M3FNUZ",
            19: "FLOAT8E5M2", 20: "FLOAT8E5M2FNUZ", 21: "UINT4", 22: "INT4", 23: "FLOAT4E2M1", 24: "FLOAT8E8M0",
        ]
        throw ModelError("\(place) has the element type \(others[number] ?? String(number)), which is not supported")
    }
}
