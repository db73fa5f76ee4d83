/// Chance that a seed decides: the same seed gives the same choices on every machine (SplitMix64, Steele et al. 2014).
struct SeededChance {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// A number from 0 up to, but not, 1.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// An index below `count`, each as likely. `count` is positive.
    mutating func index(below count: Int) -> Int { min(Int(unit() * Double(count)), count - 1) }

    /// An index of `weights`, as likely as its weight. The weights are not negative; all zero counts as all equal.
    mutating func index(by weights: [Double]) -> Int {
        let total = weights.reduce(0, +)
        guard total > 0 else { return index(below: weights.count) }
        var rest = unit() * total
        for (index, weight) in weights.enumerated() {
            rest -= weight
            if rest < 0 { return index }
        }
        return weights.lastIndex { $0 > 0 } ?? 0
    }
}
