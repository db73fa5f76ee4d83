/// Wall time since it was made.
package struct Stopwatch: Sendable {
    private let start = ContinuousClock.now

    package init() {}

    package var milliseconds: Double { (ContinuousClock.now - start) / .milliseconds(1) }
}
