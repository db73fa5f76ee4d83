import Tensors

extension OperatorCase {
    static let selections: [OperatorCase] = [
        op("NonZero", [floats([2, 2], [1, 0, -2, 3])], gives: [ints([0, 1, 1, 0, 0, 1], [2, 3])]),
        op("NonZero", "a zero with a sign", [floats([2], [-0.0, 1])], gives: [ints([1], [1, 1])]),
        op("NonZero", "of bools", [bools([false, true, true])], gives: [ints([1, 2], [1, 2])]),
        op("NonZero", "of a number", [ints([4], [])], gives: [Tensor(shape: [0, 1], type: .int64)]),
        op(
            "NonMaxSuppression", "overlapping",
            [
                boxes, floats([1, 1, 6], [0.9, 0.75, 0.6, 0.95, 0.5, 0.3]), ints([3]), floats([1], [0.5]),
                floats([1], [0]),
            ], gives: [ints([0, 0, 3, 0, 0, 0, 0, 0, 5], [3, 3])]),
        op(
            "NonMaxSuppression", "by score and number, two classes",
            [
                boxes, floats([1, 2, 6], [0.9, 0.75, 0.6, 0.95, 0.5, 0.3, 0.1, 0.2, 0.1, 0.4, 0.5, 0.6]), ints([1]),
                floats([1], [0.5]), floats([1], [0.55]),
            ], gives: [ints([0, 0, 3, 0, 1, 5], [2, 3])]),
        op(
            "NonMaxSuppression", "centres",
            [
                floats([1, 3, 4], [0.5, 0.5, 1, 1, 0.5, 0.6, 1, 1, 0.5, 10.5, 1, 1]),
                floats([1, 1, 3], [0.9, 0.75, 0.6]),
                ints([3]), floats([1], [0.5]),
            ], [("center_point_box", .int(1))], gives: [ints([0, 0, 0, 0, 0, 2], [2, 3])]),
        op(
            "NonMaxSuppression", "no scores that are numbers",
            [boxes, floats([1, 1, 6], [.nan, .nan, 1, .nan, .nan, .nan]), ints([9])],
            gives: [ints([0, 0, 2], [1, 3])]),
        op(
            "NonMaxSuppression", "none asked for", [boxes, floats([1, 1, 6], [1, 2, 3, 4, 5, 6])],
            gives: [Tensor(shape: [0, 3], type: .int64)]),
        op("Hardmax", [floats([2, 3], [1, 3, 2, 5, 5, 4])], gives: [floats([2, 3], [0, 1, 0, 1, 0, 0])]),
        op(
            "Hardmax", "first axis", [floats([2, 2], [1, 4, 3, 2])], [("axis", .int(0))],
            gives: [floats([2, 2], [0, 1, 1, 0])]),
        op(
            "Hardmax", "flattened", opset: 11, [floats([1, 2, 2], [1, 4, 3, 2])],
            gives: [floats([1, 2, 2], [0, 1, 0, 0])]),
        op("CumSum", [floats([5], [1, 2, 3, 4, 5]), ints([0], [])], gives: [floats([5], [1, 3, 6, 10, 15])]),
        op(
            "CumSum", "exclusive, from the end", [ints([1, 2, 3]), ints([-1], [])],
            [("exclusive", .int(1)), ("reverse", .int(1))], gives: [ints([5, 3, 0])]),
        op(
            "CumSum", "first axis", [counting([2, 3]), ints([0], [])], gives: [floats([2, 3], [0, 1, 2, 3, 5, 7])]),
        op("CumProd", opset: 26, [ints([2, 3, 4]), ints([0], [])], gives: [ints([2, 6, 24])]),
        op(
            "CumProd", "exclusive", opset: 26, [floats([3], [2, 3, 4]), ints([0], [])], [("exclusive", .int(1))],
            gives: [floats([3], [1, 2, 6])]),
        op(
            "IsInf", [floats([4], [.infinity, -.infinity, .nan, 1])], gives: [bools([true, true, false, false])]),
        op(
            "IsInf", "negative only", [tensor(.float64, [2], [.infinity, -.infinity])], [("detect_positive", .int(0))],
            gives: [bools([false, true])]),
        op("IsNaN", [floats([3], [.nan, 1, .infinity])], gives: [bools([true, false, false])]),
    ]

    /// Pairs and triples on one place, as the backend's own cases have them.
    private static let boxes = floats(
        [1, 6, 4],
        [
            0, 0, 1, 1, 0, 0.1, 1, 1.1, 0, -0.1, 1, 0.9, 0, 10, 1, 11, 0, 10.1, 1, 11.1, 0, 100, 1, 101,
        ])

    static let integers: [OperatorCase] = [
        op(
            "BitShift", [tensor(.uint8, [3], [16, 4, 1]), tensor(.uint8, [3], [1, 2, 3])],
            [("direction", .string("RIGHT"))], gives: [tensor(.uint8, [3], [8, 1, 0])]),
        op(
            "BitShift", "past the last bit", [tensor(.uint32, [3], [16, 4, 1]), tensor(.uint32, [1], [40])],
            [("direction", .string("LEFT"))], gives: [tensor(.uint32, [3], [0, 0, 0])]),
        op(
            "BitShift", "with a sign", opset: 28,
            [tensor(.int8, [4], [-8, -8, 4, -128]), tensor(.int8, [4], [1, 9, 8, -1])],
            [("direction", .string("RIGHT"))], gives: [tensor(.int8, [4], [-4, -1, 0, -1])]),
        op(
            "BitwiseAnd", opset: 18, [tensor(.int32, [2], [-1, 12]), tensor(.int32, [2], [7, 10])],
            gives: [tensor(.int32, [2], [7, 8])]),
        op("BitwiseOr", opset: 18, [ints([12, 1], [2, 1]), ints([10])], gives: [ints([14, 11], [2, 1])]),
        op(
            "BitwiseXor", opset: 18, [tensor(.uint16, [2], [12, 1]), tensor(.uint16, [2], [10, 1])],
            gives: [tensor(.uint16, [2], [6, 0])]),
        op("BitwiseNot", opset: 18, [tensor(.int8, [3], [0, -1, 5])], gives: [tensor(.int8, [3], [-1, 0, -6])]),
    ]
}
