import Foundation
import Tensors

extension OperatorCase {
    /// A function of two tensors in every way of broadcasting.
    private static func broadcasts(_ name: String, _ f: (Double, Double) -> Double) -> [OperatorCase] {
        let shapes: [([Int], [Int], [Int])] = [
            ([67], [67], [67]), ([3, 5], [], [3, 5]), ([], [3, 5], [3, 5]), ([2, 3, 5], [3, 1], [2, 3, 5]),
            ([2, 3, 5], [5], [2, 3, 5]), ([2, 1, 5], [3, 1], [2, 3, 5]), ([1, 1, 1], [2, 4], [1, 2, 4]),
            ([4, 1, 3, 1], [2, 1, 5], [4, 2, 3, 5]), ([0, 3], [1, 3], [0, 3]), ([3, 1, 70], [3, 5, 70], [3, 5, 70]),
        ]
        return shapes.map { a, b, shape in
            // Away from 0, for division.
            let x = floats(a, numbers(random(a, seed: 2)).map { Float($0 * 3) })
            let y = floats(b, numbers(random(b, seed: 3)).map { Float($0 < 0 ? $0 - 0.5 : $0 + 0.5) })
            return op(name, "\(a) and \(b)", [x, y], gives: [Naive.pairs(x, y, shape, f)], within: 1e-7)
        }
    }

    private static let integerTypes: [ElementType] = [.int64, .int32, .int16, .int8, .uint64, .uint32, .uint16, .uint8]

    /// Whole numbers of every type.
    private static func wholes(_ name: String, opset: Int = 14, _ f: (Double, Double) -> Double) -> [OperatorCase] {
        integerTypes.map { type in
            let (a, b) = (tensor(type, [2, 2], [7, 8, 9, 10]), tensor(type, [2], [2, 3]))
            return op(name, "of \(type)", opset: opset, [a, b], gives: [Naive.pairs(a, b, [2, 2], f)])
        }
    }

    private static func compares(_ name: String, _ f: @escaping (Double, Double) -> Bool) -> [OperatorCase] {
        let types: [ElementType] = [.float32, .float64] + integerTypes
        return types.map { type in
            let (a, b) = (tensor(type, [3, 1], [1, 2, 3]), tensor(type, [3], [1, 2, 3]))
            return op(
                name, "of \(type)", [a, b], gives: [Naive.pairs(a, b, [3, 3], type: .bool) { f($0, $1) ? 1 : 0 }])
        }
    }

    static let binary: [OperatorCase] =
        broadcasts("Add") { Double(Float($0 + $1)) }
        + broadcasts("Sub") { Double(Float($0 - $1)) }
        + broadcasts("Mul") { Double(Float($0 * $1)) }
        + broadcasts("Div") { Double(Float($0 / $1)) }
        + broadcasts("Min") { min($0, $1) }
        + broadcasts("Max") { max($0, $1) }
        + wholes("Add", +) + wholes("Mul", *)
        + wholes("Sub", -) + wholes("Div") { ($0 / $1).rounded(.towardZero) }
        + wholes("Min") { min($0, $1) } + wholes("Max") { max($0, $1) }
        + wholes("Mod") { $0.truncatingRemainder(dividingBy: $1) }
        + compares("Equal", ==) + compares("Less", <) + compares("LessOrEqual", <=)
        + compares("Greater", >) + compares("GreaterOrEqual", >=)
        + more

    private static let more: [OperatorCase] = [
        op("Div", "by zero", [ints([4, -4]), ints([0, 0])], gives: [ints([4, -4])]),
        op(
            "Div", "the least by -1", [ints([Int.min]), ints([-1])], gives: [ints([Int.min])]),
        op(
            "Mod", "signs of the divisor", [ints([7, -7, 7, -7]), ints([3, 3, -3, -3])], gives: [ints([1, 2, -2, -1])]),
        op(
            "Mod", "signs of the dividend", [ints([7, -7, 7, -7]), ints([3, 3, -3, -3])], [("fmod", .int(1))],
            gives: [ints([1, -1, 1, -1])]),
        op(
            "Mod", "of floats", [floats([2], [5.5, -5.5]), floats([], [2])], [("fmod", .int(1))],
            gives: [floats([2], [1.5, -1.5])]),
        op(
            "Pow", [floats([4], [1, 2, 3, 4]), floats([4], [0, 3, 0.5, -1])],
            gives: [floats([4], [1, 8, 1.7320508, 0.25])], within: singlePrecision),
        op("Pow", "squares", [floats([3], [-3, 0, 1.5]), floats([], [2])], gives: [floats([3], [9, 0, 2.25])]),
        op(
            "Pow", "an integer exponent", [floats([2], [2, 3]), ints([3], [])], gives: [floats([2], [8, 27])],
            within: 1e-7),
        op("Pow", "of integers", [ints([2, -3, 5]), ints([10, 3, 0])], gives: [ints([1024, -27, 1])]),
        op(
            "Max", "three tensors and a NaN",
            [floats([3], [1, .nan, 3]), floats([3], [2, 2, .nan]), floats([1], [2.5])],
            gives: [floats([3], [2.5, .nan, .nan])]),
        op("Min", "one tensor", [floats([2], [1, 2])], gives: [floats([2], [1, 2])]),
        op(
            "Sum", [floats([2], [1, 2]), floats([1], [10]), floats([2, 1], [100, 200])],
            gives: [floats([2, 2], [111, 112, 211, 212])]),
        op("Mean", [floats([2], [1, 2]), floats([2], [3, 6])], gives: [floats([2], [2, 4])]),
        op("Equal", "of bool", [bools([true, false]), bools([false, false])], gives: [bools([false, true])]),
        op(
            "And", [bools([true, false, true, false]), bools([true, true, false, false])],
            gives: [bools([true, false, false, false])]),
        op(
            "Or", [bools([true, false, true, false]), bools([true, true, false, false])],
            gives: [bools([true, true, true, false])]),
        op(
            "Xor", "broadcast", [bools([true, false], [2, 1]), bools([true, false])],
            gives: [bools([false, true, true, false], [2, 2])]),
        op(
            "Where", "broadcast", [bools([true, false], [2, 1]), floats([3], [1, 2, 3]), floats([], [9])],
            gives: [floats([2, 3], [1, 2, 3, 9, 9, 9])]),
        op(
            "Where", "of bytes",
            [bools([true, false]), tensor(.uint8, [2], [1, 2]), tensor(.uint8, [2], [3, 4])],
            gives: [tensor(.uint8, [2], [1, 4])]),
    ]
}
