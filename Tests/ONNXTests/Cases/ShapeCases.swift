import Tensors

extension OperatorCase {
    static let shapes: [OperatorCase] = [
        op("Identity", [counting([2, 3])], gives: [counting([2, 3])]),
        op("Dropout", opset: 7, [counting([4])], [("ratio", .float(0.5))], gives: [counting([4])]),
        op(
            "Dropout", "with a mask", [counting([2]), floats([], [0.5]), bools([false], [])],
            gives: [counting([2]), bools([true, true])]),
        op("Shape", [counting([2, 3, 4])], gives: [ints([2, 3, 4])]),
        op("Shape", "of a number", [floats([], [1])], gives: [ints([])]),
        op(
            "Shape", "a part", opset: 15, [counting([2, 3, 4])], [("start", .int(-2)), ("end", .int(9))],
            gives: [ints([3, 4])]),
        op("Size", [counting([2, 3, 4])], gives: [ints([24], [])]),
        op("Constant", [], [("value", .tensor(counting([2, 2])))], gives: [counting([2, 2])]),
        op("Constant", "a number", [], [("value_float", .float(1.5))], gives: [floats([], [1.5])]),
        op("Constant", "integers", [], [("value_ints", .ints([-1, 2]))], gives: [ints([-1, 2])]),
        op("Constant", "an integer", [], [("value_int", .int(-7))], gives: [ints([-7], [])]),
        op("Constant", "numbers", [], [("value_floats", .floats([1, 2]))], gives: [floats([2], [1, 2])]),
        op(
            "ConstantOfShape", [ints([2, 3])], [("value", .tensor(ints([7], [1])))],
            gives: [ints([7, 7, 7, 7, 7, 7], [2, 3])]),
        op("ConstantOfShape", "zeros", [ints([2])], gives: [floats([2], [0, 0])]),
        op("Range", [ints([3], []), ints([10], []), ints([3], [])], gives: [ints([3, 6, 9])]),
        op("Range", "down", [ints([10], []), ints([4], []), ints([-2], [])], gives: [ints([10, 8, 6])]),
        op(
            "Range", "of floats", [floats([], [0]), floats([], [1]), floats([], [0.25])],
            gives: [floats([4], [0, 0.25, 0.5, 0.75])]),
        op("Reshape", [counting([2, 6]), ints([3, -1])], gives: [counting([3, 4])]),
        op("Reshape", "0 keeps", [counting([2, 3, 2]), ints([0, -1])], gives: [counting([2, 6])]),
        op(
            "Reshape", "0 is 0", opset: 14, [counting([0, 3]), ints([3, 0])], [("allowzero", .int(1))],
            gives: [counting([3, 0])]),
        op("Reshape", "to a number", [counting([1, 1]), ints([])], gives: [counting([])]),
        op("Flatten", [counting([2, 3, 4])], gives: [counting([2, 12])]),
        op("Flatten", "all", [counting([2, 3])], [("axis", .int(0))], gives: [counting([1, 6])]),
        op("Flatten", "from the end", [counting([2, 3, 4])], [("axis", .int(-1))], gives: [counting([6, 4])]),
        op("Flatten", "past the end", [counting([2, 3])], [("axis", .int(2))], gives: [counting([6, 1])]),
        op("Squeeze", opset: 11, [counting([1, 3, 1])], [("axes", .ints([0]))], gives: [counting([3, 1])]),
        op("Squeeze", "axes as an input", [counting([1, 3, 1]), ints([-1])], gives: [counting([1, 3])]),
        op("Squeeze", "all", [counting([1, 3, 1])], gives: [counting([3])]),
        op("Unsqueeze", opset: 11, [counting([3])], [("axes", .ints([0, 2]))], gives: [counting([1, 3, 1])]),
        op("Unsqueeze", "axes as an input", [counting([3]), ints([-1])], gives: [counting([3, 1])]),
        op(
            "Cast", "to whole numbers", [floats([5], [-1.9, -0.5, 0.5, 1.9, 300])], [("to", .int(7))],
            gives: [ints([-1, 0, 0, 1, 300])]),
        op("Cast", "to bool", [floats([3], [0, 0.5, -2])], [("to", .int(9))], gives: [bools([false, true, true])]),
        op("Cast", "from bool", [bools([true, false])], [("to", .int(1))], gives: [floats([2], [1, 0])]),
        op(
            "Cast", "wraps", [ints([300, -1])], [("to", .int(2))], gives: [tensor(.uint8, [2], [44, 255])]),
        op(
            "Cast", "to double", [floats([2], [0.5, -3])], [("to", .int(11))],
            gives: [tensor(.float64, [2], [0.5, -3])]),
        op(
            "Cast", "bytes to floats", [tensor(.uint8, [2], [0, 255])], [("to", .int(1))],
            gives: [floats([2], [0, 255])]),
        op("Cast", "integers", [ints([-5, 7])], [("to", .int(6))], gives: [tensor(.int32, [2], [-5, 7])]),
        op(
            "Cast", "to half", [floats([3], [0.1, 70000, -2])], [("to", .int(10))],
            gives: [tensor(.float16, [3], [0.1, .infinity, -2])]),
        op("CastLike", opset: 15, [ints([1, 2]), floats([1], [0])], gives: [floats([2], [1, 2])]),
    ]
}
