import Tensors

/// Reads protocol buffers' wire format (protobuf.dev/programming-guides/encoding) field by field; every length is
/// checked.
///
/// Values that nobody asks for are skipped, so unknown fields cost nothing. Groups, long out of use, are refused.
struct WireReader {
    /// How a field's value is encoded.
    enum WireType: UInt64 {
        case varint = 0
        case eightBytes = 1
        case lengthDelimited = 2
        case fourBytes = 5
    }

    /// One field's key. Its value must be read or skipped before the next one.
    struct Field {
        let number: UInt64
        let type: WireType
    }

    private(set) var bytes: ByteReader
    /// What is being read, for errors: "ModelProto".
    private let message: String

    init(_ bytes: ByteReader, message: String) {
        self.bytes = bytes
        self.message = message
    }

    private func failure(_ problem: String) -> ModelError {
        ModelError("\(message) at byte \(bytes.offset): \(problem)")
    }

    /// Runs a read of `bytes` and words its failure.
    private mutating func read<Value>(
        _ body: (inout ByteReader) throws(OutOfBytes) -> Value
    ) throws(ModelError) -> Value {
        do { return try body(&bytes) } catch { throw failure("truncated: \(error)") }
    }

    /// The next field's key, or nil at the end.
    mutating func nextField() throws(ModelError) -> Field? {
        guard !bytes.isAtEnd else { return nil }
        let key = try varint()
        guard let type = WireType(rawValue: key & 7) else { throw failure("wire type \(key & 7) is not allowed") }
        guard key >> 3 >= 1, key >> 3 < 1 << 29 else { throw failure("field number \(key >> 3) is not allowed") }
        return Field(number: key >> 3, type: type)
    }

    /// The next base-128 number, at most ten bytes.
    mutating func varint() throws(ModelError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            let byte = try read { bytes throws(OutOfBytes) in try bytes.byte() }
            guard shift < 63 || byte <= 1 else { throw failure("a number of more than 64 bits") }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        throw failure("a number of more than ten bytes")
    }

    /// Skips the value of `field`.
    mutating func skip(_ field: Field) throws(ModelError) {
        switch field.type {
        case .varint: _ = try varint()
        case .eightBytes: try read { bytes throws(OutOfBytes) in try bytes.skip(8) }
        case .fourBytes: try read { bytes throws(OutOfBytes) in try bytes.skip(4) }
        case .lengthDelimited: _ = try part(field)
        }
    }

    private func require(_ field: Field, _ type: WireType) throws(ModelError) {
        guard field.type == type else {
            throw failure("field \(field.number) has wire type \(field.type), expected \(type)")
        }
    }

    /// The value of a field of wire type varint, as a signed number.
    mutating func integer(_ field: Field) throws(ModelError) -> Int64 {
        try require(field, .varint)
        return Int64(bitPattern: try varint())
    }

    /// The value of a `float` field.
    mutating func float(_ field: Field) throws(ModelError) -> Float {
        try require(field, .fourBytes)
        return try read { bytes throws(OutOfBytes) in try bytes.value(Float.self) }
    }

    /// The bytes of a string, bytes, message or packed field, not copied.
    mutating func part(_ field: Field) throws(ModelError) -> ByteReader {
        try require(field, .lengthDelimited)
        let length = try varint()
        return try read { bytes throws(OutOfBytes) in try bytes.part(length) }
    }

    /// A reader of an embedded message's fields.
    mutating func message(_ field: Field, _ name: String) throws(ModelError) -> WireReader {
        WireReader(try part(field), message: name)
    }

    /// A string; bytes that are not UTF-8 become U+FFFD.
    mutating func text(_ field: Field) throws(ModelError) -> String {
        var part = try part(field)
        do { return try part.text(UInt64(part.left)) } catch { throw failure("truncated: \(error)") }
    }

    /// Appends the numbers of a repeated varint field, packed or not.
    mutating func integers(_ field: Field, to list: inout [Int64]) throws(ModelError) {
        guard field.type == .lengthDelimited else { return list.append(try integer(field)) }
        var packed = WireReader(try part(field), message: message)
        while !packed.bytes.isAtEnd { list.append(Int64(bitPattern: try packed.varint())) }
    }

    /// Appends the numbers of a repeated field of fixed size (float, double), packed or not.
    mutating func values<Value: BitwiseCopyable>(_ field: Field, to list: inout [Value]) throws(ModelError) {
        let size = MemoryLayout<Value>.size
        guard field.type == .lengthDelimited else {
            try require(field, size == 4 ? .fourBytes : .eightBytes)
            list.append(try read { bytes throws(OutOfBytes) in try bytes.value(Value.self) })
            return
        }
        var packed = try part(field)
        guard packed.left % size == 0 else { throw failure("\(packed.left) bytes hold no whole values of \(size)") }
        list.reserveCapacity(list.count + packed.left / size)
        do {
            while !packed.isAtEnd { list.append(try packed.value(Value.self)) }
        } catch { throw failure("truncated: \(error)") }
    }
}
