import Tensors

/// Arithmetic of two images in the blocked layout, or of one and a number, or of one and a number a channel.
struct BlockedBinary: Implementation {
    let binary: Binary

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let (a, b) = (inputs[0], inputs[1])
        guard let kernel = binary.blockKernel, a.rank == 5, b.rank == 5, a.shape != b.shape else {
            return try binary.plan(inputs)
        }
        // One value a channel for one of the two: either may be the larger.
        let isFirst = a.count >= b.count
        let (image, values) = isFirst ? (a, b) : (b, a)
        guard values.shape == [values.shape[0], image.shape[1], 1, 1, image.shape[4]], isFirst || binary.commutes,
            values.shape[0] == 1 || values.shape[0] == image.shape[0]
        else { return try binary.plan(inputs) }
        return run(image, values, isFirst: isFirst, kernel)
    }

    private func run(
        _ image: Operand, _ values: Operand, isFirst: Bool, _ kernel: @escaping Binary.BlockKernel
    ) -> Step {
        let lanes = BlockedLayout.channels
        let planes = BlockedPlanes(image.shape)
        let repeats = values.shape[0] == 1
        return Step(outputs: [image.tensorType], placements: [.over([isFirst ? 0 : 1])]) { frame in
            let (x, y) = (frame.input(isFirst ? 0 : 1).floats, frame.output.floats)
            let parameters = frame.input(isFirst ? 1 : 0).floats
            planes.split(frame.pool) { index, part in
                let own = repeats ? planes.lanes(index) : index * lanes..<(index + 1) * lanes
                kernel(x[part], parameters[own], y[part])
            }
        }
    }
}

extension Binary: HasBlockedForm {
    /// Fills the last buffer, a run of pixels, from another and eight numbers.
    typealias BlockKernel = @Sendable (Buffer<Float>, Buffer<Float>, Buffer<Float>) -> Void

    private static let ones = Buffer<Float>([Float](repeating: 1, count: BlockedLayout.channels))
    private static let zeros = Buffer<Float>(count: BlockedLayout.channels)

    /// The function with a number a channel, where there is a kernel for it.
    var blockKernel: BlockKernel? {
        if isAddition { return { Kernel.scaleBlock($0, by: Binary.ones, offset: $1, into: $2) } }
        if isProduct { return { Kernel.scaleBlock($0, by: $1, offset: Binary.zeros, into: $2) } }
        return nil
    }

    func blockedForm(_ node: Graph.Node, _ layout: BlockedValues) -> BlockedForm? {
        guard node.inputs.count == 2, takesTwo, let a = node.inputs[0], let b = node.inputs[1] else { return nil }
        let implementation = BlockedBinary(binary: self)
        switch (layout.image(a), layout.image(b)) {
        case (let first?, let second?):
            guard first.channels == second.channels else { return nil }
            var output = BlockedImage(channels: first.channels, extent: .value(node.outputs[0] ?? a))
            if first.extent == second.extent { output = first }
            if second.extent == .pixel(first.extent) { output = first }
            if first.extent == .pixel(second.extent) { output = second }
            return BlockedForm(
                implementation: implementation,
                inputs: [.blocks(a, channels: first.channels), .blocks(b, channels: first.channels)], output: output)
        case (let image?, nil):
            guard let values = layout.perChannel(b, channels: image.channels) else { return nil }
            return BlockedForm(
                implementation: implementation, inputs: [.blocks(a, channels: image.channels), .constant(values)],
                output: image)
        case (nil, let image?):
            guard let values = layout.perChannel(a, channels: image.channels) else { return nil }
            return BlockedForm(
                implementation: implementation, inputs: [.constant(values), .blocks(b, channels: image.channels)],
                output: image)
        case (nil, nil): return nil
        }
    }
}
