/// A place in a photo, in pixels of the upright photo: x to the right, y down, (0, 0) the top left corner.
package struct Point: Sendable, Hashable {
    package var x: Double
    package var y: Double

    package init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}
