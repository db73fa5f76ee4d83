/// The formats of strings that a JSON schema may ask for (RFC 3339, RFC 9562), without quotes.
enum JSONFormatGrammar {
    static let names = ["date", "time", "date-time", "uuid"]

    /// The format of a name, or nil.
    static func grammar(of name: String) -> Grammar? {
        switch name {
        case "date": date
        case "time": time
        case "date-time": .sequence([date, .literal("T"), time])
        case "uuid": uuid
        default: nil
        }
    }

    private static func digits(_ count: Int) -> Grammar {
        .repetition(JSONGrammar.digit, atLeast: count, atMost: count)
    }

    /// Two digits: a first one of a range, then any.
    private static func tens(_ range: ClosedRange<UInt8>) -> Grammar {
        .sequence([.bytes(ByteSet(range)), JSONGrammar.digit])
    }

    /// A leap year's last two digits end on 0, 4, 8 behind an even digit, on 2 or 6 behind an odd one.
    private static var leapYear: Grammar {
        let even = ByteSet([0x30, 0x32, 0x34, 0x36, 0x38].map { $0...$0 })
        let odd = ByteSet([0x31, 0x33, 0x35, 0x37, 0x39].map { $0...$0 })
        let fourth = ByteSet([0x30, 0x34, 0x38].map { $0...$0 }), second = ByteSet([0x32, 0x36].map { $0...$0 })
        let behindOdd = Grammar.sequence([.bytes(odd), .bytes(second)])
        let behindEven = Grammar.sequence([.bytes(even), .bytes(fourth)])
        // Not "00", but for the years whose first two digits are divisible by four.
        let inCentury = Grammar.choice([
            behindOdd, .sequence([.literal("0"), .bytes(ByteSet(0x34...0x34, 0x38...0x38))]),
            .sequence([.bytes(ByteSet([0x32, 0x34, 0x36, 0x38].map { $0...$0 })), .bytes(fourth)]),
        ])
        return .choice([
            .sequence([digits(2), inCentury]), .sequence([.choice([behindOdd, behindEven]), .literal("00")]),
        ])
    }

    private static var date: Grammar {
        func months(_ months: [String], _ days: [Grammar]) -> Grammar {
            .sequence([.literal("-"), .choice(months.map(Grammar.literal)), .literal("-"), .choice(days)])
        }
        let upTo29 = [
            Grammar.sequence([.literal("0"), .bytes(ByteSet(0x31...0x39))]), tens(0x31...0x32),
        ]
        let upTo28 = [
            upTo29[0], tens(0x31...0x31), .sequence([.literal("2"), .bytes(ByteSet(0x30...0x38))]),
        ]
        let anyYear = Grammar.choice([
            months(["01", "03", "05", "07", "08", "10", "12"], upTo29 + [.literal("30"), .literal("31")]),
            months(["04", "06", "09", "11"], upTo29 + [.literal("30")]), months(["02"], upTo28),
        ])
        return .choice([.sequence([digits(4), anyYear]), .sequence([leapYear, .literal("-02-29")])])
    }

    private static var time: Grammar {
        let hour = Grammar.choice([tens(0x30...0x31), .sequence([.literal("2"), .bytes(ByteSet(0x30...0x33))])])
        let sixty = tens(0x30...0x35)
        let fraction = Grammar.sequence([.literal("."), .repetition(JSONGrammar.digit, atLeast: 1, atMost: 9)])
        let offset = Grammar.sequence([.bytes(ByteSet(0x2B...0x2B, 0x2D...0x2D)), hour, .literal(":"), sixty])
        return .sequence([
            hour, .literal(":"), sixty, .literal(":"), sixty, .optional(fraction), .choice([.literal("Z"), offset]),
        ])
    }

    private static var uuid: Grammar {
        let digit = Grammar.bytes(ByteSet(0x30...0x39, 0x41...0x46, 0x61...0x66))
        let groups = [8, 4, 4, 4, 12].map { Grammar.repetition(digit, atLeast: $0, atMost: $0) }
        return .sequence([groups[0]] + groups.dropFirst().map { .sequence([.literal("-"), $0]) })
    }
}
