import Tensors

extension OperatorCase {
    static let movement: [OperatorCase] = transposes + slices + pads + gathers + joins + blocks

    private static let transposes: [OperatorCase] =
        [
            ([2, 3], [1, 0]), ([2, 3, 4], [2, 0, 1]), ([2, 3, 4, 5], [0, 2, 3, 1]), ([2, 3, 4, 5], [0, 3, 1, 2]),
            ([1, 3, 1, 5], [3, 1, 0, 2]), ([2, 17, 19], [0, 2, 1]), ([2, 3, 2, 3, 2], [4, 2, 0, 1, 3]),
            ([3, 0, 2], [2, 1, 0]),
        ].map { shape, order in
            let input = counting(shape)
            let expected = Naive.pick(input, order.map { shape[$0] }) { place in
                var source = place
                for (index, axis) in order.enumerated() { source[axis] = place[index] }
                return source
            }
            return op("Transpose", "\(shape) as \(order)", [input], [("perm", .ints(order))], gives: [expected])
        } + [
            op("Transpose", "reversed", [counting([2, 3])], gives: [floats([3, 2], [0, 3, 1, 4, 2, 5])]),
            op(
                "Transpose", "of bytes", [tensor(.uint8, [2, 2], [1, 2, 3, 4])],
                gives: [tensor(.uint8, [2, 2], [1, 3, 2, 4])]),
            op(
                "Expand", [floats([2, 1], [1, 2]), ints([2, 1, 3])],
                gives: [floats([2, 2, 3], [1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2])]),
            op("Expand", "to fewer dimensions", [counting([2, 2]), ints([1])], gives: [counting([2, 2])]),
            op(
                "Tile", [floats([1, 2], [1, 2]), ints([2, 2])], gives: [floats([2, 4], [1, 2, 1, 2, 1, 2, 1, 2])]),
            op(
                "Crop", opset: 7, [counting([1, 1, 4, 4])], [("border", .ints([1, 2, 0, 1]))],
                gives: [floats([1, 1, 1, 3], [9, 10, 11])]),
            op(
                "Crop", "to a size", opset: 7, [counting([1, 1, 4, 4])],
                [("border", .ints([1, 1, 0, 0])), ("scale", .ints([2, 2]))],
                gives: [floats([1, 1, 2, 2], [5, 6, 9, 10])]),
        ]

    private static let slices: [OperatorCase] = [
        op(
            "Slice", "attributes", opset: 9, [counting([3, 4])],
            [("starts", .ints([1, 0])), ("ends", .ints([3, 2])), ("axes", .ints([0, 1]))],
            gives: [floats([2, 2], [4, 5, 8, 9])]),
        op("Slice", "inputs", [counting([6]), ints([1]), ints([5])], gives: [floats([4], [1, 2, 3, 4])]),
        op(
            "Slice", "steps", [counting([2, 5]), ints([0]), ints([5]), ints([1]), ints([2])],
            gives: [floats([2, 3], [0, 2, 4, 5, 7, 9])]),
        op(
            "Slice", "backwards", [counting([5]), ints([-1]), ints([-6]), ints([0]), ints([-2])],
            gives: [floats([3], [4, 2, 0])]),
        op(
            "Slice", "far ends", [counting([3]), ints([Int.min]), ints([Int.max]), ints([0])],
            gives: [counting([3])]),
        op(
            "Slice", "far ends backwards", [counting([3]), ints([Int.max]), ints([Int.min]), ints([0]), ints([-1])],
            gives: [floats([3], [2, 1, 0])]),
        op("Slice", "nothing", [counting([3]), ints([2]), ints([1])], gives: [floats([0], [])]),
        op(
            "Slice", "a huge step", [counting([3]), ints([0]), ints([3]), ints([0]), ints([1 << 39])],
            gives: [floats([1], [0])]),
        op(
            "Slice", "outermost", [counting([3, 2]), ints([1]), ints([2]), ints([0])], gives: [floats([1, 2], [2, 3])]),
        op(
            "Split", "attribute", opset: 11, [counting([2, 4])], [("axis", .int(1)), ("split", .ints([1, 3]))],
            gives: [floats([2, 1], [0, 4]), floats([2, 3], [1, 2, 3, 5, 6, 7])]),
        op(
            "Split", "equal parts", [counting([4])], gives: [floats([2], [0, 1]), floats([2], [2, 3])]),
        op(
            "Split", "sizes as an input", [counting([5]), ints([2, 3])],
            gives: [floats([2], [0, 1]), floats([3], [2, 3, 4])]),
        op(
            "Split", "the last one smaller", opset: 18, [counting([5])], [("num_outputs", .int(3))],
            gives: [floats([2], [0, 1]), floats([2], [2, 3]), floats([1], [4])]),
        op(
            "Split", "an empty part", [counting([1, 2]), ints([2, 0])], [("axis", .int(1))],
            gives: [counting([1, 2]), floats([1, 0], [])]),
    ]

