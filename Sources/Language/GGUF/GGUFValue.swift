package import Tensors

/// The type of a metadata value, numbered as in the GGUF specification.
package enum GGUFType: UInt32, Sendable {
    case uint8, int8, uint16, int16, uint32, int32, float32, bool, string, array, uint64, int64, float64

    /// Bytes a value takes in the file; nil for strings and arrays, which differ.
    var byteSize: Int? {
        switch self {
        case .uint8, .int8, .bool: 1
        case .uint16, .int16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        case .string, .array: nil
        }
    }
}

/// One metadata value of a GGUF file.
package enum GGUFValue: Sendable {
    case uint8(UInt8), int8(Int8), uint16(UInt16), int16(Int16), uint32(UInt32), int32(Int32)
    case float32(Float), bool(Bool), string(String), array(GGUFArray)
    case uint64(UInt64), int64(Int64), float64(Double)

    package var type: GGUFType {
        switch self {
        case .uint8: .uint8
        case .int8: .int8
        case .uint16: .uint16
        case .int16: .int16
        case .uint32: .uint32
        case .int32: .int32
        case .float32: .float32
        case .bool: .bool
        case .string: .string
        case .array: .array
        case .uint64: .uint64
        case .int64: .int64
        case .float64: .float64
        }
    }

    /// Any integer's value, or nil for other types and for what `Int` cannot hold.
    var integer: Int? {
        switch self {
        case .uint8(let value): Int(value)
        case .int8(let value): Int(value)
        case .uint16(let value): Int(value)
        case .int16(let value): Int(value)
        case .uint32(let value): Int(value)
        case .int32(let value): Int(value)
        case .uint64(let value): Int(exactly: value)
        case .int64(let value): Int(value)
        default: nil
        }
    }

    /// The value in a few words, for messages.
    var summary: String {
        switch self {
        case .string(let text): "\"\(text.prefix(60))\""
        case .array(let array): "\(array.count) x \(array.elementType)"
        case .bool(let value): "\(value)"
        case .float32(let value): "\(value)"
        case .float64(let value): "\(value)"
        case .uint64(let value): "\(value)"
        default: integer.map { "\($0)" } ?? "\(type)"
        }
    }
}

/// An array of a GGUF file's metadata. Its elements stay in the file until they are asked for; they were checked when the
/// file was read.
package struct GGUFArray: Sendable {
    package let elementType: GGUFType
    package let count: Int
    /// The elements as they lie in the file, without the array's own type and count.
    let content: ByteReader

    /// Numbers or booleans in memory, for a file to be written.
    package init<Element: BitwiseCopyable>(_ elements: [Element], type: GGUFType) {
        precondition(type.byteSize == MemoryLayout<Element>.size, "elements of another size than \(type)")
        elementType = type
        count = elements.count
        content = ByteReader(Buffer(elements).storage)
    }

    /// Strings in memory, for a file to be written.
    package init(strings: [[UInt8]]) {
        elementType = .string
        count = strings.count
        var bytes: [UInt8] = []
        for text in strings {
            bytes += littleEndianBytes(UInt64(text.count))
            bytes += text
        }
        content = ByteReader(Buffer(bytes).storage)
    }

    /// Elements of a file, checked by the caller.
    init(elementType: GGUFType, count: Int, content: ByteReader) {
        self.elementType = elementType
        self.count = count
        self.content = content
    }

    /// Where each string's bytes lie in ``bytes``; nil when these are not strings.
    package var stringRanges: [Range<Int>]? {
        guard elementType == .string else { return nil }
        var reader = content
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(count)
        for _ in 0..<count {
            guard let length = try? reader.value(UInt64.self) else { return nil }
            let start = reader.offset
            guard (try? reader.skip(length)) != nil else { return nil }
            ranges.append(start..<reader.offset)
        }
        return ranges
    }

    /// The whole block that the elements are part of: the file.
    package var bytes: Buffer<UInt8> {
        guard let all = content.storage.buffer(of: UInt8.self, at: 0, count: content.storage.byteCount) else {
            preconditionFailure("a storage is as long as it is")
        }
        return all
    }

    /// Numbers of a type whose bytes are an `Element`'s.
    private func values<Element: BitwiseCopyable>(of type: Element.Type) -> [Element] {
        var reader = content
        return (0..<count).compactMap { _ in try? reader.value(Element.self) }
    }

    /// float32 elements; nil for other types.
    var floats: [Float]? { elementType == .float32 ? values(of: Float.self) : nil }

    /// 32-bit integer elements, or smaller ones; nil for other types.
    var integers: [Int]? {
        switch elementType {
        case .int32: values(of: Int32.self).map(Int.init)
        case .uint32: values(of: UInt32.self).map(Int.init)
        case .int16: values(of: Int16.self).map(Int.init)
        case .uint16: values(of: UInt16.self).map(Int.init)
        case .int8: values(of: Int8.self).map(Int.init)
        case .uint8: values(of: UInt8.self).map(Int.init)
        default: nil
        }
    }
}

/// The bytes of a number, least significant first.
func littleEndianBytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
}
