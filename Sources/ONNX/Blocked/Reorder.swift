import Tensors

/// [N, C, H, W] to the blocked layout, [N, C / 8, H, W, 8]; lanes past the channels become 0.
struct ToBlocks: Implementation {
    /// What the node that wants it expects.
    let channels: Int

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.requireFloats(0, ranks: 4...4)
        let shape = inputs[0].shape
        guard shape[1] == channels else {
            throw ModelError("weights do not fit the input's channels", expected: "\(channels)", got: "\(shape)")
        }
        let lanes = BlockedLayout.channels
        let blocks = BlockedLayout.blocks(of: channels)
        let pixels = shape[2] * shape[3]
        let type = TensorType(type: .float32, shape: [shape[0], blocks, shape[2], shape[3], lanes])
        // A pixel's channels lie side by side in either layout.
        if pixels == 1, channels % lanes == 0 { return .reshape(inputs[0], to: type.shape) }
        return Step(outputs: [type]) { frame in
            let (x, y) = (frame.input(0).floats, frame.output.floats)
            frame.pool.split(shape[0] * blocks, chunk: max(1, elementwiseChunk / max(pixels * lanes, 1))) { range in
                for block in range {
                    let first = block % blocks * lanes
                    let count = min(channels - first, lanes)
                    let start = (block / blocks * channels + first) * pixels
                    Kernel.planesToBlock(
                        x[start..<start + count * pixels], channels: count,
                        into: y[block * pixels * lanes..<(block + 1) * pixels * lanes])
                }
            }
        }
    }
}

/// The blocked layout to [N, C, H, W].
struct FromBlocks: Implementation {
    let channels: Int

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let lanes = BlockedLayout.channels
        let shape = inputs[0].shape
        let blocks = BlockedLayout.blocks(of: channels)
        let pixels = shape[2] * shape[3]
        let type = TensorType(type: .float32, shape: [shape[0], channels, shape[2], shape[3]])
        if pixels == 1, channels % lanes == 0 || shape[0] == 1 { return .reshape(inputs[0], to: type.shape) }
        return Step(outputs: [type]) { frame in
            let (x, y) = (frame.input(0).floats, frame.output.floats)
            frame.pool.split(shape[0] * blocks, chunk: max(1, elementwiseChunk / max(pixels * lanes, 1))) { range in
                for block in range {
                    let first = block % blocks * lanes
                    let count = min(channels - first, lanes)
                    let start = (block / blocks * channels + first) * pixels
                    Kernel.blockToPlanes(
                        x[block * pixels * lanes..<(block + 1) * pixels * lanes], channels: count,
                        into: y[start..<start + count * pixels])
                }
            }
        }
    }
}
