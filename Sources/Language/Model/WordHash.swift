import Tensors

/// FNV-1a (Fowler, Noll, Vo) over 64-bit little-endian words; it tells of damage, not of malice.
///
/// What is added ends with its length, so that pieces cannot be shifted into each other.
struct WordHash {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    private mutating func add(_ word: UInt64) { value = (value ^ word) &* 0x100_0000_01B3 }

    mutating func add(_ bytes: Buffer<UInt8>) {
        bytes.withSpan { bytes in
            var index = 0
            while index + 8 <= bytes.count {
                var word: UInt64 = 0
                for place in 0..<8 { word |= UInt64(bytes[index + place]) << UInt64(8 * place) }
                add(word)
                index += 8
            }
            var rest: UInt64 = 0
            while index < bytes.count {
                rest = rest << 8 | UInt64(bytes[index])
                index += 1
            }
            add(rest)
            add(UInt64(bytes.count))
        }
    }
}
