/// The numbers between two bounds, digit by digit.
enum JSONNumberGrammar {
    /// A whole number that values lie above or below.
    struct Bound {
        let value: Int
        let isExclusive: Bool
    }

    /// Digits of an integer without an upper bound, and of the fraction of a number with one: together they stay in a double.
    private static let mostDigits = 16
    private static let fractionDigits = 8

    /// The integers from `low` to `high`, both included.
    static func integers(from low: Int?, to high: Int?) -> Grammar {
        var parts: [Grammar] = []
        if high ?? 0 >= 0 { parts.append(magnitudes(from: UInt64(max(low ?? 0, 0)), to: high.map(UInt64.init))) }
        if low ?? -1 < 0 {
            let least = high.map { $0 < 0 ? $0.magnitude : 1 } ?? 1
            parts.append(
                .sequence([.literal("-"), magnitudes(from: UInt64(least), to: low.map { UInt64($0.magnitude) })]))
        }
        return .choice(parts)
    }

    /// The numbers between two bounds, without exponent.
    static func numbers(from low: Bound?, to high: Bound?) -> Grammar {
        var parts: [Grammar] = []
        if high?.value ?? 0 >= 0 {
            let isPositive = low?.value ?? -1 >= 0
            parts.append(
                fractions(
                    from: isPositive ? UInt64(low?.value ?? 0) : 0, isPositive && low?.isExclusive == true,
                    to: high.map { UInt64($0.value) }, high?.isExclusive == true))
        }
        if low?.value ?? -1 < 0 {
            let isNegative = high?.value ?? 0 < 0
            let magnitudes = fractions(
                from: isNegative ? UInt64(high?.value.magnitude ?? 0) : 0, !isNegative || high?.isExclusive == true,
                to: low.map { UInt64($0.value.magnitude) }, low?.isExclusive == true)
            parts.append(.sequence([.literal("-"), magnitudes]))
        }
        return .choice(parts)
    }

    /// Numbers of no sign.
    private static func fractions(
        from low: UInt64, _ isAbove: Bool, to high: UInt64?, _ isBelow: Bool
    ) -> Grammar {
        let digits = Grammar.repetition(JSONGrammar.digit, atLeast: 0, atMost: fractionDigits - 1)
        let fraction = Grammar.sequence([.literal("."), JSONGrammar.digit, digits])
        let zeros = Grammar.repetition(.literal("0"), atLeast: 0, atMost: fractionDigits - 1)
        let aboveZero = Grammar.sequence([.literal("."), zeros, .bytes(ByteSet(0x31...0x39))])
        if let high, low >= high {
            return low == high && !isAbove && !isBelow ? .literal(String(low)) : .choice([])
        }
        var parts = [Grammar.sequence([.literal(String(low)), isAbove ? aboveZero : .optional(fraction)])]
        if low < (high ?? .max) - 1 {
            parts.append(.sequence([magnitudes(from: low + 1, to: high.map { $0 - 1 }), .optional(fraction)]))
        }
        if let high, !isBelow { parts.append(.literal(String(high))) }
        return .choice(parts)
    }

    private static func magnitudes(from low: UInt64, to high: UInt64?) -> Grammar {
        let high = high ?? UInt64(String(repeating: "9", count: max(mostDigits, min(19, String(low).count)))) ?? .max
        guard low <= high else { return .choice([]) }
        let (first, last) = (String(low).utf8.count, String(high).utf8.count)
        return .choice(
            (first...last).map { count in
                range(
                    from: count == first
                        ? Array(String(low).utf8) : [0x31] + [UInt8](repeating: 0x30, count: count - 1),
                    to: count == last ? Array(String(high).utf8) : [UInt8](repeating: 0x39, count: count))
            })
    }

    /// The numbers between two of as many digits.
    private static func range(from low: [UInt8], to high: [UInt8]) -> Grammar {
        guard let first = low.first, let last = high.first else { return .sequence([]) }
        let count = low.count
        if low.allSatisfy({ $0 == 0x30 }) && high.allSatisfy({ $0 == 0x39 }) {
            return .repetition(JSONGrammar.digit, atLeast: count, atMost: count)
        }
        let (lowRest, highRest) = (Array(low.dropFirst()), Array(high.dropFirst()))
        func beginning(with digits: ClosedRange<UInt8>, _ rest: Grammar) -> Grammar {
            .sequence([.bytes(ByteSet(digits)), rest])
        }
        if first == last { return beginning(with: first...first, range(from: lowRest, to: highRest)) }
        let zeros = [UInt8](repeating: 0x30, count: count - 1), nines = [UInt8](repeating: 0x39, count: count - 1)
        var parts = [
            beginning(with: first...first, range(from: lowRest, to: nines)),
            beginning(with: last...last, range(from: zeros, to: highRest)),
        ]
        if last - first > 1 { parts.append(beginning(with: first + 1...last - 1, range(from: zeros, to: nines))) }
        return .choice(parts)
    }
}
