extension Image {
    /// The picture turned upright.
    ///
    /// - Parameter orientation: EXIF's number, 1 to 8: which way the stored picture lies (1 upright, 2 mirrored, 3 upside
    ///   down, 6 to be turned a quarter clockwise, 8 a quarter anticlockwise; 4, 5 and 7 are mirrored as well).
    package func oriented(_ orientation: Int) -> Image {
        precondition((1...8).contains(orientation), "orientation \(orientation)")
        guard orientation != 1 else { return self }
        let turned = orientation >= 5
        let newWidth = turned ? height : width
        let newHeight = turned ? width : height
        // Where the first pixel comes from, and how far a step right and a step down go in the stored picture.
        let last = (x: width - 1, y: (height - 1) * width)
        let (start, right, down) =
            switch orientation {
            case 2: (last.x, -1, width)
            case 3: (last.y + last.x, -1, -width)
            case 4: (last.y, 1, -width)
            case 5: (0, width, 1)
            case 6: (last.y, -width, 1)
            case 7: (last.y + last.x, -width, -1)
            default: (last.x, width, -1)
            }
        var target = [UInt8](repeating: 0, count: pixels.count)
        let source = pixels.span
        var output = target.mutableSpan
        // In tiles, so that a quarter turn finds its columns in the cache.
        let tile = 32
        for top in stride(from: 0, to: newHeight, by: tile) {
            for left in stride(from: 0, to: newWidth, by: tile) {
                for y in top..<min(top + tile, newHeight) {
                    var from = (start + left * right + y * down) * 3
                    var to = (y * newWidth + left) * 3
                    for _ in left..<min(left + tile, newWidth) {
                        output[to] = source[from]
                        output[to + 1] = source[from + 1]
                        output[to + 2] = source[from + 2]
                        from += right * 3
                        to += 3
                    }
                }
            }
        }
        return Image(width: newWidth, height: newHeight, pixels: target)
    }
}
