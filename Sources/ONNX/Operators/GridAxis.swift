/// One dimension of an image that is sampled at any place.
struct GridAxis: Sendable {
    /// What lies outside the image.
    enum Padding: String, CaseIterable, Sendable { case zeros, border, reflection }

    /// An element and its share.
    struct Tap {
        let offset: Int
        let weight: Float
    }

    let size: Int
    /// Elements from one index to the next.
    let stride: Int
    let padding: Padding
    /// Whether -1 and 1 are the centres of the first and last element, rather than their outer edges.
    let alignsCorners: Bool

    /// Farther places than any image has.
    private static let far: Float = 0x1p26

    private var low: Float { alignsCorners ? 0 : -0.5 }
    private var high: Float { alignsCorners ? Float(size - 1) : Float(size) - 0.5 }

    /// The place, in elements, of a number of the grid, brought inside where the padding says so.
    func place(_ given: Float, rounds: Bool) -> Float {
        var x = alignsCorners ? (given + 1) / 2 * Float(size - 1) : ((given + 1) * Float(size) - 1) / 2
        // No number: nowhere.
        if x.isNaN { x = -GridAxis.far }
        x = min(max(x, -GridAxis.far), GridAxis.far)
        if rounds { x = x.rounded(.toNearestOrEven) }
        guard x < low || x > high else { return x }
        switch padding {
        case .zeros: return x
        case .border: return min(max(x, 0), Float(size - 1))
        case .reflection: return reflected(x)
        }
    }

    /// The place within the image that mirrors at both of its ends bring `x` to.
    private func reflected(_ x: Float) -> Float {
        let range = high - low
        guard range > 0 else { return low }
        let distance = x < low ? low - x : x - high
        let turns = (distance / range).rounded(.down)
        let rest = distance - turns * range
        let isEven = turns.truncatingRemainder(dividingBy: 2) == 0
        return (x < low) == isEven ? low + rest : high - rest
    }

    /// The element at a whole place; nil where nothing is there.
    func tap(_ x: Float, _ weight: Float) -> Tap? {
        var index = x
        if index < 0 || index > Float(size - 1) {
            switch padding {
            case .zeros: return nil
            case .border: break
            case .reflection: index = reflected(index).rounded(.towardZero)
            }
        }
        return Tap(offset: min(max(Int(index), 0), size - 1) * stride, weight: weight)
    }

    /// The two neighbours.
    func linear(_ x: Float) -> [Tap] {
        let first = x.rounded(.down)
        return [tap(first, 1 - (x - first)), tap(first + 1, x - first)].compactMap { $0 }
    }

    /// The four neighbours, cubic convolution (Keys, 1981) with the coefficient -0.75.
    func cubic(_ x: Float) -> [Tap] {
        let (first, a): (Float, Float) = (x.rounded(.down), -0.75)
        let t = x - first
        func near(_ d: Float) -> Float { ((a + 2) * d - (a + 3)) * d * d + 1 }
        func far(_ d: Float) -> Float { ((a * d - 5 * a) * d + 8 * a) * d - 4 * a }
        return [
            tap(first - 1, far(1 + t)), tap(first, near(t)), tap(first + 1, near(1 - t)), tap(first + 2, far(2 - t)),
        ].compactMap { $0 }
    }
}
