#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A similarity transform of the plane: turn, scale, move. x' = a x - b y + tx, y' = b x + a y + ty.
package struct Similarity: Sendable, Hashable {
    /// Scale times the cosine of the angle.
    package let a: Double
    /// Scale times the sine of the angle.
    package let b: Double
    package let tx: Double
    package let ty: Double

    package init(a: Double, b: Double, tx: Double, ty: Double) {
        self.a = a
        self.b = b
        self.tx = tx
        self.ty = ty
    }

    package static let identity = Similarity(a: 1, b: 0, tx: 0, ty: 0)

    /// The transform that takes `source` nearest to `target`: least sum of squared distances, no mirroring. In two
    /// dimensions Umeyama's solution ("Least-squares estimation of transformation parameters between two point patterns",
    /// 1991) is linear in a and b.
    ///
    /// - Returns: nil for fewer than two points, unequal counts, points in one place, or numbers that are not finite.
    package static func fitting(from source: [Point], to target: [Point]) -> Similarity? {
        guard source.count == target.count, source.count >= 2 else { return nil }
        let from = mean(source)
        let to = mean(target)
        var spread = 0.0
        var dot = 0.0
        var cross = 0.0
        for (s, t) in zip(source, target) {
            let (sx, sy, tx, ty) = (s.x - from.x, s.y - from.y, t.x - to.x, t.y - to.y)
            spread += sx * sx + sy * sy
            dot += sx * tx + sy * ty
            cross += sx * ty - sy * tx
        }
        let a = dot / spread
        let b = cross / spread
        guard spread > 0, a.isFinite, b.isFinite, a != 0 || b != 0 else { return nil }
        let tx = to.x - (a * from.x - b * from.y)
        let ty = to.y - (b * from.x + a * from.y)
        guard tx.isFinite, ty.isFinite else { return nil }
        return Similarity(a: a, b: b, tx: tx, ty: ty)
    }

    private static func mean(_ points: [Point]) -> Point {
        let count = Double(points.count)
        return Point(x: points.reduce(0) { $0 + $1.x } / count, y: points.reduce(0) { $0 + $1.y } / count)
    }

    /// How many times longer distances become.
    package var scale: Double { (a * a + b * b).squareRoot() }

    /// The turn in radians, from the x axis towards the y axis (clockwise on the screen), -π...π.
    package var angle: Double { atan2(b, a) }

    package func apply(_ point: Point) -> Point {
        Point(x: a * point.x - b * point.y + tx, y: b * point.x + a * point.y + ty)
    }

    /// The transform back, or nil where everything is mapped to one place.
    package var inverse: Similarity? {
        let square = a * a + b * b
        let (c, d) = (a / square, -b / square)
        guard square > 0, c.isFinite, d.isFinite else { return nil }
        return Similarity(a: c, b: d, tx: -(c * tx - d * ty), ty: -(d * tx + c * ty))
    }
}