    private static let pads: [OperatorCase] = [
        op(
            "Pad", "attribute", opset: 10, [floats([1, 2], [1, 2])],
            [("pads", .ints([0, 1, 1, 2])), ("value", .float(9))],
            gives: [floats([2, 5], [9, 1, 2, 9, 9, 9, 9, 9, 9, 9])]),
        op(
            "Pad", "input", [floats([2, 2], [1, 2, 3, 4]), ints([1, 0, 0, 1]), floats([], [7])],
            gives: [floats([3, 3], [7, 7, 7, 1, 2, 7, 3, 4, 7])]),
        op(
            "Pad", "reflect", [floats([4], [1, 2, 3, 4]), ints([2, 3])], [("mode", .string("reflect"))],
            gives: [floats([9], [3, 2, 1, 2, 3, 4, 3, 2, 1])]),
        op(
            "Pad", "edge", [floats([2, 2], [1, 2, 3, 4]), ints([1, 1, 0, 2])], [("mode", .string("edge"))],
            gives: [floats([3, 5], [1, 1, 2, 2, 2, 1, 1, 2, 2, 2, 3, 3, 4, 4, 4])]),
        op(
            "Pad", "wrap", opset: 19, [floats([3], [1, 2, 3]), ints([2, 1])], [("mode", .string("wrap"))],
            gives: [floats([6], [2, 3, 1, 2, 3, 1])]),
        op(
            "Pad", "negative", [floats([4], [1, 2, 3, 4]), ints([-1, 1])], gives: [floats([4], [2, 3, 4, 0])]),
        op(
            "Pad", "axes", opset: 18, [floats([1, 2], [1, 2]), ints([1, 0]), nil, ints([-1])],
            gives: [floats([1, 3], [0, 1, 2])]),
        op(
            "Pad", "of integers", [ints([1, 2]), ints([0, 1]), ints([5], [])], gives: [ints([1, 2, 5])]),
    ]

    private static let gathers: [OperatorCase] = [
        op("Gather", [counting([3, 2]), ints([2, 0])], gives: [floats([2, 2], [4, 5, 0, 1])]),
        op(
            "Gather", "inner axis, negative", [counting([2, 3]), ints([-1, 1], [1, 2])], [("axis", .int(1))],
            gives: [floats([2, 1, 2], [2, 1, 5, 4])]),
        op("Gather", "one element", [ints([5, 6, 7]), ints([1], [])], gives: [ints([6], [])]),
        op(
            "GatherElements", [counting([2, 3]), ints([2, 0, 1, 1], [2, 2])], [("axis", .int(1))],
            gives: [floats([2, 2], [2, 0, 4, 4])]),
        op("GatherND", [counting([2, 2]), ints([0, 1, 1, 0], [2, 2])], gives: [floats([2], [1, 2])]),
        op(
            "GatherND", "slices", [counting([2, 2, 2]), ints([1, 0], [2, 1])],
            gives: [floats([2, 2, 2], [4, 5, 6, 7, 0, 1, 2, 3])]),
        op(
            "GatherND", "in batches", [counting([2, 3]), ints([2, 0], [2, 1])], [("batch_dims", .int(1))],
            gives: [floats([2], [2, 3])]),
    ]

    private static let joins: [OperatorCase] = [
        op(
            "Concat", [counting([2, 1]), counting([2, 2])], [("axis", .int(1))],
            gives: [floats([2, 3], [0, 0, 1, 1, 2, 3])]),
        op(
            "Concat", "from the end, one empty", [counting([1, 2]), counting([0, 2]), counting([2, 2])],
            [("axis", .int(-2))],
            gives: [floats([3, 2], [0, 1, 0, 1, 2, 3])]),
        op("Concat", "of integers", [ints([1]), ints([2, 3])], [("axis", .int(0))], gives: [ints([1, 2, 3])]),
        op("Concat", "one input", [counting([2])], [("axis", .int(0))], gives: [counting([2])]),
    ]

    private static let blocks: [OperatorCase] = [
        op(
            "DepthToSpace", "place first", [counting([1, 8, 1, 1])], [("blocksize", .int(2))],
            gives: [floats([1, 2, 2, 2], [0, 2, 4, 6, 1, 3, 5, 7])]),
        op(
            "DepthToSpace", "channel first", [counting([1, 8, 1, 1])],
            [("blocksize", .int(2)), ("mode", .string("CRD"))],
            gives: [counting([1, 2, 2, 2])]),
        op(
            "DepthToSpace", "rows", [counting([1, 4, 2, 1])], [("blocksize", .int(2))],
            gives: [floats([1, 1, 4, 2], [0, 2, 4, 6, 1, 3, 5, 7])]),
        op(
            "SpaceToDepth", [counting([1, 1, 2, 4])], [("blocksize", .int(2))],
            gives: [floats([1, 4, 1, 2], [0, 2, 1, 3, 4, 6, 5, 7])]),
    ]
}
