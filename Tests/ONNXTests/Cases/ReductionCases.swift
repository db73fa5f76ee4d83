import Foundation
import Tensors

extension OperatorCase {
    private static func reduction(_ name: String, _ f: ([Double]) -> Double) -> [OperatorCase] {
        let x = floats([2, 3, 4, 5], numbers(random([2, 3, 4, 5], seed: 50)).map { Float($0 + 1.5) })
        let axes: [[Int]] = [[3], [1], [0, 2], [2, 3], [0, 1, 2, 3], [1, 3]]
        // The axes became an input at different times.
        let newest = name == "ReduceSum" ? 13 : 18
        return axes.flatMap { axes in
            let kept = Naive.reduce(x, axes, f)
            let dropped = kept.reshaped(x.shape.indices.filter { !axes.contains($0) }.map { x.shape[$0] })
            return [
                op(
                    name, "axes \(axes)", opset: 11, [x], [("axes", .ints(axes.map { $0 - 4 }))], gives: [kept],
                    within: singlePrecision),
                op(
                    name, "axes \(axes) as an input, dropped", opset: newest, [x, ints(axes)], [("keepdims", .int(0))],
                    gives: [dropped], within: singlePrecision),
            ]
        } + [
            op(
                name, "all axes", opset: newest, [x], gives: [Naive.reduce(x, [0, 1, 2, 3], f)], within: singlePrecision
            ),
            op(name, "no axes", opset: newest, [x, ints([])], [("noop_with_empty_axes", .int(1))], gives: [x]),
        ]
    }

    private static func sum(_ x: [Double]) -> Double { x.reduce(0, +) }

    static let reductions: [OperatorCase] =
        reduction("ReduceSum", sum)
        + reduction("ReduceMean") { sum($0) / Double($0.count) }
        + reduction("ReduceMax") { $0.max()! }
        + reduction("ReduceMin") { $0.min()! }
        + reduction("ReduceProd") { $0.reduce(1, *) }
        + reduction("ReduceL1") { sum($0.map(abs)) }
        + reduction("ReduceL2") { sum($0.map { $0 * $0 }).squareRoot() }
        + reduction("ReduceSumSquare") { sum($0.map { $0 * $0 }) }
        + reduction("ReduceLogSum") { log(sum($0)) }
        + reduction("ReduceLogSumExp") { log(sum($0.map(exp))) }
        + [
            op("ReduceSum", "of integers", [ints([1, 2, 3, 4], [2, 2]), ints([0])], gives: [ints([4, 6], [1, 2])]),
            op(
                "ReduceProd", "of nothing", opset: 11, [floats([2, 0], [])], [("axes", .ints([1]))],
                gives: [floats([2, 1], [1, 1])]),
            op("ReduceMax", "of integers", opset: 11, [ints([5, -2, 9])], gives: [ints([9])]),
        ] + places

    private static let places: [OperatorCase] = [
        op(
            "ArgMax", [floats([2, 3], [1, 5, 5, 9, 2, 3])], [("axis", .int(1))], gives: [ints([1, 0], [2, 1])]),
        op(
            "ArgMax", "the last of equals", [floats([2, 3], [1, 5, 5, 9, 2, 3])],
            [("axis", .int(-1)), ("select_last_index", .int(1)), ("keepdims", .int(0))], gives: [ints([2, 0])]),
        op("ArgMax", "outer axis", [floats([2, 2], [1, 5, 5, 2])], gives: [ints([1, 0], [1, 2])]),
        op("ArgMin", "of integers", [ints([3, 1, 2])], [("keepdims", .int(0))], gives: [ints([1], [])]),
        op(
            "TopK", [floats([2, 4], [1, 4, 3, 4, 8, 5, 6, 7]), ints([2])],
            gives: [floats([2, 2], [4, 4, 8, 7]), ints([1, 3, 0, 3], [2, 2])]),
        op(
            "TopK", "smallest, outer axis", [ints([3, 1, 2, 9, 0, 5], [3, 2]), ints([2])],
            [("axis", .int(0)), ("largest", .int(0))],
            gives: [ints([0, 1, 2, 5], [2, 2]), ints([2, 0, 1, 2], [2, 2])]),
        op(
            "TopK", "attribute", opset: 9, [floats([3], [1, 3, 2])], [("k", .int(1))],
            gives: [floats([1], [3]), ints([1])]),
    ]
}
