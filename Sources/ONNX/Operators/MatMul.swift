import Tensors

/// `MatMul`: matrix products as NumPy's `matmul`: the last two dimensions are matrices, those before are broadcast, a
/// vector counts as a row on the left and a column on the right.
struct MatMul: Operator {
    static let signatures = [Signature(name: "MatMul", inputs: 2...2)]

    init(_ attributes: inout Attributes) throws(ModelError) {}

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.requireFloats(0, ranks: 1...Limits.rank)
        try inputs.requireFloats(1, ranks: 1...Limits.rank)
        let a = inputs[0].rank == 1 ? [1] + inputs[0].shape : inputs[0].shape
        let b = inputs[1].rank == 1 ? inputs[1].shape + [1] : inputs[1].shape
        let (m, k, n) = (a[a.count - 2], a[a.count - 1], b[b.count - 1])
        guard b[b.count - 2] == k else {
            throw ModelError("shapes do not multiply", got: "\(inputs[0].shape) and \(inputs[1].shape)")
        }
        let batches = try Broadcast.shape(of: [Array(a.dropLast(2)), Array(b.dropLast(2))])
        var shape = batches
        if inputs[0].rank > 1 { shape.append(m) }
        if inputs[1].rank > 1 { shape.append(n) }
        try Limits.check(shape: shape)
        if shape.contains(0) { return Step(outputs: [TensorType(type: .float32, shape: shape)]) { _ in } }
        // Which matrix of each side a batch multiplies.
        let broadcast = Broadcast([Array(a.dropLast(2)), Array(b.dropLast(2))], to: batches)
        let steps = broadcast.innerStrides
        try Planner.checkSize(TensorType(type: .float32, shape: shape), limit: inputs.memoryLimit)
        var pairs: [(Int, Int)] = []
        broadcast.walk(0..<broadcast.count) { _, count, offsets in
            for index in 0..<count { pairs.append((offsets[0] + index * steps[0], offsets[1] + index * steps[1])) }
        }
        let sides = pairs
        let product = MatrixProduct(rows: m, columns: n, depth: k)
        return Step(outputs: [TensorType(type: .float32, shape: shape)]) { frame in
            let (a, b, y) = (frame.input(0).floats, frame.input(1).floats, frame.output.floats)
            guard k > 0 else {
                y.fill(with: 0)
                return
            }
            let tiles = product.tiles
            frame.pool.run(sides.count * tiles) { index in
                let batch = index / tiles
                let (left, right) = sides[batch]
                product.compute(
                    tile: index % tiles, .init(elements: a[left * m * k..<(left + 1) * m * k], stride: k),
                    .init(elements: b[right * k * n..<(right + 1) * k * n], stride: n),
                    into: y[batch * m * n..<(batch + 1) * m * n])
            }
        }
    }
}
