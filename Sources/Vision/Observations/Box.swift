/// A rectangle in a photo, in pixels of the upright photo. It may reach outside the photo where a model says so.
package struct Box: Sendable, Hashable {
    /// Left edge.
    package var x: Double
    /// Top edge.
    package var y: Double
    package var width: Double
    package var height: Double

    package init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    package var right: Double { x + width }
    package var bottom: Double { y + height }
    package var centre: Point { Point(x: x + width / 2, y: y + height / 2) }
    /// Square pixels; 0 for a box turned inside out.
    package var area: Double { max(0, width) * max(0, height) }

    /// Whether `point` lies in it, edges included.
    package func contains(_ point: Point) -> Bool {
        point.x >= x && point.x <= right && point.y >= y && point.y <= bottom
    }

    /// The area that both cover.
    package func overlap(_ other: Box) -> Double {
        let across = min(right, other.right) - max(x, other.x)
        let down = min(bottom, other.bottom) - max(y, other.y)
        return across > 0 && down > 0 ? across * down : 0
    }

    /// Intersection over union, 0...1; 0 where both are empty.
    package func intersectionOverUnion(_ other: Box) -> Double {
        let common = overlap(other)
        let union = area + other.area - common
        return union > 0 ? common / union : 0
    }

    /// Whether it can be of something in a photo of this size: finite, and at least a tenth of it inside.
    package func isPlausible(width: Int, height: Int) -> Bool {
        area.isFinite && area > 0 && clipped(width: width, height: height).area >= 0.1 * area
    }

    /// The part inside a photo of this size.
    package func clipped(width limitX: Int, height limitY: Int) -> Box {
        let left = min(max(x, 0), Double(limitX))
        let top = min(max(y, 0), Double(limitY))
        return Box(
            x: left, y: top, width: min(max(right, left), Double(limitX)) - left,
            height: min(max(bottom, top), Double(limitY)) - top)
    }
}
