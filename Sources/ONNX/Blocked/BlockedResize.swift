import Tensors

/// `Resize` of height and width in the blocked layout.
struct BlockedResize: Implementation {
    let resize: Resize
    let channels: Int

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let lanes = BlockedLayout.channels
        let shape = inputs[0].shape
        // Scales and sizes in the file are for the four dimensions it knows.
        let plain = Operand(type: .float32, shape: [shape[0], channels, shape[2], shape[3]])
        var operands = inputs
        operands.list[0] = plain
        let axes = try resize.resizedAxes(operands)
        guard axes[0].isIdentity, axes[1].isIdentity else {
            throw ModelError("resizing batch or channels is not supported", got: "\(axes.map(\.output))")
        }
        let type = TensorType(type: .float32, shape: [shape[0], shape[1], axes[2].output, axes[3].output, lanes])
        if axes[2].isIdentity, axes[3].isIdentity { return .reshape(inputs[0], to: type.shape) }
        if type.shape.contains(0) { return Step(outputs: [type]) { _ in } }
        guard plain.count > 0 else { throw ModelError("nothing to resize", got: "\(plain.shape)") }
        try Planner.checkSize(type, limit: inputs.memoryLimit)
        let sampler = resize.sampler(axes[2], axes[3])
        let (from, to) = (shape[2] * shape[3] * lanes, type.shape[2] * type.shape[3] * lanes)
        return Step(outputs: [type]) { frame in
            let (x, y) = (frame.input(0).floats, frame.output.floats)
            frame.pool.split(shape[0] * shape[1], chunk: max(1, elementwiseChunk / to)) { range in
                for plane in range {
                    sampler.resizeBlock(x[plane * from..<(plane + 1) * from], into: y[plane * to..<(plane + 1) * to])
                }
            }
        }
    }
}

extension Resize: HasBlockedForm {
    func blockedForm(_ node: Graph.Node, _ layout: BlockedValues) -> BlockedForm? {
        guard let x = node.inputs[0], let image = layout.image(x), sparesChannels(node, layout) else { return nil }
        let rest = node.inputs.dropFirst().map { $0.map { BlockedForm.Input.plain($0) } }
        return BlockedForm(
            implementation: BlockedResize(resize: self, channels: image.channels),
            inputs: [.blocks(x, channels: image.channels)] + rest,
            output: BlockedImage(channels: image.channels, extent: .value(node.outputs[0] ?? x)))
    }
}
