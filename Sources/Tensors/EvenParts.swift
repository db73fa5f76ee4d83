/// A number of things, cut into parts as even as whole units of them allow. The parts are one or an even number, so that two threads
/// have as much to do. A loop of a ``WorkerPool`` goes over them.
package struct EvenParts: Sendable {
    /// Parts.
    package let count: Int
    private let total: Int
    private let unit: Int
    private let units: Int

    /// - Parameters:
    ///   - total: the things; at least 1.
    ///   - wanted: about how many parts there should be.
    ///   - unit: what all parts but the last are a multiple of.
    package init(_ total: Int, parts wanted: Int, unit: Int = 1) {
        self.total = total
        self.unit = unit
        units = max(1, (total + unit - 1) / unit)
        let most = max(1, min(wanted, units))
        count = most == 1 || most % 2 == 0 ? most : most < units ? most + 1 : most - 1
    }

    /// Things that a part has at most.
    package var most: Int { min(total, (units + count - 1) / count * unit) }

    /// The things of a part.
    package subscript(part: Int) -> Range<Int> {
        units * part / count * unit..<min(total, units * (part + 1) / count * unit)
    }
}
