/// A rectangle of a picture, its edges in pixels, fractions allowed: the whole picture is 0, 0, width, height.
package struct Region: Sendable, Hashable {
    package var left: Double
    package var top: Double
    package var right: Double
    package var bottom: Double

    package init(left: Double, top: Double, right: Double, bottom: Double) {
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
    }
}
