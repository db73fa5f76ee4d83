/// For each new row or column: which of the old ones count, and how much. The arithmetic is Pillow's 8-bit resampler's
/// step for step (weights in double precision, then rounded to 22 bits), so that the bytes come out the same.
struct ResizeTaps {
    /// Fraction bits of a weight: 32 less 8 for the pixel less 2 for overshoot.
    static let bits: Int32 = 22

    /// The first old place of each new one.
    private(set) var starts: [Int32]
    /// How many old places count, for each new one.
    let counts: [Int32]
    /// [new places, room]: the weights, the rest 0.
    let weights: [Int32]
    /// Weights stored for each new place.
    let room: Int

    /// - Parameters:
    ///   - old: places there are.
    ///   - from, to: the part of them that is spread over the new ones.
    ///   - new: places wanted.
    init(old: Int, from: Float, to: Float, new: Int, filter: ResizeFilter) {
        let scale = Double(to - from) / Double(new)
        let stretch = max(scale, 1)
        let support = filter.support * stretch
        room = Int(support.rounded(.up)) * 2 + 1
        var starts = [Int32](repeating: 0, count: new)
        var counts = starts
        var weights = [Int32](repeating: 0, count: new * room)
        var raw = [Double](repeating: 0, count: room)
        let one = Double(1 << Self.bits)
        for index in 0..<new {
            let centre = Double(from) + (Double(index) + 0.5) * scale
            let start = max(0, Int(centre - support + 0.5))
            let count = min(old, Int(centre + support + 0.5)) - start
            var sum = 0.0
            for tap in 0..<count {
                raw[tap] = filter.weight((Double(tap + start) - centre + 0.5) * (1 / stretch))
                sum += raw[tap]
            }
            for tap in 0..<count {
                let share = sum == 0 ? raw[tap] : raw[tap] / sum
                weights[index * room + tap] = Int32((share < 0 ? -0.5 : 0.5) + share * one)
            }
            starts[index] = Int32(start)
            counts[index] = Int32(count)
        }
        self.starts = starts
        self.counts = counts
        self.weights = weights
    }

    /// The same taps for a picture whose first places were cut off (a negative move).
    func moved(by distance: Int) -> ResizeTaps {
        var moved = self
        moved.starts = starts.map { $0 + Int32(distance) }
        return moved
    }

    /// New places.
    var count: Int { starts.count }

    /// The old places that some new one needs.
    var needed: Range<Int> {
        let last = count - 1
        return Int(starts[0])..<Int(starts[last] + counts[last])
    }
}
