import Tensors

/// `Gemm`: alpha A B + beta C, with A and B transposed on demand and C broadcast.
struct Gemm: Operator {
    static let signatures = [Signature(name: "Gemm", inputs: 2...3)]

    private let alpha: Float
    private let beta: Float
    private let transposesA: Bool
    private let transposesB: Bool

    /// Multiplications that are worth another thread.
    private static let chunkWork = 1 << 17

    init(_ attributes: inout Attributes) throws(ModelError) {
        alpha = try attributes.float("alpha", default: 1)
        beta = try attributes.float("beta", default: 1)
        transposesA = try attributes.flag("transA")
        transposesB = try attributes.flag("transB")
        if attributes.opset < 11, attributes.inputCount < 3 { throw ModelError("input 2 is missing") }
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.requireFloats(0, ranks: 2...2)
        try inputs.requireFloats(1, ranks: 2...2)
        let (a, b) = (inputs[0].shape, inputs[1].shape)
        let (m, k) = transposesA ? (a[1], a[0]) : (a[0], a[1])
        let n = transposesB ? b[0] : b[1]
        guard (transposesB ? b[1] : b[0]) == k else {
            throw ModelError("shapes do not multiply", got: "\(a) and \(b), transposed: \(transposesA), \(transposesB)")
        }
        var broadcast: Broadcast?
        if let c = inputs.optional(2) {
            try inputs.requireFloats(2)
            guard try Broadcast.shape(of: [[m, n], c.shape]) == [m, n] else {
                throw ModelError("input 2 does not broadcast", expected: "[\(m), \(n)]", got: "\(c.shape)")
            }
            broadcast = Broadcast([c.shape], to: [m, n])
        }
        let addend = broadcast
        let product = MatrixProduct(rows: m, columns: n, depth: k)
        let isRow = m == 1 && transposesB && k > 0
        return Step(outputs: [TensorType(type: .float32, shape: [m, n])]) { frame in
            let (left, right, y) = (frame.input(0).floats, frame.input(1).floats, frame.output.floats)
            if isRow { multiply(left, right, into: y, frame.pool) } else { y.fill(with: 0) }
            if let addend, let c = frame.optional(2)?.floats { add(c, addend, to: y) }
            guard k > 0, !isRow else { return }
            frame.pool.run(product.tiles) { tile in
                product.compute(
                    tile: tile, alpha: alpha, .init(elements: left, stride: a[1], isTransposed: transposesA),
                    .init(elements: right, stride: b[1], isTransposed: transposesB), beta: 1, into: y)
            }
        }
    }

    /// A layer at the end of most classifiers: a row by the rows of B, each of which is read once.
    private func multiply(_ a: Buffer<Float>, _ b: Buffer<Float>, into y: Buffer<Float>, _ pool: WorkerPool) {
        pool.split(y.count, chunk: max(1, Gemm.chunkWork / a.count)) { rows in
            let part = y[rows]
            Kernel.matrixVectors(
                b[rows.lowerBound * a.count..<rows.upperBound * a.count], rows: rows.count, columns: a.count, a,
                into: part)
            if alpha != 1 { Kernel.multiply(part, alpha, into: part) }
        }
    }

    /// y += beta C.
    private func add(_ c: Buffer<Float>, _ broadcast: Broadcast, to y: Buffer<Float>) {
        let step = broadcast.innerStrides[0]
        broadcast.walk(0..<broadcast.count) { start, count, offsets in
            let target = y[start..<start + count]
            if step == 0 {
                Kernel.add(target, beta * c[offsets[0]], into: target)
            } else {
                Kernel.axpy(beta, c[offsets[0]..<offsets[0] + count], into: target)
            }
        }
    }
}
