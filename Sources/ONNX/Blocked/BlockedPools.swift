import Tensors

/// `MaxPool` and `AveragePool` in the blocked layout.
struct BlockedPool: Implementation {
    let attributes: WindowAttributes
    let isMaximum: Bool
    let countsPadding: Bool

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let lanes = BlockedLayout.channels
        let shape = inputs[0].shape
        let window = try attributes.window(input: [shape[2], shape[3]])
        let output = [shape[0], shape[1], window.output.y, window.output.x, lanes]
        let (from, to) = (window.inputCount * lanes, window.outputCount * lanes)
        let bands = PlaneBands(window, batch: shape[0], blocks: shape[1], threads: inputs.threads)
        return Step(outputs: [TensorType(type: .float32, shape: output)]) { frame in
            let (x, y) = (frame.input(0).floats, frame.output.floats)
            bands.run(frame.pool) { plane, _, rows, _ in
                let (source, target) = (x[plane * from..<(plane + 1) * from], y[plane * to..<(plane + 1) * to])
                if isMaximum {
                    Kernel.blockedMaxPool(source, window: window, rows: rows, into: target)
                } else {
                    Kernel.blockedAveragePool(
                        source, window: window, countPadding: countsPadding, rows: rows, into: target)
                }
            }
        }
    }
}

/// The mean of each channel, as `GlobalAveragePool` and a `ReduceMean` over height and width give it.
struct BlockedMean: Implementation {
    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let lanes = BlockedLayout.channels
        let planes = BlockedPlanes(inputs[0].shape)
        let output = [planes.batch, planes.blocks, 1, 1, lanes]
        return Step(outputs: [TensorType(type: .float32, shape: output)]) { frame in
            let (x, y) = (frame.input(0).floats, frame.output.floats)
            planes.split(frame.pool) { index, part in
                Kernel.blockMeans(x[part], into: y[index * lanes..<(index + 1) * lanes])
            }
        }
    }
}

extension Pool: HasBlockedForm {
    func blockedForm(_ node: Graph.Node, _ layout: BlockedValues) -> BlockedForm? {
        guard let x = node.inputs[0], let image = layout.image(x), let pool = blocked else { return nil }
        let extent = attributes.extent(of: image.extent, kernel: attributes.kernel)
        return BlockedForm(
            implementation: pool, inputs: [.blocks(x, channels: image.channels)],
            output: BlockedImage(channels: image.channels, extent: extent))
    }
}

extension GlobalPool: HasBlockedForm {
    func blockedForm(_ node: Graph.Node, _ layout: BlockedValues) -> BlockedForm? {
        guard !isMaximum, let x = node.inputs[0], let image = layout.image(x) else { return nil }
        return BlockedForm(
            implementation: BlockedMean(), inputs: [.blocks(x, channels: image.channels)],
            output: BlockedImage(channels: image.channels, extent: .pixel(image.extent)))
    }
}

extension Reduce: HasBlockedForm {
    func blockedForm(_ node: Graph.Node, _ layout: BlockedValues) -> BlockedForm? {
        guard let x = node.inputs[0], let image = layout.image(x),
            isMeanOfPlanes(layout.constant(node.inputs.last ?? nil)?.tensor)
        else { return nil }
        return BlockedForm(
            implementation: BlockedMean(), inputs: [.blocks(x, channels: image.channels)],
            output: BlockedImage(channels: image.channels, extent: .pixel(image.extent)))
    }
}
