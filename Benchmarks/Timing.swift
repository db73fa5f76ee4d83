/// How long something took, over many runs.
struct Timing {
    /// Seconds.
    let median: Double
    let minimum: Double

    /// Runs `body` once to warm up, then until `seconds` have gone by, at least five times; short bodies in batches long
    /// enough for the clock.
    static func measure(seconds: Double = 0.15, _ body: () -> Void) -> Timing {
        let clock = ContinuousClock()
        body()
        let once = clock.measure(body).seconds
        let batch = max(1, Int(20e-6 / max(once, 1e-9)))
        var samples: [Double] = []
        let start = clock.now
        while samples.count < 5 || (clock.now - start).seconds < seconds {
            samples.append(clock.measure { for _ in 0..<batch { body() } }.seconds / Double(batch))
        }
        samples.sort()
        return Timing(median: samples[samples.count / 2], minimum: samples[0])
    }
}

extension Duration {
    /// As a number of seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

/// A number with a fixed count of digits after the point, in a column of `width`.
func column(_ value: Double, digits: Int, width: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let rounded = Int((value * scale).rounded())
    let whole = String(rounded / Int(scale))
    let fraction = String(rounded % Int(scale))
    let text = digits == 0 ? whole : whole + "." + String(repeating: "0", count: digits - fraction.count) + fraction
    return String(repeating: " ", count: max(0, width - text.count)) + text
}

/// Text in a column of `width`, to the left.
func column(_ text: String, width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
}
