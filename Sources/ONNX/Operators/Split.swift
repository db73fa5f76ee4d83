import Tensors

/// `Split`: a tensor cut into parts along an axis. The sizes are an attribute before operator set 13.
struct Split: Operator {
    static let signatures = [Signature(name: "Split", inputs: 1...2, outputs: 1...Signature.many)]

    private let axis: Int
    private let sizes: [Int]?
    private let outputCount: Int
    private let roundsUp: Bool

    init(_ attributes: inout Attributes) throws(ModelError) {
        axis = try attributes.int("axis", default: 0)
        sizes = attributes.opset < 13 ? try attributes.ints("split") : nil
        outputCount = attributes.outputCount
        roundsUp = attributes.opset >= 18
        guard attributes.opset >= 18 else { return }
        if let wanted = try attributes.int("num_outputs"), wanted != outputCount {
            throw ModelError("`num_outputs` differs from the outputs", expected: "\(outputCount)", got: "\(wanted)")
        }
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let input = inputs[0]
        let axis = try Operands.axis(axis, rank: input.rank)
        let sizes = try parts(inputs, of: input.shape[axis])
        let inner = input.shape[(axis + 1)...].reduce(1, *)
        let outer = input.shape[..<axis].reduce(1, *)
        var step = Step(outputs: [])
        var reads: [StridedRead] = []
        var first = 0
        for size in sizes {
            var read = StridedRead(whole: input.shape)
            read.take(axis: axis, first: first, count: size, step: 1)
            step.outputs.append(TensorType(type: input.type, shape: read.shape))
            // Nothing lies before or after the part but other parts of the same outermost piece.
            let isView = outer == 1 && size > 0
            step.placements.append(
                isView ? .view(of: 0, byteOffset: first * inner * input.type.byteSize) : .own)
            reads.append(read)
            first += size
        }
        guard outer != 1 else {
            step.run = { _ in }
            return step
        }
        let all = reads
        step.run = { frame in
            for (read, output) in zip(all, frame.outputs) {
                if let output { read.run(from: frame.input(0), to: output, pool: frame.pool) }
            }
        }
        return step
    }

    private func parts(_ inputs: Operands, of size: Int) throws(ModelError) -> [Int] {
        if let sizes = try inputs.integers(1, "`split`", or: sizes) {
            guard sizes.count == outputCount, sizes.allSatisfy({ $0 >= 0 && $0 <= size }), sizes.reduce(0, +) == size
            else {
                throw ModelError(
                    "`split` does not fit", expected: "\(outputCount) sizes that add up to \(size)",
                    got: "\(sizes.prefix(8))")
            }
            return sizes
        }
        guard roundsUp || size % outputCount == 0 else {
            throw ModelError("\(size) elements cannot be split into \(outputCount) equal parts")
        }
        let part = (size + outputCount - 1) / outputCount
        guard part * (outputCount - 1) <= size else {
            throw ModelError("\(size) elements cannot be split into \(outputCount) parts")
        }
        return (0..<outputCount).map { $0 == outputCount - 1 ? size - part * $0 : part }
    }
}
