/// How pixels are weighed when a picture is resized; the same names and shapes as Pillow's filters. All but ``nearest``
/// widen when shrinking, so that every source pixel counts (no aliasing).
package enum ResizeFilter: String, Sendable, Hashable, CaseIterable {
    /// The pixel under the centre of the new one.
    case nearest
    /// The mean of the pixels that the new one covers.
    case box
    /// A triangle of radius 1.
    case bilinear
    /// Keys' cubic with a = -0.5, radius 2.
    case bicubic

    /// How far the filter reaches, in pixels of the coarser of the two pictures.
    var support: Double {
        switch self {
        case .nearest: 0
        case .box: 0.5
        case .bilinear: 1
        case .bicubic: 2
        }
    }

    /// The filter's weight at distance `x`.
    func weight(_ x: Double) -> Double {
        let distance = abs(x)
        switch self {
        case .nearest: return 0
        case .box: return x > -0.5 && x <= 0.5 ? 1 : 0
        case .bilinear: return distance < 1 ? 1 - distance : 0
        case .bicubic:
            let a = -0.5
            if distance < 1 { return ((a + 2) * distance - (a + 3)) * distance * distance + 1 }
            if distance < 2 { return (((distance - 5) * distance + 8) * distance - 4) * a }
            return 0
        }
    }
}
