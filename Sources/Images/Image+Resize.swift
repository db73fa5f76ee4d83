import Tensors

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
            across: sameWidth ? nil : across.weights(newWidth, filter),
            down: sameHeight ? nil : down.weights(newHeight, filter))
    }

    /// Resized by weights, one axis after the other with bytes between; an axis without weights stays as it is.
    private func filtered(across: ResampleWeights?, down: ResampleWeights?) -> Image {
        // Only what will be read: most of the work when a small part of a large photo is taken.
        let columns = across?.needed ?? 0..<width
        let rows = down?.needed ?? 0..<height
        let part = cropped(left: columns.lowerBound, top: rows.lowerBound, width: columns.count, height: rows.count)
        let across = across?.cut(to: columns)
        let down = down?.cut(to: rows)
        guard let across else { return down.map(part.resizedDown) ?? part }
        guard let down else { return part.resizedAcross(across) }
        // The order shows in the rounding between the passes; this is Pillow 13's choice of the cheaper one.
        let downFirst = down.targets < height && 2 * (width - across.targets) < height - down.targets
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

    private func resizedAcross(_ weights: ResampleWeights) -> Image {
        var target = [UInt8](repeating: 0, count: weights.targets * height * 3)
        var output = target.mutableSpan
        Kernel.resampleRows(pixels.span, rows: height, weights, into: &output)
        return Image(width: weights.targets, height: height, pixels: target)
    }

    private func resizedDown(_ weights: ResampleWeights) -> Image {
        var target = [UInt8](repeating: 0, count: width * weights.targets * 3)
        var output = target.mutableSpan
        Kernel.resampleColumns(pixels.span, stride: width * 3, weights, into: &output)
        return Image(width: width, height: weights.targets, pixels: target)
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

    func weights(_ new: Int, _ filter: ResizeFilter) -> ResampleWeights {
        ResampleWeights(old: size, from: from, to: to, new: new, filter: filter)
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
