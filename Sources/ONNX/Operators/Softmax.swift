import Tensors

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// `Softmax` and `LogSoftmax` along an axis.
struct Softmax: Operator {
    static let signatures = [
        Signature(name: "Softmax", inputs: 1...1), Signature(name: "LogSoftmax", inputs: 1...1),
    ]

    private let axis: ClassAxis
    private let isLogarithm: Bool

    init(_ attributes: inout Attributes) throws(ModelError) {
        isLogarithm = attributes.operatorName == "LogSoftmax"
        axis = try ClassAxis(&attributes)
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.requireFloats(0)
        let (outer, size, inner) = try axis.resolve(inputs[0].shape)
        var step = Step(outputs: [inputs[0].tensorType], placements: [.over([0])])
        guard inner > 1 else {
            step.run = { frame in
                let (x, y) = (frame.input(0).floats, frame.output.floats)
                frame.pool.split(outer, chunk: max(1, elementwiseChunk / size)) { range in
                    for row in range { self.row(x[row * size..<(row + 1) * size], y[row * size..<(row + 1) * size]) }
                }
            }
            return step
        }
        // Two rows a slice: the largest values, then the sums.
        step.workspace = outer * inner * 2 * 4
        step.run = { frame in
            let (x, y) = (frame.input(0).floats, frame.output.floats)
            frame.pool.run(outer) { index in
                let part = index * size * inner..<(index + 1) * size * inner
                let scratch = frame.floats(at: index * 2 * inner, count: 2 * inner)
                columns(x[part], y[part], inner: inner, size: size, scratch)
            }
        }
        return step
    }

    /// Along a contiguous row.
    private func row(_ x: Buffer<Float>, _ y: Buffer<Float>) {
        guard isLogarithm else { return Kernel.softmax(x, into: y) }
        let largest = Kernel.largest(x)
        var sum: Float = 0
        x.withSpan { x in
            for index in 0..<x.count { sum += exp(x[index] - largest) }
        }
        // One after the other: beside a large value the logarithm would lose its digits.
        Kernel.subtract(x, largest, into: y)
        Kernel.subtract(y, log(sum), into: y)
    }

    /// Along the outer dimension of [size, inner], all inner places at once.
    private func columns(
        _ x: Buffer<Float>, _ y: Buffer<Float>, inner: Int, size: Int, _ scratch: Buffer<Float>
    ) {
        func line(_ buffer: Buffer<Float>, _ index: Int) -> Buffer<Float> {
            buffer[index * inner..<(index + 1) * inner]
        }
        let (largest, sums) = (scratch[0..<inner], scratch[inner..<2 * inner])
        largest.copy(from: line(x, 0))
        for index in 1..<max(size, 1) { Kernel.maximum(largest, line(x, index), into: largest) }
        sums.fill(with: 0)
        if isLogarithm {
            sums.withMutableSpan { sums in
                for index in 0..<size {
                    let values = line(x, index)
                    for place in 0..<inner { sums[place] += exp(values[place] - largest[place]) }
                }
                for place in 0..<inner { sums[place] = log(sums[place]) }
            }
            for index in 0..<size {
                Kernel.subtract(line(x, index), largest, into: line(y, index))
                Kernel.subtract(line(y, index), sums, into: line(y, index))
            }
            return
        }
        for index in 0..<size {
            Kernel.subtract(line(x, index), largest, into: line(y, index))
            Kernel.exp(line(y, index), into: line(y, index))
            Kernel.add(sums, line(y, index), into: sums)
        }
        for index in 0..<size { Kernel.divide(line(y, index), sums, into: line(y, index)) }
    }
}
