import Tensors

/// Which places of the input an output element of one resized axis comes from, as `Resize` defines it.
struct ResizeAxis: Sendable {
    /// How places of the output map to places of the input.
    enum Coordinates: String, CaseIterable, Sendable {
        case halfPixel = "half_pixel"
        case halfPixelSymmetric = "half_pixel_symmetric"
        case pytorchHalfPixel = "pytorch_half_pixel"
        case alignCorners = "align_corners"
        case asymmetric
        case tensorflowHalfPixel = "tf_half_pixel_for_nn"
        case cropAndResize = "tf_crop_and_resize"
    }

    /// Which neighbour is the nearest.
    enum Rounding: String, CaseIterable, Sendable {
        case preferFloor = "round_prefer_floor"
        case preferCeiling = "round_prefer_ceil"
        case floor
        case ceiling = "ceil"
    }

    let input: Int
    let output: Int
    /// Output size over input size, as the file gives it or the sizes do.
    let scale: Float
    /// The part of the input that `tf_crop_and_resize` samples: 0 is the centre of its first element, 1 of its last.
    var region: (start: Float, end: Float) = (0, 1)

    /// Whether nothing need be done.
    var isIdentity: Bool { input == output && scale == 1 && region == (0, 1) }

    /// The place in the input, which may lie outside it. In single precision, as the reference implementation computes
    /// it: at ties the rounding decides which element is taken.
    func place(_ index: Int, _ coordinates: Coordinates) -> Float {
        let x = Float(index)
        switch coordinates {
        case .halfPixel: return (x + 0.5) / scale - 0.5
        case .halfPixelSymmetric:
            // The part of the input that the rounded output size does not cover is cut off at both ends alike.
            let adjustment = Float(output) / (scale * Float(input))
            let offset = Float(input) / 2 * (1 - adjustment)
            return offset + (x + 0.5) / scale - 0.5
        case .pytorchHalfPixel: return output > 1 ? (x + 0.5) / scale - 0.5 : 0
        case .alignCorners: return output == 1 ? 0 : x * Float(input - 1) / Float(output - 1)
        case .asymmetric: return x / scale
        case .tensorflowHalfPixel: return (x + 0.5) / scale
        case .cropAndResize:
            let length = (region.end - region.start) * Float(input - 1)
            return region.start * Float(input - 1) + (output > 1 ? x * length / Float(output - 1) : length / 2)
        }
    }

    /// The nearest element.
    func nearest(_ index: Int, _ coordinates: Coordinates, _ rounding: Rounding) -> Int {
        let x = place(index, coordinates)
        let rounded: Float =
            switch rounding {
            case .floor: x.rounded(.down)
            case .ceiling: x.rounded(.up)
            case .preferFloor: (x - 0.5).rounded(.up)
            case .preferCeiling: (x + 0.5).rounded(.down)
            }
        return clamped(Int(rounded))
    }

    /// Whether the place lies outside the input, for which `tf_crop_and_resize` has a value of its own.
    func isOutside(_ index: Int, _ coordinates: Coordinates) -> Bool {
        guard coordinates == .cropAndResize else { return false }
        let x = place(index, coordinates)
        return !(x >= 0 && x <= Float(input - 1))
    }

    private func clamped(_ index: Int) -> Int { min(max(index, 0), input - 1) }

    /// The two neighbours, and how far the place lies towards the second.
    func linear(_ index: Int, _ coordinates: Coordinates) -> (first: Int, second: Int, fraction: Float) {
        let x = min(max(place(index, coordinates), 0), Float(input - 1))
        let first = clamped(Int(x))
        return (first, clamped(first + 1), x - Float(first))
    }

    /// Elements and their weights, cubic convolution with coefficient `a` (Keys, 1981).
    ///
    /// - Parameter excludesOutside: leaves out elements that are not there; otherwise the edge stands for them.
    func cubic(_ index: Int, _ coordinates: Coordinates, a: Float, excludesOutside: Bool) -> [(Int, Float)] {
        let x = place(index, coordinates)
        let base = x.rounded(.down)
        let t = x - base
        func near(_ d: Float) -> Float { ((a + 2) * d - (a + 3)) * d * d + 1 }
        func far(_ d: Float) -> Float { ((a * d - 5 * a) * d + 8 * a) * d - 4 * a }
        var taps: [(Int, Float)] = []
        for (step, weight) in [(-1, far(1 + t)), (0, near(t)), (1, near(1 - t)), (2, far(2 - t))] {
            let place = Int(base) + step
            if excludesOutside, place < 0 || place >= input { continue }
            taps.append((clamped(place), weight))
        }
        guard excludesOutside else { return taps }
        let sum = taps.reduce(0) { $0 + $1.1 }
        return taps.map { ($0.0, $0.1 / sum) }
    }
    /// Elements and their weights where a smaller result is smoothed: the kernel is as much wider as the result is
    /// smaller.
    ///
    /// - Parameter cubicCoefficient: nil for linear interpolation.
    func smoothed(
        _ index: Int, _ coordinates: Coordinates, cubicCoefficient: Float?, excludesOutside: Bool
    ) -> [(Int, Float)] {
        let x = place(index, coordinates)
        let shrink = min(scale, 1)
        let reach = (cubicCoefficient == nil ? 1 : 2) / shrink
        func weight(_ distance: Float) -> Float {
            guard let a = cubicCoefficient else { return max(1 - distance, 0) }
            if distance <= 1 { return ((a + 2) * distance - (a + 3)) * distance * distance + 1 }
            return distance < 2 ? ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a : 0
        }
        var taps: [(Int, Float)] = []
        for place in Int((x - reach).rounded(.up))...Int((x + reach).rounded(.down)) {
            if excludesOutside, place < 0 || place >= input { continue }
            taps.append((clamped(place), weight(abs(Float(place) - x) * shrink)))
        }
        let sum = taps.reduce(0) { $0 + $1.1 }
        return taps.map { ($0.0, $0.1 / sum) }
    }
}
