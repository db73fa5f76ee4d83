import Tensors

/// `MatMulInteger` and `QLinearMatMul`: products of quantised matrices, summed in 32-bit integers, which wrap around.
///
/// The second takes the sums back to 8 bits. Scales and zero points are one for a matrix, or one for each row on the
/// left and each column on the right.
struct IntegerProduct: Operator {
    static let signatures = [
        Signature(name: "MatMulInteger", opsets: 10...28, inputs: 2...4),
        Signature(name: "QLinearMatMul", opsets: 10...28, inputs: 8...8),
    ]

    private let isRescaled: Bool

    init(_ attributes: inout Attributes) throws(ModelError) { isRescaled = attributes.operatorName == "QLinearMatMul" }

    /// Places of the inputs.
    private var b: Int { isRescaled ? 3 : 1 }
    private var zeroPointA: Int { 2 }
    private var zeroPointB: Int { isRescaled ? 5 : 3 }

    /// The sizes of one product, and which matrices meet.
    private struct Geometry: Sendable {
        let m: Int
        let k: Int
        let n: Int
        var sides: [(Int, Int)] = []
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let types: [ElementType] = [.uint8, .int8]
        for index in [0, b] {
            try inputs.require(index, types)
            guard inputs[index].rank >= 1 else { throw ModelError("input \(index) is one number, not a matrix") }
        }
        let left = inputs[0].rank == 1 ? [1] + inputs[0].shape : inputs[0].shape
        let right = inputs[b].rank == 1 ? inputs[b].shape + [1] : inputs[b].shape
        var geometry = Geometry(m: left[left.count - 2], k: left[left.count - 1], n: right[right.count - 1])
        guard right[right.count - 2] == geometry.k else {
            throw ModelError("shapes do not multiply", got: "\(inputs[0].shape) and \(inputs[b].shape)")
        }
        try check(inputs, geometry)
        let batches = try Broadcast.shape(of: [Array(left.dropLast(2)), Array(right.dropLast(2))])
        var shape = batches
        if inputs[0].rank > 1 { shape.append(geometry.m) }
        if inputs[b].rank > 1 { shape.append(geometry.n) }
        let type = TensorType(type: isRescaled ? inputs[7].type : .int32, shape: shape)
        try Planner.checkSize(type, limit: inputs.memoryLimit)
        let broadcast = Broadcast([Array(left.dropLast(2)), Array(right.dropLast(2))], to: batches)
        let steps = broadcast.innerStrides
        broadcast.walk(0..<broadcast.count) { _, count, offsets in
            for index in 0..<count {
                geometry.sides.append((offsets[0] + index * steps[0], offsets[1] + index * steps[1]))
            }
        }
        let planned = geometry
        let counts = (inputs[0].count, inputs[b].count)
        return Step(outputs: [type], workspace: (counts.0 + counts.1 + planned.m * planned.n) * 4) { frame in
            run(planned, counts, frame)
        }
    }

    /// Checks scales and zero points.
    private func check(_ inputs: Operands, _ geometry: Geometry) throws(ModelError) {
        func check(_ index: Int, _ types: [ElementType], lines: Int?) throws(ModelError) {
            guard let operand = inputs.optional(index) else { return }
            try inputs.require(index, types)
            let isLine =
                lines.map { operand.count == $0 && operand.shape.allSatisfy { $0 == 1 || $0 == lines } } ?? false
            guard operand.count == 1 || isLine else {
                throw ModelError(
                    "wrong shape of input \(index)", expected: "one value" + (lines.map { " or [\($0)]" } ?? ""),
                    got: "\(operand.shape)")
            }
        }
        try check(zeroPointA, [inputs[0].type], lines: geometry.m)
        try check(zeroPointB, [inputs[b].type], lines: geometry.n)
        guard isRescaled else { return }
        try check(1, [.float32], lines: geometry.m)
        try check(4, [.float32], lines: geometry.n)
        try check(6, [.float32], lines: nil)
        try check(7, [.uint8, .int8], lines: nil)
    }

    private func run(_ geometry: Geometry, _ counts: (Int, Int), _ frame: Frame) {
        let (m, k, n) = (geometry.m, geometry.k, geometry.n)
        func scratch(_ start: Int, _ count: Int) -> Buffer<Int32> {
            frame.scratch(shape: [count], type: .int32, byteOffset: start * 4).elements(as: Int32.self)
        }
        let (left, right) = (scratch(0, counts.0), scratch(counts.0, counts.1))
        let rowPoints = Centered.zeroPoints(frame.optional(zeroPointA))
        let columnPoints = Centered.zeroPoints(frame.optional(zeroPointB))
        Centered.fill(left, from: frame.input(0)) { rowPoints[rowPoints.count == 1 ? 0 : $0 / k % m] }
        Centered.fill(right, from: frame.input(b)) { columnPoints[columnPoints.count == 1 ? 0 : $0 % n] }
        let sums = isRescaled ? scratch(counts.0 + counts.1, m * n) : frame.output.elements(as: Int32.self)
        for (batch, side) in geometry.sides.enumerated() {
            let target = isRescaled ? sums : sums[batch * m * n..<(batch + 1) * m * n]
            let (a, b) = (left[side.0 * m * k..<(side.0 + 1) * m * k], right[side.1 * k * n..<(side.1 + 1) * k * n])
            frame.pool.split(m, chunk: max(1, elementwiseChunk * 16 / max(k * n, 1))) { rows in
                for row in rows {
                    IntegerProduct.row(a[row * k..<(row + 1) * k], b, into: target[row * n..<(row + 1) * n])
                }
            }
            if isRescaled { rescale(target, batch: batch, m: m, n: n, frame) }
        }
    }

    /// One row of a product.
    private static func row(_ a: Buffer<Int32>, _ b: Buffer<Int32>, into y: Buffer<Int32>) {
        y.fill(with: 0)
        let columns = y.count
        y.withMutableSpan { y in
            b.withSpan { b in
                for depth in 0..<a.count {
                    let (factor, start) = (a[depth], depth * columns)
                    for column in 0..<columns { y[column] &+= factor &* b[start + column] }
                }
            }
        }
    }

    private func rescale(_ sums: Buffer<Int32>, batch: Int, m: Int, n: Int, _ frame: Frame) {
        let (rowScales, columnScales) = (frame.input(1).floats, frame.input(4).floats)
        let scale = frame.input(6).floats[0]
        let zeroPoint = Centered.zeroPoints(frame.input(7))[0]
        func write<Value: TensorElement & FixedWidthInteger>(_: Value.Type) {
            let y = frame.output.elements(as: Value.self)
            let own = Value(truncatingIfNeeded: zeroPoint)
            for index in sums.indices {
                let row = rowScales[rowScales.count == 1 ? 0 : index / n]
                let column = columnScales[columnScales.count == 1 ? 0 : index % n]
                y[batch * m * n + index] = quantized(Float(sums[index]) * (row * column / scale), own)
            }
        }
        frame.output.type == .int8 ? write(Int8.self) : write(UInt8.self)
    }
}
