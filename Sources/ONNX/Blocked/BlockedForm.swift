import Tensors

/// An implementation that can work in the blocked layout.
protocol HasBlockedForm: Implementation {
    /// The node as it would be there; nil where this one cannot, or would gain nothing.
    func blockedForm(_ node: Graph.Node, _ layout: BlockedValues) -> BlockedForm?
}

/// A node in the blocked layout.
struct BlockedForm {
    enum Input {
        /// The value as it stands in the file.
        case plain(Graph.ValueIndex)
        /// The value in blocks, which it has already or is brought to: one of `channels`.
        case blocks(Graph.ValueIndex, channels: Int)
        /// A constant that takes the place of the file's.
        case constant(Tensor)
    }

    let implementation: any Implementation
    let inputs: [Input?]
    /// What the node gives, in blocks; nil where its result is no image.
    let output: BlockedImage?
}

/// What is known of an image before its sizes are.
struct BlockedImage: Equatable {
    let channels: Int
    /// Images of the same extent have the same batch, height and width, whatever they are.
    let extent: Extent

    func with(channels: Int) -> BlockedImage { BlockedImage(channels: channels, extent: extent) }
}

/// How an image's sizes follow from those of a value of the graph.
indirect enum Extent: Hashable {
    /// Of a value in the file.
    case value(Graph.ValueIndex)
    /// What a window makes of another: per axis, the stride and how far its padding exceeds its reach.
    case window(Extent, strides: [Int], excess: [Int])
    /// Averaged away.
    case pixel(Extent)
}

/// The values of a graph that are in the blocked layout so far, and its constants.
struct BlockedValues {
    var images: [Graph.ValueIndex: (value: Graph.ValueIndex, image: BlockedImage)] = [:]
    let constants: [Graph.ValueIndex: ConstantValue]
    /// For the weights of what takes part in the layout.
    let memory = WeightMemory()

    /// What is known of `value`, where it is in blocks.
    func image(_ value: Graph.ValueIndex?) -> BlockedImage? { value.flatMap { images[$0]?.image } }

    func constant(_ value: Graph.ValueIndex?) -> ConstantValue? { value.flatMap { constants[$0] } }

    /// The form of a function of each element of input 0.
    func elementwise(_ node: Graph.Node, _ implementation: any Implementation) -> BlockedForm? {
        guard let value = node.inputs[0], let image = image(value) else { return nil }
        let rest = node.inputs.dropFirst().map { $0.map { BlockedForm.Input.plain($0) } }
        return BlockedForm(
            implementation: implementation, inputs: [.blocks(value, channels: image.channels)] + rest, output: image)
    }

    /// A constant of `count` floats in one dimension.
    func vector(_ value: Graph.ValueIndex?, count: Int) -> Buffer<Float>? {
        guard let constant = constant(value), constant.type == .float32, constant.shape == [count] else { return nil }
        return constant.tensor.floats
    }

    /// A constant that is one number, or one a channel of [1, C, 1, 1], as the blocked layout wants it.
    func perChannel(_ value: Graph.ValueIndex?, channels: Int) -> Tensor? {
        guard let constant = constant(value), constant.type == .float32, constant.shape.count <= 4,
            constant.count == 1 || constant.count == channels
        else { return nil }
        let tensor = constant.tensor
        if tensor.count == 1 { return Tensor(tensor.floats.array, shape: [1]) }
        let shape = [Int](repeating: 1, count: 4 - tensor.shape.count) + tensor.shape
        guard shape == [1, channels, 1, 1] else { return nil }
        let padded = BlockedLayout.perBlock(tensor.floats, channels: channels)
        return Tensor(padded.array, shape: [1, BlockedLayout.blocks(of: channels), 1, 1, BlockedLayout.channels])
    }
}

/// The planes of an image in the blocked layout, [N, C / 8, H, W, 8].
struct BlockedPlanes: Sendable {
    let batch: Int
    /// Planes of an image.
    let blocks: Int
    /// Of a plane.
    let floats: Int

    init(_ shape: [Int]) {
        batch = shape[0]
        blocks = shape[1]
        floats = shape[2...].reduce(1, *)
    }

    /// The eight numbers of plane `index`, of a list of eight a block.
    func lanes(_ index: Int) -> Range<Int> {
        let start = index % blocks * BlockedLayout.channels
        return start..<start + BlockedLayout.channels
    }

    /// Calls `body` with the number of each plane and where its floats lie, some planes a thread.
    func split(_ pool: WorkerPool, _ body: @Sendable (_ index: Int, _ elements: Range<Int>) -> Void) {
        pool.split(batch * blocks, chunk: max(1, elementwiseChunk / max(floats, 1))) { range in
            for index in range { body(index, index * floats..<(index + 1) * floats) }
        }
    }
}
