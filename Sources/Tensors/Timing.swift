/// How long something took, over many runs.
package struct Timing: Sendable {
    /// Seconds.
    package let median: Double
    package let minimum: Double
    package let maximum: Double

    /// - Parameter seconds: of each run; at least one.
    package init(seconds: [Double]) {
        precondition(!seconds.isEmpty, "no runs")
        let sorted = seconds.sorted()
        let middle = sorted.count / 2
        median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        minimum = sorted[0]
        maximum = sorted[sorted.count - 1]
    }

    /// Runs `body` once to warm up, then until `seconds` have gone by, at least five times; short bodies in batches long
    /// enough for the clock.
    package static func measure(seconds: Double = 0.15, _ body: () -> Void) -> Timing {
        let clock = ContinuousClock()
        body()
        let once = clock.measure(body).seconds
        let batch = max(1, Int(20e-6 / max(once, 1e-9)))
        var samples: [Double] = []
        let start = clock.now
        while samples.count < 5 || (clock.now - start).seconds < seconds {
            samples.append(clock.measure { for _ in 0..<batch { body() } }.seconds / Double(batch))
        }
        return Timing(seconds: samples)
    }
}

extension Duration {
    /// As a number of seconds.
    package var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
