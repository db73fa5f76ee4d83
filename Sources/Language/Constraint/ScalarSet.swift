/// A set of Unicode scalars, as the ranges of its values.
package struct ScalarSet: Sendable, Hashable {
    /// Ascending, disjoint, not neighbours, without surrogates.
    private(set) var ranges: [ClosedRange<UInt32>] = []

    /// Every scalar.
    package static let all = ScalarSet([0...0x10FFFF])

    /// The scalars whose values lie in some ranges; surrogates among them are left out.
    package init(_ ranges: [ClosedRange<UInt32>]) {
        var valid: [ClosedRange<UInt32>] = []
        for range in ranges {
            if range.lowerBound < 0xD800 { valid.append(range.lowerBound...min(range.upperBound, 0xD7FF)) }
            let first = max(range.lowerBound, 0xE000), last = min(range.upperBound, 0x10FFFF)
            if first <= last { valid.append(first...last) }
        }
        for range in valid.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = self.ranges.last, range.lowerBound <= last.upperBound + 1 {
                self.ranges[self.ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                self.ranges.append(range)
            }
        }
    }

    /// These scalars.
    package init(_ text: String) { self.init(text.unicodeScalars.map { $0.value...$0.value }) }

    package var isEmpty: Bool { ranges.isEmpty }

    package func contains(_ scalar: Unicode.Scalar) -> Bool { ranges.contains { $0.contains(scalar.value) } }

    /// All other scalars.
    package var complement: ScalarSet {
        var others: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { others.append(next...range.lowerBound - 1) }
            next = range.upperBound + 1
        }
        if next <= 0x10FFFF { others.append(next...0x10FFFF) }
        return ScalarSet(others)
    }

    package func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(ranges + other.ranges) }

    package func subtracting(_ other: ScalarSet) -> ScalarSet { complement.union(other).complement }

    package func intersection(_ other: ScalarSet) -> ScalarSet { complement.union(other.complement).complement }

    /// The UTF-8 of the set: every byte of a sequence may be any of its range, independent of the others.
    ///
    /// A range is cut where the number of bytes changes and then, from its first byte on, where the bytes behind one do not
    /// cover all continuations.
    var byteSequences: [[ClosedRange<UInt8>]] {
        var sequences: [[ClosedRange<UInt8>]] = []
        for range in ranges {
            for bounds in [0...0x7F, 0x80...0x7FF, 0x800...0xFFFF, 0x10000...0x10FFFF] as [ClosedRange<UInt32>]
            where range.overlaps(bounds) {
                Self.split(range.clamped(to: bounds), into: &sequences)
            }
        }
        return sequences
    }

    private static func split(_ range: ClosedRange<UInt32>, into sequences: inout [[ClosedRange<UInt8>]]) {
        var first = range.lowerBound
        while first <= range.upperBound {
            // The largest block of 64^n from here on that begins at a multiple and does not pass the end, or many of them.
            var last = range.upperBound
            for level in 1...3 {
                let mask = UInt32(1) << UInt32(6 * level) - 1
                guard first & ~mask != last & ~mask else { break }
                if first & mask != 0 {
                    last = first | mask
                    break
                }
                if last & mask != mask { last = (last & ~mask) - 1 }
            }
            sequences.append(zip(bytes(first), bytes(last)).map { $0...$1 })
            first = last + 1
        }
    }

    private static func bytes(_ value: UInt32) -> [UInt8] {
        Unicode.Scalar(value).map { Array(Unicode.UTF8.encode($0).map(Array.init) ?? []) } ?? []
    }
}
