import Language
import Tensors

/// A GGUF file put together byte by byte, so that tests can also make unsound ones.
struct GGUFBytes {
    var version: UInt32 = 3
    var alignment = 32
    var pairs: [[UInt8]] = []
    var tensors: [(name: String, shape: [UInt64], code: UInt32, data: [UInt8])] = []
    /// What the head says in place of the real counts.
    var tensorCount: UInt64?
    var pairCount: UInt64?
    /// What the table says in place of the real offset of a tensor.
    var offsets: [Int: UInt64] = [:]

    static func number<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
        (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    static func text(_ text: String) -> [UInt8] { number(UInt64(text.utf8.count)) + Array(text.utf8) }

    mutating func add(_ key: String, _ type: GGUFType, _ bytes: [UInt8]) {
        pairs.append(Self.text(key) + Self.number(type.rawValue) + bytes)
    }

    mutating func add(_ key: String, _ value: UInt32) { add(key, .uint32, Self.number(value)) }
    mutating func add(_ key: String, _ value: Float) { add(key, .float32, Self.number(value.bitPattern)) }
    mutating func add(_ key: String, _ value: String) { add(key, .string, Self.text(value)) }
    mutating func add(_ key: String, _ value: Bool) { add(key, .bool, [value ? 1 : 0]) }

    mutating func add(_ key: String, strings: [String]) {
        let head = Self.number(GGUFType.string.rawValue) + Self.number(UInt64(strings.count))
        add(key, .array, head + strings.flatMap(Self.text))
    }

    mutating func add(_ key: String, integers: [Int32]) {
        let head = Self.number(GGUFType.int32.rawValue) + Self.number(UInt64(integers.count))
        add(key, .array, head + integers.flatMap(Self.number))
    }

    mutating func add(_ key: String, floats: [Float]) {
        let head = Self.number(GGUFType.float32.rawValue) + Self.number(UInt64(floats.count))
        add(key, .array, head + floats.flatMap { Self.number($0.bitPattern) })
    }

    mutating func add(tensor name: String, _ shape: [Int], _ code: UInt32, _ data: [UInt8]) {
        tensors.append((name, shape.map(UInt64.init), code, data))
    }

    var bytes: [UInt8] {
        var bytes = Array("GGUF".utf8) + Self.number(version)
        bytes += Self.number(tensorCount ?? UInt64(tensors.count)) + Self.number(pairCount ?? UInt64(pairs.count))
        for pair in pairs { bytes += pair }
        var data: [UInt8] = []
        for (index, tensor) in tensors.enumerated() {
            bytes += Self.text(tensor.name) + Self.number(UInt32(tensor.shape.count))
            for size in tensor.shape { bytes += Self.number(size) }
            bytes += Self.number(tensor.code) + Self.number(offsets[index] ?? UInt64(data.count))
            data += tensor.data
            while data.count % alignment != 0 { data.append(0) }
        }
        while bytes.count % alignment != 0 { bytes.append(0) }
        return bytes + data
    }

    /// The file, read.
    func file() throws(LanguageError) -> GGUFFile { try read(bytes) }
}

/// Reads a file from memory.
func read(_ bytes: [UInt8]) throws(LanguageError) -> GGUFFile {
    try GGUFFile(storage: Buffer(bytes).storage, path: "test.gguf")
}

/// Float values as the bytes of a tensor of a format; nil for one that cannot be written.
func encoded(_ values: [Float], as type: any QuantizedType) -> [UInt8]? {
    // The engine reads bfloat16 and does not write it; here the lower half is cut off.
    if type.name == "BF16" { return values.flatMap { GGUFBytes.number(UInt16($0.bitPattern >> 16)) } }
    guard let count = type.byteCount(shape: [values.count]) else { return nil }
    let blocks = Buffer<UInt8>(count: count)
    return type.quantize(Buffer(values), into: blocks) ? blocks.array : nil
}

/// The values of a tensor's bytes.
func decoded(_ bytes: [UInt8], as type: any QuantizedType) -> [Float] {
    let values = Buffer<Float>(count: bytes.count / type.blockBytes * type.blockSize)
    type.dequantize(Buffer(bytes), into: values)
    return values.array
}
