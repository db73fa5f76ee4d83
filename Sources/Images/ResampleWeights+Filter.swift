import Tensors

/// Weights of a filter along one axis. The arithmetic is Pillow's 8-bit resampler's step for step (weights in double
/// precision, then rounded to fixed point), so that the bytes come out the same.
extension ResampleWeights {
    /// - Parameters:
    ///   - old: places there are.
    ///   - from, to: the part of them that is spread over the new ones.
    ///   - new: places wanted.
    init(old: Int, from: Float, to: Float, new: Int, filter: ResizeFilter) {
        let scale = Double(to - from) / Double(new)
        let stretch = max(scale, 1)
        let support = filter.support * stretch
        let room = Int(support.rounded(.up)) * 2 + 1
        var starts = [Int32](repeating: 0, count: new)
        var counts = starts
        var weights = [Int32](repeating: 0, count: new * room)
        var raw = [Double](repeating: 0, count: room)
        let one = Double(1 << ResampleWeights.fractionBits)
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
        self.init(source: old, first: starts, count: counts, weights: weights, size: room)
    }

    /// The same weights for a picture of which only `part` is left.
    ///
    /// - Parameter part: holds all of ``needed``.
    func cut(to part: Range<Int>) -> ResampleWeights {
        if part == 0..<source { return self }
        return ResampleWeights(
            source: part.count, first: first.map { $0 - Int32(part.lowerBound) }, count: count, weights: weights,
            size: size)
    }

    /// The old places that some new one needs.
    var needed: Range<Int> { Int(first[0])..<Int(first[targets - 1] + count[targets - 1]) }
}
