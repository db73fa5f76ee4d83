/// A minimal encoder of protocol buffers, enough to build ONNX files for the tests.
struct ProtoWriter {
    private(set) var bytes: [UInt8] = []

    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func key(_ field: UInt64, _ wire: UInt64) { varint(field << 3 | wire) }

    mutating func int(_ field: UInt64, _ value: Int) {
        key(field, 0)
        varint(UInt64(bitPattern: Int64(value)))
    }

    mutating func float(_ field: UInt64, _ value: Float) {
        key(field, 5)
        fixed(value.bitPattern)
    }

    mutating func fixed<Value: FixedWidthInteger>(_ value: Value) {
        for shift in stride(from: 0, to: Value.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    mutating func data(_ field: UInt64, _ value: [UInt8]) {
        key(field, 2)
        varint(UInt64(value.count))
        bytes += value
    }

    mutating func text(_ field: UInt64, _ value: String) { data(field, Array(value.utf8)) }

    mutating func message(_ field: UInt64, _ body: (inout ProtoWriter) -> Void) {
        var writer = ProtoWriter()
        body(&writer)
        data(field, writer.bytes)
    }

    mutating func packed(_ field: UInt64, _ values: [Int]) {
        var writer = ProtoWriter()
        for value in values { writer.varint(UInt64(bitPattern: Int64(value))) }
        data(field, writer.bytes)
    }

    mutating func packed(_ field: UInt64, _ values: [Float]) {
        var writer = ProtoWriter()
        for value in values { writer.fixed(value.bitPattern) }
        data(field, writer.bytes)
    }
}
