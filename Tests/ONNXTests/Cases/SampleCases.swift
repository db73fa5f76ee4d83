import Tensors

extension OperatorCase {
    static let sums: [OperatorCase] = [
        op(
            "Einsum", "a product", [counting([2, 3]), counting([3, 2])], [("equation", .string("ij, jk -> ik"))],
            gives: [floats([2, 2], [10, 13, 28, 40])]),
        op(
            "Einsum", "a transpose", [counting([2, 3])], [("equation", .string("ij->ji"))],
            gives: [floats([3, 2], [0, 3, 1, 4, 2, 5])]),
        op(
            "Einsum", "a diagonal", [ints([1, 2, 3, 4], [2, 2])], [("equation", .string("ii->i"))],
            gives: [ints([1, 4])]),
        op(
            "Einsum", "no result named", [counting([2, 2]), counting([2])], [("equation", .string("ba,a"))],
            gives: [floats([2], [1, 3])]),
        op(
            "Einsum", "broadcast", [counting([2, 1, 2]), counting([3, 2])], [("equation", .string("...i,...i->..."))],
            gives: [floats([2, 3], [1, 3, 5, 3, 13, 23])]),
        op(
            "Einsum", "of three", [counting([2]), counting([3]), counting([2])], [("equation", .string("a,b,a->b"))],
            gives: [floats([3], [0, 1, 2])]),
        op(
            "Einsum", "a sum of none", [Tensor(shape: [2, 0], type: .float32)], [("equation", .string("ab->a"))],
            gives: [floats([2], [0, 0])]),
    ]

    private static let image = counting([1, 1, 3, 4])

    static let samples: [OperatorCase] = [
        op(
            "GridSample", opset: 20, [image, floats([1, 1, 3, 2], [0, 0, -1, -1, 1, 1])], [("align_corners", .int(1))],
            gives: [floats([1, 1, 1, 3], [5.5, 0, 11])], within: singlePrecision),
        op(
            "GridSample", "outside is zero", opset: 16, [image, floats([1, 1, 2, 2], [-1, -1, 5, 0])],
            gives: [floats([1, 1, 1, 2], [0, 0])]),
        op(
            "GridSample", "the border goes on", opset: 20,
            [image, floats([1, 1, 3, 2], [-9, -9, 9, 9, .nan, .infinity])],
            [("padding_mode", .string("border"))], gives: [floats([1, 1, 1, 3], [0, 11, 8])]),
        op(
            "GridSample", "mirrored", opset: 20, [image, floats([1, 1, 2, 2], [1.5, 1, -2, -1])],
            [("padding_mode", .string("reflection")), ("align_corners", .int(1)), ("mode", .string("nearest"))],
            gives: [floats([1, 1, 1, 2], [10, 2])]),
        op(
            "GridSample", "cubic on a slope", opset: 16, [counting([1, 1, 5, 5]), floats([1, 1, 1, 2], [0.1, 0.1])],
            [("mode", .string("bicubic")), ("align_corners", .int(1))], gives: [floats([1, 1, 1, 1], [13.488])],
            within: 1e-5),
        op(
            "GridSample", "a volume", opset: 20, [counting([1, 1, 2, 2, 2]), floats([1, 1, 1, 1, 3], [0, 0, 0])],
            gives: [floats([1, 1, 1, 1, 1], [3.5])], within: singlePrecision),
        op(
            "RoiAlign", opset: 16, [counting([1, 1, 4, 4]), floats([1, 4], [0, 0, 4, 4]), ints([0])],
            [
                ("output_height", .int(2)), ("output_width", .int(2)), ("sampling_ratio", .int(1)),
                ("coordinate_transformation_mode", .string("output_half_pixel")),
            ], gives: [floats([1, 1, 2, 2], [5, 7, 13, 15])], within: singlePrecision),
        op(
            "RoiAlign", "shifted, largest", opset: 16,
            [counting([1, 1, 4, 4]), floats([1, 4], [1, 1, 3, 3]), ints([0])],
            [("mode", .string("max")), ("sampling_ratio", .int(2))],
            // Samples at 1 and 2 along each side fall on elements: the largest is 10.
            gives: [floats([1, 1, 1, 1], [10])], within: singlePrecision),
        op(
            "RoiAlign", "outside", opset: 10,
            [counting([1, 2, 2, 2]), floats([1, 4], [50, 50, 60, 60]), ints([-1])],
            gives: [floats([1, 2, 1, 1], [0, 0])]),
    ]
}
