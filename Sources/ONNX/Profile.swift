/// Where the time of a session's runs went.
package struct Profile: Sendable, CustomStringConvertible {
    /// One node.
    package struct Entry: Sendable {
        package let node: String
        package let operatorName: String
        package private(set) var time = Duration.zero
        package private(set) var runs = 0

        init(node: String, operatorName: String) {
            self.node = node
            self.operatorName = operatorName
        }

        mutating func add(_ time: Duration) {
            self.time += time
            runs += 1
        }
    }

    /// The nodes, the slowest first.
    package let entries: [Entry]

    init(entries: [Entry]) {
        self.entries = entries.sorted { ($1.time, $0.node) < ($0.time, $1.node) }
    }

    /// Time by operator, the slowest first.
    package var byOperator: [(operatorName: String, time: Duration, runs: Int)] {
        var sums: [String: (Duration, Int)] = [:]
        for entry in entries {
            let (time, runs) = sums[entry.operatorName] ?? (.zero, 0)
            sums[entry.operatorName] = (time + entry.time, runs + entry.runs)
        }
        return sums.map { ($0.key, $0.value.0, $0.value.1) }.sorted {
            ($1.time, $0.operatorName) < ($0.time, $1.operatorName)
        }
    }

    /// A table: operator, calls, milliseconds.
    package var description: String {
        byOperator.map { "\($0.operatorName)\t\($0.runs)\t\(Profile.milliseconds($0.time)) ms" }.joined(separator: "\n")
    }

    /// Milliseconds, to the microsecond.
    private static func milliseconds(_ time: Duration) -> Double {
        Double((time / .microseconds(1)).rounded()) / 1000
    }
}
