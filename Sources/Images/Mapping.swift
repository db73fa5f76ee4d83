/// Where a resized and moved picture's places lie in the picture it came from: destination = source * scale + offset, both
/// ways, with edges (not centres) of pixels at whole numbers.
package struct Mapping: Sendable, Hashable {
    /// Destination pixels a source pixel, more than 0.
    package let scaleX: Double
    package let scaleY: Double
    /// Where the source's corner lies in the destination.
    package let left: Double
    package let top: Double

    package init(scaleX: Double, scaleY: Double, left: Double, top: Double) {
        precondition(scaleX > 0 && scaleY > 0, "a scale of \(scaleX), \(scaleY)")
        self.scaleX = scaleX
        self.scaleY = scaleY
        self.left = left
        self.top = top
    }

    /// The place in the source that a place in the destination shows.
    package func toSource(_ point: Point) -> Point {
        Point(x: (point.x - left) / scaleX, y: (point.y - top) / scaleY)
    }

    /// The place in the destination that shows a place in the source.
    package func fromSource(_ point: Point) -> Point {
        Point(x: point.x * scaleX + left, y: point.y * scaleY + top)
    }
}
