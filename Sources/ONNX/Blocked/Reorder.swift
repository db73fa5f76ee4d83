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
        let blocked = BlockedPlanes(type.shape)
        return Step(outputs: [type]) { frame in
            let (x, y) = (frame.input(0).floats, frame.output.floats)
            blocked.split(frame.pool, channels: channels) { count, planes, block in
                Kernel.planesToBlock(x[planes], channels: count, into: y[block])
            }
        }
    }
}

/// The blocked layout to [N, C, H, W].
struct FromBlocks: Implementation {
    let channels: Int

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let shape = inputs[0].shape
        let type = TensorType(type: .float32, shape: [shape[0], channels, shape[2], shape[3]])
        // As above; lanes past the channels matter only where another image follows.
        if shape[2] * shape[3] == 1, channels % BlockedLayout.channels == 0 || shape[0] == 1 {
            return .reshape(inputs[0], to: type.shape)
        }
        let blocked = BlockedPlanes(shape)
        return Step(outputs: [type]) { frame in
            let (x, y) = (frame.input(0).floats, frame.output.floats)
            blocked.split(frame.pool, channels: channels) { count, planes, block in
                Kernel.blockToPlanes(x[block], channels: count, into: y[planes])
            }
        }
    }
}

extension BlockedPlanes {
    /// Calls `body` for each plane with how many channels it has and where these lie, as planes of their own and as a block.
    fileprivate func split(
        _ pool: WorkerPool, channels: Int,
        _ body: @Sendable (_ count: Int, _ planes: Range<Int>, _ block: Range<Int>) -> Void
    ) {
        let lanes = BlockedLayout.channels
        let pixels = floats / lanes
        split(pool) { index, block in
            let first = index % blocks * lanes
            let count = min(channels - first, lanes)
            let start = (index / blocks * channels + first) * pixels
            body(count, start..<start + count * pixels, block)
        }
    }
}
