import Tensors

/// `InstanceNormalization` in the blocked layout, its scale and bias known beforehand.
struct BlockedInstanceNormalization: FusesActivation {
    let epsilon: Float
    /// Eight a block.
    let scale: Buffer<Float>
    let bias: Buffer<Float>
    let channels: Int
    var epilogue: Epilogue?

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let planes = BlockedPlanes(inputs[0].shape)
        let finish = BlockedEpilogue(epilogue, channels: channels)
        return Step(outputs: [inputs[0].tensorType], placements: [.over([0])]) { frame in
            let (x, y) = (frame.input(0).floats, frame.output.floats)
            planes.split(frame.pool) { index, part in
                normalize(x[part], block: index % planes.blocks, finish, into: y[part])
            }
        }
    }

    private func normalize(_ x: Buffer<Float>, block: Int, _ finish: BlockedEpilogue, into y: Buffer<Float>) {
        let lanes = BlockedLayout.channels
        let (means, factors) = (Buffer<Float>(count: lanes), Buffer<Float>(count: lanes))
        let offsets = Buffer<Float>(count: lanes)
        Kernel.blockMeans(x, into: means)
        Kernel.blockVariances(x, means: means, into: factors)
        for lane in 0..<lanes {
            factors[lane] = scale[block * lanes + lane] / (factors[lane] + epsilon).squareRoot()
            offsets[lane] = bias[block * lanes + lane] - means[lane] * factors[lane]
        }
        for start in stride(from: 0, to: x.count, by: elementwiseChunk) {
            let run = start..<min(start + elementwiseChunk, x.count)
            Kernel.scaleBlock(x[run], by: factors, offset: offsets, into: y[run])
            finish.applyAll(to: y[run], block: block)
        }
    }
}

/// A factor and an addend a channel: `BatchNormalization` in the blocked layout.
struct BlockedScale: Implementation {
    /// Eight a block.
    let scale: Buffer<Float>
    let offset: Buffer<Float>

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let planes = BlockedPlanes(inputs[0].shape)
        return Step(outputs: [inputs[0].tensorType], placements: [.over([0])]) { frame in
            let (x, y) = (frame.input(0).floats, frame.output.floats)
            planes.split(frame.pool) { index, part in
                Kernel.scaleBlock(
                    x[part], by: scale[planes.lanes(index)], offset: offset[planes.lanes(index)], into: y[part])
            }
        }
    }
}

/// `PRelu` in the blocked layout, with a slope a channel.
struct BlockedPRelu: Implementation {
    /// One a channel.
    let slopes: [Float]

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let planes = BlockedPlanes(inputs[0].shape)
        let padded = BlockedLayout.perBlock(Buffer(slopes), channels: slopes.count)
        return Step(outputs: [inputs[0].tensorType], placements: [.over([0])]) { frame in
            let (x, y) = (frame.input(0).floats, frame.output.floats)
            planes.split(frame.pool) { index, part in
                Kernel.leakyReluBlock(x[part], slopes: padded[planes.lanes(index)], into: y[part])
            }
        }
    }
}

extension InstanceNormalization: HasBlockedForm {
    func blockedForm(_ node: Graph.Node, _ layout: BlockedValues) -> BlockedForm? {
        guard let x = node.inputs[0], let image = layout.image(x),
            let scale = layout.vector(node.inputs[1], count: image.channels),
            let bias = layout.vector(node.inputs[2], count: image.channels)
        else { return nil }
        let norm = BlockedInstanceNormalization(
            epsilon: epsilon, scale: BlockedLayout.perBlock(scale, channels: image.channels),
            bias: BlockedLayout.perBlock(bias, channels: image.channels), channels: image.channels)
        return BlockedForm(
            implementation: norm, inputs: [.blocks(x, channels: image.channels)], output: image)
    }
}

extension BatchNormalization: HasBlockedForm {
    func blockedForm(_ node: Graph.Node, _ layout: BlockedValues) -> BlockedForm? {
        guard let x = node.inputs[0], let image = layout.image(x) else { return nil }
        let parameters = node.inputs[1..<5].compactMap { input in
            layout.vector(input, count: image.channels).flatMap { _ in layout.constant(input)?.tensor }
        }
        guard parameters.count == 4 else { return nil }
        let (scale, offset) = factors(parameters)
        let implementation = BlockedScale(
            scale: BlockedLayout.perBlock(Buffer(scale), channels: image.channels),
            offset: BlockedLayout.perBlock(Buffer(offset), channels: image.channels))
        return BlockedForm(
            implementation: implementation, inputs: [.blocks(x, channels: image.channels)], output: image)
    }
}

extension PRelu: HasBlockedForm {
    func blockedForm(_ node: Graph.Node, _ layout: BlockedValues) -> BlockedForm? {
        guard let x = node.inputs[0], let image = layout.image(x), let slope = layout.constant(node.inputs[1]),
            slope.type == .float32, layout.perChannel(node.inputs[1], channels: image.channels) != nil
        else { return nil }
        let slopes = slope.tensor.floats.array
        let all = slopes.count == 1 ? [Float](repeating: slopes[0], count: image.channels) : slopes
        return BlockedForm(
            implementation: BlockedPRelu(slopes: all), inputs: [.blocks(x, channels: image.channels)], output: image)
    }
}
