/// How crisp edges are: what share of the steps from pixel to pixel a blur would take away.
///
/// Where a picture is sharp, blurring it again flattens its steps; where it is blurred already, little changes
/// (Crété-Roffet, Dolmiere, Ladret and Nicolas, 2007, "The blur effect").
package struct EdgeSharpness: Sendable {
    /// Steps and what of them a blur takes away, summed over a part of a picture.
    struct Sums: Sendable {
        var steps = 0.0
        var lost = 0.0

        /// 0...1; nil where there is no step at all.
        var sharpness: Double? { steps > 1e-6 ? lost / steps : nil }
    }

    /// Pixels that the blur averages.
    private static let window = 9
    /// The picture is looked at in this many blocks each way.
    private static let blocks = 8
    /// A block whose mean step is smaller tells nothing.
    private static let leastStep = 0.02

    private let width: Int
    private let height: Int
    /// [height, width]: the step from the pixel on the left, and what of it the blur takes away; 0 in the first column.
    private var across: (steps: [Float], lost: [Float])
    /// Likewise the step from the pixel above.
    private var down: (steps: [Float], lost: [Float])

    package init(_ photo: ReducedPhoto) {
        width = photo.width
        height = photo.height
        across = Self.steps(photo.luma, lines: height, length: width, lineStride: width, stride: 1)
        down = Self.steps(photo.luma, lines: width, length: height, lineStride: 1, stride: width)
    }

    /// Steps along each line of a picture, and what a blur along the line takes away.
    private static func steps(
        _ luma: [Float], lines: Int, length: Int, lineStride: Int, stride: Int
    ) -> (steps: [Float], lost: [Float]) {
        var steps = [Float](repeating: 0, count: luma.count)
        var lost = steps
        let source = luma.span
        var stepsOut = steps.mutableSpan
        var lostOut = lost.mutableSpan
        let reach = window / 2
        for line in 0..<lines {
            let start = line * lineStride
            func value(_ place: Int) -> Float { source[start + min(max(place, 0), length - 1) * stride] }
            for place in 1..<max(1, length) {
                let step = abs(value(place) - value(place - 1))
                // The blurred line's step: what enters the window less what leaves it.
                let blurred = abs(value(place + reach) - value(place - 1 - reach)) / Float(window)
                stepsOut[start + place * stride] = step
                lostOut[start + place * stride] = max(0, step - blurred)
            }
        }
        return (steps, lost)
    }

    /// The crispest quarter of the blocks with edges in them, 0...1; nil with fewer than three such blocks.
    ///
    /// - Returns: over edges met either way, going across, and going down.
    package var crispest: (both: Float, across: Float, down: Float)? {
        var found: (both: [Double], across: [Double], down: [Double]) = ([], [], [])
        for row in 0..<Self.blocks {
            for column in 0..<Self.blocks {
                let rows = row * height / Self.blocks..<(row + 1) * height / Self.blocks
                let columns = column * width / Self.blocks..<(column + 1) * width / Self.blocks
                guard !rows.isEmpty, !columns.isEmpty else { continue }
                let (a, d) = sums(rows, columns)
                guard (a.steps + d.steps) / Double(rows.count * columns.count) > Self.leastStep else { continue }
                let both = Sums(steps: a.steps + d.steps, lost: a.lost + d.lost)
                found.both.append(both.sharpness ?? 0)
                found.across.append(a.sharpness ?? 0)
                found.down.append(d.sharpness ?? 0)
            }
        }
        guard found.both.count >= 3 else { return nil }
        func best(_ values: [Double]) -> Float {
            let top = values.sorted(by: >).prefix(max(1, values.count / 4))
            return Float(top.reduce(0, +) / Double(top.count))
        }
        return (best(found.both), best(found.across), best(found.down))
    }

    private func sums(_ rows: Range<Int>, _ columns: Range<Int>) -> (across: Sums, down: Sums) {
        var (a, d) = (Sums(), Sums())
        for row in rows {
            for index in row * width + columns.lowerBound..<row * width + columns.upperBound {
                a.steps += Double(across.steps[index])
                a.lost += Double(across.lost[index])
                d.steps += Double(down.steps[index])
                d.lost += Double(down.lost[index])
            }
        }
        return (a, d)
    }

    /// What the pixels with this value in a mask tell.
    ///
    /// - Returns: `sharpness`: 0...1, the mean of both ways, 0 without any edge; `detail`: the mean of steps across and
    ///   down, added, 0...1; `busyness`: the share of pixels whose steps add up to an edge, 0...1.
    package func summary(
        of mask: [Bool], _ wanted: Bool
    ) -> (sharpness: Float, detail: Float, busyness: Float) {
        precondition(mask.count == width * height, "a mask of another size")
        var (a, d) = (Sums(), Sums())
        var (edges, count) = (0, 0)
        for index in mask.indices where mask[index] == wanted {
            a.steps += Double(across.steps[index])
            a.lost += Double(across.lost[index])
            d.steps += Double(down.steps[index])
            d.lost += Double(down.lost[index])
            if across.steps[index] + down.steps[index] > 0.06 { edges += 1 }
            count += 1
        }
        guard count > 0 else { return (0, 0, 0) }
        return (
            Float(((a.sharpness ?? 0) + (d.sharpness ?? 0)) / 2), Float((a.steps + d.steps) / Double(count)),
            Float(edges) / Float(count)
        )
    }
}

extension Measures.Background {
    /// - Parameter outside: true for pixels of the background.
    init(_ photo: ReducedPhoto, outside: [Bool], edges: EdgeSharpness) {
        self.init()
        let count = outside.count { $0 }
        share = Float(count) / Float(outside.count)
        if count > 0 {
            let seen = edges.summary(of: outside, true)
            (sharpness, detail, busyness) = (seen.sharpness, seen.detail, seen.busyness)
        }
        if count < outside.count { subjectSharpness = edges.summary(of: outside, false).sharpness }
    }
}
