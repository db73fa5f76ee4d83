import Tensors

/// Scales and zero points of a quantised tensor: one for all of it, one for each index along an axis, or one for each
/// block of indices along it.
struct QuantizationGrid: Sendable {
    /// Of the dimensions before the axis, the axis and those after it; all in one row where there is one scale.
    private let size: Int
    private let inner: Int
    /// Indices along the axis that share a scale, and how many such blocks there are.
    private let block: Int
    private let blocks: Int
    /// Whether the scales differ along the dimensions before and after the axis too.
    private let isBlocked: Bool

    /// - Parameters:
    ///   - scale: the shape of the scales.
    ///   - shape: of the tensor.
    ///   - blockSize: 0 for scales by axis.
    init(scale: [Int], of shape: [Int], axis: Int, blockSize: Int) throws(ModelError) {
        if blockSize == 0, scale.reduce(1, *) == 1, scale.count <= 1 {
            (size, inner, block, blocks, isBlocked) = (1, 1, 1, 1, false)
            return
        }
        let axis = try Operands.axis(axis, rank: shape.count)
        size = shape[axis]
        inner = shape[(axis + 1)...].reduce(1, *)
        isBlocked = blockSize > 0
        block = max(blockSize, 1)
        blocks = (size + block - 1) / block
        var expected = isBlocked ? shape : [size]
        if isBlocked { expected[axis] = blocks }
        guard scale == expected else {
            throw ModelError("wrong shape of the scale (input 1)", expected: "\(expected)", got: "\(scale)")
        }
    }

    /// The place of the scale of element `index`.
    func place(_ index: Int) -> Int {
        let along = index / inner % size / block
        return isBlocked ? (index / inner / size * blocks + along) * inner + index % inner : along
    }

    /// Calls `body` for runs of elements of one scale.
    func forEachRun(_ range: Range<Int>, _ body: (_ run: Range<Int>, _ place: Int) -> Void) {
        guard size > 1 || isBlocked else { return body(range, 0) }
        // Blocked scales differ from one element to the next where there are dimensions after the axis.
        let length = isBlocked && inner > 1 ? 1 : inner
        var start = range.lowerBound
        while start < range.upperBound {
            let end = min((start / length + 1) * length, range.upperBound)
            body(start..<end, place(start))
            start = end
        }
    }
}

extension ElementType {
    /// Types that quantised values may have.
    static let quantized: [ElementType] = [.uint8, .int8, .uint16, .int16]
}

/// round(x / scale) + zero point (ties to even), cut off at the ends of the type; 0 for NaN.
func quantized<Value: FixedWidthInteger>(_ quotient: Float, _ zeroPoint: Value) -> Value {
    clamped(Double(quotient.rounded(.toNearestOrEven)) + Double(zeroPoint))
}
