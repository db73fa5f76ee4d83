import Tensors

/// `DepthToSpace` and `SpaceToDepth`: channels moved into blocks of pixels and back.
struct DepthToSpace: Operator {
    static let signatures = [
        Signature(name: "DepthToSpace", inputs: 1...1), Signature(name: "SpaceToDepth", inputs: 1...1),
    ]

    /// Which comes first in the channels: the place in the block (DCR) or the channel of the result (CRD).
    private enum Mode: String, CaseIterable {
        case depthColumnRow = "DCR"
        case columnRowDepth = "CRD"
    }

    private let reverses: Bool
    private let block: Int
    private let mode: Mode

    init(_ attributes: inout Attributes) throws(ModelError) {
        reverses = attributes.operatorName == "SpaceToDepth"
        block = try attributes.int("blocksize", default: 0, in: 1...65536)
        // The attribute came with operator set 11, and 28 for SpaceToDepth.
        let hasMode = attributes.opset >= (reverses ? 28 : 11)
        mode = hasMode ? try attributes.choice("mode", default: .depthColumnRow) : .depthColumnRow
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let input = inputs[0]
        guard input.rank == 4 else {
            throw ModelError("wrong number of dimensions", expected: "4", got: "\(input.shape)")
        }
        let (n, c, h, w) = (input.shape[0], input.shape[1], input.shape[2], input.shape[3])
        let area = block * block
        if reverses {
            guard h % block == 0, w % block == 0 else {
                throw ModelError("height and width must be multiples of \(block)", got: "\(input.shape)")
            }
            let (rows, columns) = (h / block, w / block)
            // [n, c, rows, by, columns, bx] read as [n, by, bx, c, rows, columns], or with c before by and bx.
            let sizes = [n, c, rows, block, columns, block]
            let strides = StridedRead.rowMajor(sizes)
            let order = mode == .depthColumnRow ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4]
            let read = StridedRead(shape: order.map { sizes[$0] }, strides: order.map { strides[$0] })
            return try read.step(of: input, shape: [n, c * area, rows, columns])
        }
        guard c % area == 0 else { throw ModelError("channels must be a multiple of \(area)", got: "\(input.shape)") }
        let depth = c / area
        let strides: [Int]
        let order: [Int]
        switch mode {
        case .depthColumnRow:
            // [n, by, bx, depth, h, w] read as [n, depth, h, by, w, bx].
            strides = StridedRead.rowMajor([n, block, block, depth, h, w])
            order = [0, 3, 4, 1, 5, 2]
        case .columnRowDepth:
            // [n, depth, by, bx, h, w] read likewise.
            strides = StridedRead.rowMajor([n, depth, block, block, h, w])
            order = [0, 1, 4, 2, 5, 3]
        }
        let read = StridedRead(shape: [n, depth, h, block, w, block], strides: order.map { strides[$0] })
        return try read.step(of: input, shape: [n, depth, h * block, w * block])
    }
}
