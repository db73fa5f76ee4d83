/// A set of bytes.
package struct ByteSet: Sendable, Hashable {
    private var words = SIMD4<UInt64>()

    /// The bytes of some ranges.
    package init(_ ranges: ClosedRange<UInt8>...) { self.init(ranges) }

    init(_ ranges: [ClosedRange<UInt8>]) {
        for range in ranges { insert(range) }
    }

    package mutating func insert(_ byte: UInt8) { words[Int(byte) / 64] |= 1 << UInt64(byte % 64) }

    mutating func insert(_ range: ClosedRange<UInt8>) { for byte in range { insert(byte) } }

    package func contains(_ byte: UInt8) -> Bool { words[Int(byte) / 64] >> UInt64(byte % 64) & 1 == 1 }
}

/// Which bytes no label of a grammar tells apart: what a table of steps has columns for.
struct ByteClasses: Sendable {
    private(set) var count = 1
    /// The class of each of the 256 bytes.
    private(set) var classes = [UInt8](repeating: 0, count: 256)
    /// A byte of each class.
    private(set) var examples: [UInt8] = [0]

    init(_ sets: Set<ByteSet>) {
        for set in sets where count < 256 {
            // A class that the set cuts becomes two.
            var halves = [Int](repeating: -1, count: 512)
            var found = 0
            for byte in UInt8.min...UInt8.max {
                let key = Int(classes[Int(byte)]) * 2 + (set.contains(byte) ? 1 : 0)
                if halves[key] < 0 {
                    halves[key] = found
                    found += 1
                }
                classes[Int(byte)] = UInt8(halves[key])
            }
            count = found
        }
        examples = [UInt8](repeating: 0, count: count)
        for byte in UInt8.min...UInt8.max { examples[Int(classes[Int(byte)])] = byte }
    }
}
