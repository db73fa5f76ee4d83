import Tensors

extension OperatorCase {
    /// A place of the output in coordinates of the input, from the specification's table.
    private static func place(_ mode: String, _ x: Double, scale: Double, input: Int, output: Int) -> Double {
        switch mode {
        case "half_pixel": return (x + 0.5) / scale - 0.5
        case "pytorch_half_pixel": return output > 1 ? (x + 0.5) / scale - 0.5 : 0
        case "align_corners": return output == 1 ? 0 : x * Double(input - 1) / Double(output - 1)
        case "tf_half_pixel_for_nn": return (x + 0.5) / scale
        default: return x / scale
        }
    }

    private static func round(_ mode: String, _ x: Double) -> Double {
        switch mode {
        case "floor": x.rounded(.down)
        case "ceil": x.rounded(.up)
        case "round_prefer_ceil": (x + 0.5).rounded(.down)
        default: (x - 0.5).rounded(.up)
        }
    }

    private static func at(_ x: Tensor, _ place: [Int]) -> Double {
        numbers(x)[Naive.offset(zip(place, x.shape).map { min(max($0, 0), $1 - 1) }, x.shape)]
    }

    private static func nearest(_ coordinates: String, _ rounding: String, _ shape: [Int], to size: [Int])
        -> OperatorCase
    {
        let x = random(shape, seed: 60)
        let expected = Naive.build(size) { index in
            at(
                x,
                index.indices.map { axis in
                    let scale = Double(size[axis]) / Double(shape[axis])
                    let source = place(
                        coordinates, Double(index[axis]), scale: scale, input: shape[axis], output: size[axis])
                    return shape[axis] == size[axis] ? index[axis] : Int(round(rounding, source))
                })
        }
        return op(
            "Resize", "nearest, \(coordinates), \(rounding), \(shape) to \(size)", [x, nil, nil, ints(size)],
            [("coordinate_transformation_mode", .string(coordinates)), ("nearest_mode", .string(rounding))],
            gives: [expected])
    }

    private static func linear(_ coordinates: String, _ shape: [Int], scales: [Float]) -> OperatorCase {
        let x = random(shape, seed: 61)
        let size = zip(shape, scales).map { Int((Double($0) * Double($1)).rounded(.down)) }
        let expected = Naive.build(size) { index in
            // The corners around the place, each weighted by how near it is along every axis.
            var corners: [([Int], Double)] = [([], 1)]
            for axis in index.indices {
                let source = place(
                    coordinates, Double(index[axis]), scale: Double(scales[axis]), input: shape[axis],
                    output: size[axis])
                let inside = min(max(source, 0), Double(shape[axis] - 1))
                let (low, part) = (Int(inside), inside - inside.rounded(.down))
                corners = corners.flatMap { [($0.0 + [low], $0.1 * (1 - part)), ($0.0 + [low + 1], $0.1 * part)] }
            }
            return corners.reduce(0) { $0 + at(x, $1.0) * $1.1 }
        }
        return op(
            "Resize", "linear, \(coordinates), \(shape) by \(scales)", [x, nil, floats([scales.count], scales)],
            [("mode", .string("linear")), ("coordinate_transformation_mode", .string(coordinates))], gives: [expected],
            within: 1e-5)
    }

    private static let coordinates = [
        "half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "tf_half_pixel_for_nn",
    ]

    static let resizes: [OperatorCase] =
        coordinates.flatMap { mode in
            ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"].map {
                nearest(mode, $0, [1, 2, 4, 4], to: [1, 2, 7, 8])
            }
        }
        + coordinates.dropLast().flatMap { mode in
            [
                linear(mode, [1, 2, 4, 6], scales: [1, 1, 2, 2]),
                linear(mode, [2, 1, 8, 6], scales: [1, 1, 0.5, 1.5]),
                linear(mode, [1, 3, 4], scales: [1, 2, 2]),
            ]
        }
        + [
            nearest("asymmetric", "floor", [1, 1, 6, 6], to: [1, 1, 3, 2]),
            nearest("half_pixel", "round_prefer_floor", [2, 3], to: [4, 3]),
            nearest("half_pixel", "round_prefer_floor", [2, 3, 2], to: [4, 6, 2]),
            linear("half_pixel", [2, 3, 4], scales: [2, 1, 2]),
            linear("align_corners", [1, 1, 1, 1], scales: [1, 1, 3, 3]),
            // The published case of the operator.
            op(
                "Resize", "cubic",
                [floats([1, 1, 4, 4], (1...16).map(Float.init)), nil, floats([4], [1, 1, 0.8, 0.8])],
                [("mode", .string("cubic"))],
                gives: [
                    floats(
                        [1, 1, 3, 3],
                        [
                            1.47119141, 2.78125, 4.08251953, 6.71142578, 8.02148438, 9.32275391, 11.91650391,
                            13.2265625, 14.52783203,
                        ])
                ], within: 1e-6),
            op(
                "Resize", "the same size", [counting([1, 1, 2, 2]), nil, nil, ints([1, 1, 2, 2])],
                gives: [counting([1, 1, 2, 2])]),
            op(
                "Resize", "some axes", opset: 18, [counting([1, 1, 2, 1]), nil, floats([1], [2])],
                [("axes", .ints([2]))],
                gives: [floats([1, 1, 4, 1], [0, 0, 1, 1])]),
            op(
                "Resize", "the first form", opset: 10, [counting([1, 1, 2, 2]), floats([4], [1, 1, 2, 1])],
                gives: [floats([1, 1, 4, 2], [0, 1, 0, 1, 2, 3, 2, 3])]),
            op(
                "Upsample", opset: 9, [counting([1, 1, 1, 2]), floats([4], [1, 1, 2, 2])],
                gives: [floats([1, 1, 2, 4], [0, 0, 1, 1, 0, 0, 1, 1])]),
            op(
                "Upsample", "attribute, linear", opset: 7, [counting([1, 1, 1, 2])],
                [("scales", .floats([1, 1, 1, 2])), ("mode", .string("linear"))],
                gives: [floats([1, 1, 1, 4], [0, 0.5, 1, 1])]),
        ]
}
