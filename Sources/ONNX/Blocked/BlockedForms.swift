import Tensors

// Operators that are the same in the blocked layout, or nearly.

extension Unary: HasBlockedForm {
    func blockedForm(_ node: Graph.Node, _ layout: BlockedValues) -> BlockedForm? { layout.elementwise(node, self) }
}

extension Clip: HasBlockedForm {
    func blockedForm(_ node: Graph.Node, _ layout: BlockedValues) -> BlockedForm? { layout.elementwise(node, self) }
}

extension Identity: HasBlockedForm {
    func blockedForm(_ node: Graph.Node, _ layout: BlockedValues) -> BlockedForm? {
        node.inputs.count == 1 && !hasMask ? layout.elementwise(node, self) : nil
    }
}

extension Conv: HasBlockedForm {
    func blockedForm(_ node: Graph.Node, _ layout: BlockedValues) -> BlockedForm? {
        guard epilogue == nil, let x = node.inputs[0], let number = node.inputs[1],
            let weights = layout.constant(number), BlockedConv.serves(weights, group: group)
        else { return nil }
        var inputs: [BlockedForm.Input?] = [.plain(number)]
        if node.inputs.count > 2, let bias = node.inputs[2] {
            guard layout.constant(bias) != nil else { return nil }
            inputs.append(.plain(bias))
        }
        let channels = weights.shape[1] * group
        let image = layout.image(x)
        // What does not fit is told by the plain form.
        guard image == nil || image?.channels == channels else { return nil }
        let isPlanar = image == nil && group == 1 && channels <= BlockedConv.planarChannels
        let extent = attributes.extent(of: image?.extent ?? .value(x), kernel: Array(weights.shape[2...]))
        return BlockedForm(
            implementation: BlockedConv(
                attributes: attributes, group: group, isPlanar: isPlanar, weights: ConvolutionWeights(in: layout.memory)
            ),
            inputs: [isPlanar ? .plain(x) : .blocks(x, channels: channels)] + inputs,
            output: BlockedImage(channels: weights.shape[0], extent: extent))
    }
}

extension Concat: HasBlockedForm {
    func blockedForm(_ node: Graph.Node, _ layout: BlockedValues) -> BlockedForm? {
        let images = node.inputs.compactMap { layout.image($0) }
        let axis = axis < 0 ? axis + 4 : axis
        guard let first = images.first, images.count == node.inputs.count, (0..<4).contains(axis) else { return nil }
        var output = BlockedImage(channels: first.channels, extent: .value(node.outputs[0] ?? 0))
        if axis == 1 {
            // All but the last must fill their blocks.
            guard images.dropLast().allSatisfy({ $0.channels % BlockedLayout.channels == 0 }) else { return nil }
            let channels = images.reduce(0) { $0 + $1.channels }
            output =
                images.allSatisfy({ $0.extent == first.extent })
                ? first.with(channels: channels) : output.with(channels: channels)
        } else {
            guard images.allSatisfy({ $0.channels == first.channels }) else { return nil }
        }
        return BlockedForm(
            implementation: Concat(axis: axis),
            inputs: zip(node.inputs, images).map { value, image in value.map { .blocks($0, channels: image.channels) }
            },
            output: output)
    }
}

extension Shape: HasBlockedForm {
    func blockedForm(_ node: Graph.Node, _ layout: BlockedValues) -> BlockedForm? {
        guard let x = node.inputs[0], let image = layout.image(x) else { return nil }
        return BlockedForm(
            implementation: BlockedShape(shape: self, channels: image.channels),
            inputs: [.blocks(x, channels: image.channels)], output: nil)
    }
}

/// `Shape` of an image in the blocked layout: the one it has in the file.
struct BlockedShape: Implementation {
    let shape: Shape
    let channels: Int

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let blocked = inputs[0].shape
        var operands = inputs
        operands.list[0] = Operand(type: .float32, shape: [blocked[0], channels, blocked[2], blocked[3]])
        return try shape.plan(operands)
    }
}

extension Pad: HasBlockedForm {
    func blockedForm(_ node: Graph.Node, _ layout: BlockedValues) -> BlockedForm? {
        guard let x = node.inputs[0], let image = layout.image(x), let pads = fixedPads(node, layout),
            pads.count == 8, pads[0] == 0, pads[1] == 0, pads[4] == 0, pads[5] == 0
        else { return nil }
        let extended = [0, 0, pads[2], pads[3], 0, 0, 0, pads[6], pads[7], 0]
        var inputs: [BlockedForm.Input?] = [
            .blocks(x, channels: image.channels), .constant(Tensor(extended.map { Int64($0) }, shape: [10])),
        ]
        if node.inputs.count > 2, let value = node.inputs[2] { inputs.append(.plain(value)) }
        return BlockedForm(
            implementation: withPadsAsInput, inputs: inputs,
            output: BlockedImage(channels: image.channels, extent: .value(node.outputs[0] ?? x)))
    }
}

extension Slice: HasBlockedForm {
    func blockedForm(_ node: Graph.Node, _ layout: BlockedValues) -> BlockedForm? {
        let lanes = BlockedLayout.channels
        guard let x = node.inputs[0], let image = layout.image(x),
            var cuts = fixedCuts(node, constants: layout.constants),
            Set(cuts.map(\.axis)).count == cuts.count, cuts.allSatisfy({ (0..<4).contains($0.axis) })
        else { return nil }
        var output = BlockedImage(channels: image.channels, extent: .value(node.outputs[0] ?? x))
        if cuts.allSatisfy({ $0.axis == 1 }) { output = image }
        for index in cuts.indices where cuts[index].axis == 1 {
            let cut = cuts[index]
            let start = min(max(cut.start < 0 ? cut.start + image.channels : cut.start, 0), image.channels)
            let end = min(max(cut.end < 0 ? cut.end + image.channels : cut.end, 0), image.channels)
            // Whole blocks, the last of which the channels need not fill.
            guard cut.step == 1, start < end, start % lanes == 0, end % lanes == 0 || end == image.channels else {
                return nil
            }
            cuts[index].start = start / lanes
            cuts[index].end = BlockedLayout.blocks(of: end)
            output = output.with(channels: end - start)
        }
        let lists = [cuts.map(\.start), cuts.map(\.end), cuts.map(\.axis), cuts.map(\.step)]
        return BlockedForm(
            implementation: Slice(),
            inputs: [.blocks(x, channels: image.channels)]
                + lists.map { .constant(Tensor($0.map { Int64($0) }, shape: [$0.count])) },
            output: output)
    }
}

extension Crop: HasBlockedForm {
    func blockedForm(_ node: Graph.Node, _ layout: BlockedValues) -> BlockedForm? {
        guard let form = layout.elementwise(node, blocked), let image = form.output else { return nil }
        return BlockedForm(
            implementation: form.implementation, inputs: form.inputs,
            output: BlockedImage(channels: image.channels, extent: .value(node.outputs[0] ?? 0)))
    }
}
