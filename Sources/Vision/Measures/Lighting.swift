extension Measures.Lighting {
    /// - Parameters:
    ///   - outside: true for pixels of the background.
    ///   - face: the box of the largest face.
    init(_ photo: ReducedPhoto, outside: [Bool], face: Box?) {
        self.init()
        var sum = 0.0
        var (subjectSum, subjectCount) = (0.0, 0)
        var counts = [Int](repeating: 0, count: 1001)
        for (index, luma) in photo.luma.enumerated() {
            sum += Double(luma)
            counts[Int(min(max(luma, 0), 1) * 1000)] += 1
            if !outside[index] {
                subjectSum += Double(luma)
                subjectCount += 1
            }
        }
        let count = photo.luma.count
        brightness = Float(sum / Double(count))
        contrast = Self.percentile(0.95, counts, count) - Self.percentile(0.05, counts, count)
        shadows = Float(counts[..<80].reduce(0, +)) / Float(count)
        highlights = Float(counts[971...].reduce(0, +)) / Float(count)
        if let face { self.face = Self.mean(photo, face) }
        guard subjectCount > 0 else { return }
        let subject = subjectSum / Double(subjectCount)
        self.subject = Float(subject)
        if subjectCount < count {
            backlight = Float((sum - subjectSum) / Double(count - subjectCount) - subject)
        }
    }

    /// The luma that a share of the pixels do not exceed, to a thousandth.
    private static func percentile(_ share: Double, _ counts: [Int], _ count: Int) -> Float {
        let wanted = Int(share * Double(count))
        var seen = 0
        for (level, number) in counts.enumerated() {
            seen += number
            if seen > wanted { return Float(level) / 1000 }
        }
        return 1
    }

    /// Mean luma of a box; nil where it lies outside.
    private static func mean(_ photo: ReducedPhoto, _ box: Box) -> Float? {
        let (columns, rows) = photo.area(of: box)
        guard !columns.isEmpty, !rows.isEmpty else { return nil }
        var sum = 0.0
        for row in rows {
            for column in columns { sum += Double(photo.luma[row * photo.width + column]) }
        }
        return Float(sum / Double(columns.count * rows.count))
    }
}
