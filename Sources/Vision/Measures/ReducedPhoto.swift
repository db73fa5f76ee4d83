package import Images

/// The small copy of a photo that measures read: luma and chroma of Rec. 601, row by row.
package struct ReducedPhoto: Sendable {
    package let width: Int
    package let height: Int
    /// Reduced pixels a photo pixel, at most 1.
    package let scale: Double
    /// [height, width], 0...1.
    package let luma: [Float]
    /// [height, width], -0.5...0.5: toward blue, toward red.
    package let blue: [Float]
    package let red: [Float]

    /// - Parameter side: the longest side at most; a smaller photo stays as it is.
    package init(_ photo: Image, side: Int = 512) {
        let scale = min(1, Double(side) / Double(max(photo.width, photo.height)))
        width = max(1, Int((Double(photo.width) * scale).rounded()))
        height = max(1, Int((Double(photo.height) * scale).rounded()))
        self.scale = scale
        let small = photo.resized(width: width, height: height, filter: .bilinear)
        let count = width * height
        var luma = [Float](repeating: 0, count: count)
        var blue = luma
        var red = luma
        let pixels = small.pixels.span
        var y = luma.mutableSpan
        var cb = blue.mutableSpan
        var cr = red.mutableSpan
        for index in 0..<count {
            let r = Float(pixels[3 * index]) / 255
            let g = Float(pixels[3 * index + 1]) / 255
            let b = Float(pixels[3 * index + 2]) / 255
            let light = 0.299 * r + 0.587 * g + 0.114 * b
            y[index] = light
            cb[index] = (b - light) * 0.564
            cr[index] = (r - light) * 0.713
        }
        self.luma = luma
        self.blue = blue
        self.red = red
    }

    /// The part of the copy that shows `box`, cut to the copy: columns and rows, either empty where the box lies
    /// outside.
    package func area(of box: Box) -> (columns: Range<Int>, rows: Range<Int>) {
        func range(_ from: Double, _ to: Double, _ limit: Int) -> Range<Int> {
            let first = Int(min(max(from * scale, 0), Double(limit)))
            let last = Int(min(max(to * scale, 0), Double(limit)))
            return first..<max(first, last)
        }
        return (range(box.x, box.right, width), range(box.y, box.bottom, height))
    }

    /// True for each pixel that none of the boxes covers, [height, width].
    package func outside(_ boxes: [Box]) -> [Bool] {
        var mask = [Bool](repeating: true, count: width * height)
        for box in boxes {
            let (columns, rows) = area(of: box)
            for row in rows {
                for column in columns { mask[row * width + column] = false }
            }
        }
        return mask
    }
}
