extension Image {
    /// A rectangle of the picture; what lies outside the picture is filled.
    ///
    /// - Parameters:
    ///   - left, top: of the rectangle; may be negative or beyond the picture.
    ///   - width, height: of the result, at least 1.
    package func cropped(
        left: Int, top: Int, width newWidth: Int, height newHeight: Int, padding: Colour = .black
    ) -> Image {
        precondition(newWidth > 0 && newHeight > 0, "a crop of \(newWidth) x \(newHeight)")
        if left == 0, top == 0, newWidth == width, newHeight == height { return self }
        let columns = overlap(left, newWidth, width)
        let rows = overlap(top, newHeight, height)
        var target = Image.bytes(pixels: newWidth * newHeight, colour: padding)
        guard !columns.isEmpty, !rows.isEmpty else { return Image(width: newWidth, height: newHeight, pixels: target) }
        let length = columns.count * 3
        for y in rows {
            let from = (y * width + columns.lowerBound) * 3
            let to = ((y - top) * newWidth + columns.lowerBound - left) * 3
            target.replaceSubrange(to..<to + length, with: pixels[from..<from + length])
        }
        return Image(width: newWidth, height: newHeight, pixels: target)
    }

    /// The part of `start..<start + count` that lies in `0..<limit`; empty where the end overflows.
    private func overlap(_ start: Int, _ count: Int, _ limit: Int) -> Range<Int> {
        let (end, overflow) = start.addingReportingOverflow(count)
        let first = max(start, 0)
        guard !overflow, first < min(end, limit) else { return 0..<0 }
        return first..<min(end, limit)
    }
}
