/// How far a result may lie from its reference; the case says why.
package enum Tolerance: Sendable {
    /// Units in the last place of the reference.
    case ulp(Int)
    /// A share of the largest magnitude in the reference.
    case relative(Float)
    case absolute(Float)

    /// The first place where `got` is too far from `expected` (NaN equals NaN), or nil.
    package func mismatch(_ got: [Float], _ expected: [Float]) -> String? {
        guard got.count == expected.count else { return "\(got.count) values, \(expected.count) expected" }
        let largest = expected.lazy.filter(\.isFinite).map(abs).max() ?? 0
        for (index, (a, b)) in zip(got, expected).enumerated() where a != b && !(a.isNaN && b.isNaN) {
            let allowed: Float =
                switch self {
                case .ulp(let n): Float(n) * b.ulp
                case .relative(let share): share * largest
                case .absolute(let value): value
                }
            guard abs(a - b) <= allowed else { return "at \(index): \(a), expected \(b), allowed \(allowed)" }
        }
        return nil
    }
}

/// A small deterministic generator (SplitMix64) for test data.
package struct TestRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Values spread evenly over -1...1.
    package mutating func floats(_ count: Int) -> [Float] {
        (0..<count).map { _ in Float.random(in: -1...1, using: &self) }
    }
}
