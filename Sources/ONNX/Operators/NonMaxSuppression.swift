import Tensors

/// `NonMaxSuppression`: of boxes that overlap by more than a threshold, the one with the best score, by class and image.
///
/// The result is [how many, 3]: image, class and box, in the order they were taken.
struct NonMaxSuppression: Operator {
    static let signatures = [Signature(name: "NonMaxSuppression", opsets: 10...28, inputs: 2...5)]

    private let isCentered: Bool

    /// Pairs of boxes that are compared at most: half a minute.
    private static let work = 1 << 33

    init(_ attributes: inout Attributes) throws(ModelError) {
        // 0: two corners that lie across, y before x; 1: x and y of the centre, width and height.
        isCentered = try attributes.flag("center_point_box")
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.requireFloats(0, ranks: 3...3)
        try inputs.requireFloats(1, ranks: 3...3)
        let (boxShape, scoreShape) = (inputs[0].shape, inputs[1].shape)
        guard boxShape[2] == 4 else {
            throw ModelError("wrong shape of input 0", expected: "[n, n, 4]", got: "\(boxShape)")
        }
        guard scoreShape[0] == boxShape[0], scoreShape[2] == boxShape[1] else {
            throw ModelError(
                "wrong shape of input 1", expected: "[\(boxShape[0]), classes, \(boxShape[1])]", got: "\(scoreShape)")
        }
        let limit = max(try inputs.integer(2, "`max_output_boxes_per_class`") ?? 0, 0)
        let overlap = Float(try inputs.number(3, "`iou_threshold`") ?? 0)
        let least = try inputs.number(4, "`score_threshold`").map { Float($0) }
        guard (0...1).contains(overlap) else {
            throw ModelError("`iou_threshold` is out of range", expected: "0 to 1", got: "\(overlap)")
        }
        guard let boxes = inputs[0].constant, let scores = inputs[1].constant else {
            throw .unknownValue("the shape of the result", input: inputs[0].constant == nil ? 0 : 1)
        }
        let count = boxShape[1]
        let corners = (0..<boxShape[0] * count).map { Box(boxes.floats, at: $0 * 4, isCentered: isCentered) }
        var selected: [Int64] = []
        var left = NonMaxSuppression.work
        for row in 0..<scoreShape[0] * scoreShape[1] {
            let image = row / scoreShape[1]
            let chosen = try NonMaxSuppression.select(
                corners[image * count..<(image + 1) * count], scores.floats[row * count..<(row + 1) * count],
                limit: limit, overlap: overlap, least: least, &left)
            for box in chosen { selected += [Int64(image), Int64(row % scoreShape[1]), Int64(box)] }
        }
        return .known([Tensor(selected, shape: [selected.count / 3, 3])])
    }

    /// Boxes of one image, chosen by the scores of one class.
    private static func select(
        _ boxes: ArraySlice<Box>, _ scores: Buffer<Float>, limit: Int, overlap: Float, least: Float?, _ left: inout Int
    ) throws(ModelError) -> [Int] {
        let candidates = scores.indices.filter {
            scores[$0] > least ?? -.infinity || (least == nil && !scores[$0].isNaN)
        }
        let order = candidates.sorted { scores[$0] == scores[$1] ? $0 < $1 : scores[$0] > scores[$1] }
        var chosen: [Int] = []
        for index in order {
            guard chosen.count < limit else { break }
            left -= chosen.count
            guard left > 0 else { throw ModelError("too many boxes", got: "\(boxes.count)") }
            let box = boxes[boxes.startIndex + index]
            if chosen.allSatisfy({ !box.overlaps(boxes[boxes.startIndex + $0], by: overlap) }) { chosen.append(index) }
        }
        return chosen
    }

    /// Corners in order.
    private struct Box {
        let left: Float
        let top: Float
        let right: Float
        let bottom: Float

        init(_ values: Buffer<Float>, at start: Int, isCentered: Bool) {
            let (a, b, c, d) = (values[start], values[start + 1], values[start + 2], values[start + 3])
            if isCentered {
                (left, top, right, bottom) = (a - c / 2, b - d / 2, a + c / 2, b + d / 2)
            } else {
                (left, top, right, bottom) = (min(b, d), min(a, c), max(b, d), max(a, c))
            }
        }

        private var area: Float { (right - left) * (bottom - top) }

        /// Whether what both cover is more than `threshold` of what either covers.
        func overlaps(_ other: Box, by threshold: Float) -> Bool {
            let width = min(right, other.right) - max(left, other.left)
            let height = min(bottom, other.bottom) - max(top, other.top)
            guard width > 0, height > 0, area > 0, other.area > 0 else { return false }
            let common = width * height
            return common / (area + other.area - common) > threshold
        }
    }
}
