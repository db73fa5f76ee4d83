extension Image {
    /// The picture, or a part of it, at another size; the bytes that Pillow's `Image.resize` gives.
    ///
    /// - Parameters:
    ///   - width, height: of the result, at least 1.
    ///   - region: the part to take, cut to the picture; nil for all of it.
    package func resized(
        width newWidth: Int, height newHeight: Int, filter: ResizeFilter = .bilinear, region: Region? = nil
    ) -> Image {
        precondition(newWidth > 0 && newHeight > 0, "a size of \(newWidth) x \(newHeight)")
        let across = Extent(region?.left, region?.right, of: width)
        let down = Extent(region?.top, region?.bottom, of: height)
        let sameWidth = newWidth == width && across.isWhole
        let sameHeight = newHeight == height && down.isWhole
        if sameWidth, sameHeight { return self }
        if filter == .nearest { return nearest(newWidth, newHeight, across, down) }
        return filtered(
            across: sameWidth ? nil : across.taps(newWidth, filter),
            down: sameHeight ? nil : down.taps(newHeight, filter))
    }

    /// Resized by taps, one axis after the other with bytes between; nil taps leave an axis as it is.
    private func filtered(across: ResizeTaps?, down: ResizeTaps?) -> Image {
        let columns = across?.needed ?? 0..<width
        let rows = down?.needed ?? 0..<height
        let part = cropped(left: columns.lowerBound, top: rows.lowerBound, width: columns.count, height: rows.count)
        let across = across?.moved(by: -columns.lowerBound)
        let down = down?.moved(by: -rows.lowerBound)
        guard let across else { return down.map(part.resizedDown) ?? part }
        guard let down else { return part.resizedAcross(across) }
        // The order shows in the rounding between the passes; this is Pillow 13's choice of the cheaper one.
        let downFirst = down.count < height && 2 * (width - across.count) < height - down.count
        return downFirst
            ? part.resizedDown(down).resizedAcross(across) : part.resizedAcross(across).resizedDown(down)
    }

    /// The pixel under each new one's centre; places are added up one step at a time, as Pillow does.
    private func nearest(_ newWidth: Int, _ newHeight: Int, _ across: Extent, _ down: Extent) -> Image {
        let columns = across.nearest(newWidth)
        let rows = down.nearest(newHeight)
        var target = [UInt8](repeating: 0, count: newWidth * newHeight * 3)
        let source = pixels.span
        var output = target.mutableSpan
        var to = 0
        for y in rows {
            for x in columns {
                let from = (y * width + x) * 3
                output[to] = source[from]
                output[to + 1] = source[from + 1]
                output[to + 2] = source[from + 2]
                to += 3
            }
        }
        return Image(width: newWidth, height: newHeight, pixels: target)
    }

    private func resizedAcross(_ taps: ResizeTaps) -> Image {
        let newWidth = taps.count
        var target = [UInt8](repeating: 0, count: newWidth * height * 3)
        let source = pixels.span
        var output = target.mutableSpan
        let (starts, counts, weights) = (taps.starts.span, taps.counts.span, taps.weights.span)
        let half: Int32 = 1 << (ResizeTaps.bits - 1)
        var to = 0
        for y in 0..<height {
            for x in 0..<newWidth {
                var from = (y * width + Int(starts[x])) * 3
                let first = x * taps.room
                var (red, green, blue) = (half, half, half)
                for tap in first..<first + Int(counts[x]) {
                    let weight = weights[tap]
                    red &+= Int32(source[from]) &* weight
                    green &+= Int32(source[from + 1]) &* weight
                    blue &+= Int32(source[from + 2]) &* weight
                    from += 3
                }
                output[to] = UInt8(clamping: red >> ResizeTaps.bits)
                output[to + 1] = UInt8(clamping: green >> ResizeTaps.bits)
                output[to + 2] = UInt8(clamping: blue >> ResizeTaps.bits)
                to += 3
            }
        }
        return Image(width: newWidth, height: height, pixels: target)
    }

    private func resizedDown(_ taps: ResizeTaps) -> Image {
        let newHeight = taps.count
        let stride = width * 3
        var target = [UInt8](repeating: 0, count: stride * newHeight)
        var sums = [Int32](repeating: 0, count: stride)
        let source = pixels.span
        var output = target.mutableSpan
        var sum = sums.mutableSpan
        for y in 0..<newHeight {
            for x in 0..<stride { sum[x] = 1 << (ResizeTaps.bits - 1) }
            for tap in 0..<Int(taps.counts[y]) {
                let weight = taps.weights[y * taps.room + tap]
                let start = (Int(taps.starts[y]) + tap) * stride
                let row = source.extracting(start..<start + stride)
                for x in 0..<stride { sum[x] &+= Int32(row[x]) &* weight }
            }
            for x in 0..<stride { output[y * stride + x] = UInt8(clamping: sum[x] >> ResizeTaps.bits) }
        }
        return Image(width: width, height: newHeight, pixels: target)
    }
}

/// One axis of the part of a picture that is resized, in single precision as Pillow's boxes are.
private struct Extent {
    let from: Float
    let to: Float
    let size: Int

    /// - Parameters:
    ///   - from, to: cut to `0...size`; nil, or less than a hundredth of a pixel left (or not a number), for the whole.
    init(_ from: Double?, _ to: Double?, of size: Int) {
        let whole = 0...Float(size)
        let first = max(Float(from ?? 0), whole.lowerBound)
        let last = min(to.map(Float.init) ?? whole.upperBound, whole.upperBound)
        let isPart = last - first >= 0.01
        self.from = isPart ? first : whole.lowerBound
        self.to = isPart ? last : whole.upperBound
        self.size = size
    }

    var isWhole: Bool { from == 0 && to == Float(size) }

    func taps(_ new: Int, _ filter: ResizeFilter) -> ResizeTaps {
        ResizeTaps(old: size, from: from, to: to, new: new, filter: filter)
    }

    /// The old place under the centre of each new one.
    func nearest(_ new: Int) -> [Int] {
        let step = Double(to - from) / Double(new)
        var place = Double(from) + step * 0.5
        return (0..<new).map { _ in
            defer { place += step }
            return min(size - 1, Int(place))
        }
    }
}
