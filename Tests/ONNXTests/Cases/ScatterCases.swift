import Tensors

extension OperatorCase {
    static let scatters: [OperatorCase] = [
        op(
            "ScatterElements", opset: 16,
            [floats([1, 5], [1, 2, 3, 4, 5]), ints([1, -2], [1, 2]), floats([1, 2], [7, 8])],
            [("axis", .int(1))], gives: [floats([1, 5], [1, 7, 3, 8, 5])]),
        op(
            "ScatterElements", "the last of equals stays", opset: 11,
            [ints([0, 0, 0]), ints([1, 1]), ints([5, 6])], gives: [ints([0, 6, 0])]),
        op(
            "ScatterElements", "sums of equals", opset: 16,
            [floats([3, 2], [1, 2, 3, 4, 5, 6]), ints([2, 0, 2, 0], [2, 2]), floats([2, 2], [10, 20, 30, 40])],
            [("reduction", .string("add"))], gives: [floats([3, 2], [1, 62, 3, 4, 45, 6])]),
        op(
            "ScatterElements", "products", opset: 16, [ints([2, 3]), ints([0, 0]), ints([5, 7])],
            [("reduction", .string("mul"))], gives: [ints([70, 3])]),
        op(
            "ScatterElements", "largest", opset: 18, [floats([2], [1, 9]), ints([0, 1]), floats([2], [4, 4])],
            [("reduction", .string("max"))], gives: [floats([2], [4, 9])]),
        op(
            "ScatterElements", "smallest", opset: 18,
            [tensor(.uint8, [2], [1, 9]), ints([0, 1]), tensor(.uint8, [2], [4, 4])],
            [("reduction", .string("min"))], gives: [tensor(.uint8, [2], [1, 4])]),
        op(
            "Scatter", opset: 9, [counting([2, 2]), ints([1, 0], [1, 2]), floats([1, 2], [8, 9])],
            gives: [floats([2, 2], [0, 9, 8, 3])]),
        op(
            "ScatterND", "numbers", [counting([8]), ints([4, 3, 1, 7], [4, 1]), floats([4], [9, 10, 11, 12])],
            gives: [floats([8], [0, 11, 2, 10, 9, 5, 6, 12])]),
        op(
            "ScatterND", "rows", [counting([3, 2]), ints([-1], [1, 1]), floats([1, 2], [8, 9])],
            gives: [floats([3, 2], [0, 1, 2, 3, 8, 9])]),
        op(
            "ScatterND", "sums", opset: 16, [counting([2, 2]), ints([0, 1, 0, 1], [2, 2]), floats([2], [5, 6])],
            [("reduction", .string("add"))], gives: [floats([2, 2], [0, 12, 2, 3])]),
        op(
            "ScatterND", "all of it", [counting([2]), ints([], [1, 0]), floats([1, 2], [8, 9])],
            gives: [floats([2], [8, 9])]),
        op(
            "OneHot", [ints([0, 2, -1, 5]), ints([3], []), floats([2], [0, 1])],
            gives: [floats([4, 3], [1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0])]),
        op(
            "OneHot", "first axis", [ints([1, 0]), tensor(.float32, [1], [2]), ints([7, 9])], [("axis", .int(0))],
            gives: [ints([7, 9, 9, 7], [2, 2])]),
        op(
            "EyeLike", [Tensor(shape: [2, 3], type: .int64)], gives: [ints([1, 0, 0, 0, 1, 0], [2, 3])]),
        op(
            "EyeLike", "shifted, of another type", [Tensor(shape: [3, 2], type: .int64)],
            [("k", .int(-1)), ("dtype", .int(1))],
            gives: [floats([3, 2], [0, 0, 1, 0, 0, 1])]),
        op(
            "EyeLike", "past the corner", [counting([2, 2])], [("k", .int(-7))], gives: [floats([2, 2], [0, 0, 0, 0])]),
        op("Trilu", opset: 14, [counting([3, 3])], gives: [floats([3, 3], [0, 1, 2, 0, 4, 5, 0, 0, 8])]),
        op(
            "Trilu", "lower", opset: 14, [counting([2, 3]), ints([1], [])], [("upper", .int(0))],
            gives: [floats([2, 3], [0, 1, 0, 3, 4, 5])]),
        op(
            "Trilu", "two matrices", opset: 14, [ints([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]), ints([-1], [])],
            gives: [ints([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2])]),
        op(
            "Trilu", "past the corner", opset: 14, [counting([2, 2]), ints([Int.max], [])],
            gives: [floats([2, 2], [0, 0, 0, 0])]),
    ]
}
