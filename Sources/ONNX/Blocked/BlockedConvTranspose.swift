import Synchronization
import Tensors

/// `ConvTranspose` in the blocked layout: the outputs of each phase of the stride are a convolution of their own, of stride 1
/// and by every stride-th tap, whose pixels are then spread over the output.
struct BlockedConvTranspose: FusesActivation {
    /// What the phases of one axis are.
    struct Phase: Sendable, Hashable {
        /// The first output of the phase; the others follow `stride` apart.
        let first: Int
        let stride: Int
        /// The last tap that belongs to the phase comes first: taps are `lastTap`, `lastTap - stride`, ...
        let lastTap: Int
        let taps: Int
        /// Padding of the phase's convolution.
        let before: Int
        let after: Int

        /// Outputs of the phase over an input of `size`: none where that has fewer than the stride.
        func outputs(_ size: Int) -> Int { max(0, size + before + after - taps + 1) }

        /// The phases of an axis; nil where one has no taps, or would cut its input short.
        static func all(kernel: Int, stride: Int, before: Int, after: Int, extra: Int) -> [Phase]? {
            var phases: [Phase] = []
            for first in 0..<stride {
                // Output first + stride m takes tap (first + before) mod stride + stride j from input m + shift - j.
                let tap = (first + before) % stride
                let shift = (first + before - tap) / stride
                let taps = tap < kernel ? (kernel - tap - 1) / stride + 1 : 0
                let leading = taps - 1 - shift
                // Outputs of the phase over those of the input, less one each.
                let room = kernel - before - after + extra - first
                let rounded = room >= 0 ? (room + stride - 1) / stride : -(-room / stride)
                let trailing = rounded - 2 + taps - leading
                guard taps > 0, leading >= 0, trailing >= 0 else { return nil }
                phases.append(
                    Phase(
                        first: first, stride: stride, lastTap: tap + stride * (taps - 1), taps: taps, before: leading,
                        after: trailing))
            }
            return phases
        }
    }

    let rows: [Phase]
    let columns: [Phase]
    /// Whether every channel has a kernel of its own.
    let isDepthwise: Bool
    let weights: PhaseWeights
    var epilogue: Epilogue?

    /// Phases of both axes.
    private var pairs: [(row: Phase, column: Phase)] { rows.flatMap { row in columns.map { (row, $0) } } }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let lanes = BlockedLayout.channels
        guard let weights = inputs[1].known else { throw .unknownValue("the weights", input: 1) }
        let (x, channels) = (inputs[0].shape, weights.shape[0])
        let filters = isDepthwise ? channels : weights.shape[1]
        if inputs.optional(2) != nil {
            try inputs.requireFloats(2)
            try inputs.requireShape(2, [filters])
        }
        let height = rows.reduce(0) { $0 + $1.outputs(x[2]) }
        let width = columns.reduce(0) { $0 + $1.outputs(x[3]) }
        let blocks = BlockedLayout.blocks(of: filters)
        let output = TensorType(type: .float32, shape: [x[0], blocks, height, width, lanes])
        try Planner.checkSize(output, limit: inputs.memoryLimit)
        let bias = BlockedLayout.perBlock(inputs.optional(2)?.constant?.floats, channels: filters)
        let packedBytes = Double(filters + lanes) * Double(channels) * Double(weights.shape[2] * weights.shape[3]) * 4
        guard packedBytes <= Double(inputs.memoryLimit) else {
            throw ModelError("weights of this shape do not fit in memory", got: "\(weights.shape)")
        }
        var parts: [Part] = []
        for (row, column) in pairs where row.outputs(x[2]) > 0 && column.outputs(x[3]) > 0 {
            guard
                let window = Window(
                    input: .init(x[2], x[3]), kernel: .init(row.taps, column.taps),
                    padding: .init(top: row.before, left: column.before, bottom: row.after, right: column.after))
            else { throw ModelError("a window of \(row.taps)x\(column.taps) does not fit the input", got: "\(x)") }
            let geometry = BlockedConv.Geometry(
                batch: x[0], window: window, group: isDepthwise ? channels : 1, channels: isDepthwise ? 1 : channels,
                filters: isDepthwise ? 1 : filters, lanes: lanes, finish: BlockedEpilogue(epilogue, channels: filters))
            let packed = { (form: ConvolutionWeights.Form) in self.weights.form(form, of: weights, row, column) }
            let step =
                isDepthwise
                ? DepthwiseConvolution(geometry, weights: packed(.depthwise), bias: bias, threads: inputs.threads).step
                : DirectConvolution(geometry, bias: bias, threads: inputs.threads, pack: packed).step
            parts.append(Part(row: row, column: column, window: window, step: step))
        }
        return step(parts, planes: x[0] * blocks, output)
    }

    /// One phase's convolution.
    private struct Part: Sendable {
        let row: Phase
        let column: Phase
        let window: Window
        let step: Step
    }

    private func step(_ parts: [Part], planes: Int, _ output: TensorType) -> Step {
        let lanes = BlockedLayout.channels
        let workspace = parts.map(\.step.workspace).max() ?? 0
        let strandSpace = parts.map(\.step.strandSpace).max() ?? 0
        // The phase's outputs come after what its convolution needs, both aligned as floats are.
        let phase = parts.map { $0.window.outputCount * planes * lanes }.max() ?? 0
        let (height, width) = (output.shape[2], output.shape[3])
        return Step(
            outputs: [output], absorbed: [1, 2], workspace: workspace + phase * 4, strandSpace: strandSpace
        ) { frame throws(ModelError) in
            let y = frame.output.floats
            for part in parts {
                let size = part.window.output
                let result = frame.scratch(
                    shape: [planes, size.y, size.x, lanes], type: .float32, byteOffset: workspace)
                try part.step.run?(
                    Frame(
                        inputs: [frame.input(0)], outputs: [result],
                        workspace: frame.scratch(shape: [workspace], type: .uint8),
                        strandSpaces: frame.strandSpaces, pool: frame.pool))
                let floats = result.floats
                let row = size.x * lanes
                frame.pool.split(planes * size.y, chunk: max(1, elementwiseChunk / row)) { range in
                    for index in range {
                        let (plane, line) = (index / size.y, index % size.y)
                        let target = plane * height + part.row.first + line * part.row.stride
                        let start = (target * width + part.column.first) * lanes
                        Kernel.spreadPixels(
                            floats[index * row..<(index + 1) * row], stride: part.column.stride,
                            into: y[start..<start + ((size.x - 1) * part.column.stride + 1) * lanes])
                    }
                }
            }
        }
    }
}

/// The weights of each phase of a transposed convolution, packed when first wanted.
final class PhaseWeights: Sendable {
    private struct Key: Hashable {
        let row: BlockedConvTranspose.Phase
        let column: BlockedConvTranspose.Phase
        let form: ConvolutionWeights.Form
    }

    private let memory: WeightMemory
    private let packed = Mutex<[Key: Buffer<Float>]>([:])

    init(in memory: WeightMemory) { self.memory = memory }

    /// Of `weights` [channels, filters, kernel height, kernel width], always the same, in this form.
    func form(
        _ form: ConvolutionWeights.Form, of weights: ConstantValue, _ row: BlockedConvTranspose.Phase,
        _ column: BlockedConvTranspose.Phase
    ) -> Buffer<Float> {
        packed.withLock { packed in
            let key = Key(row: row, column: column, form: form)
            if let buffer = packed[key] { return buffer }
            let isDepthwise = form == .depthwise
            let taps = weights.once { PhaseWeights.taps($0, row, column, isDepthwise: isDepthwise) }
            let buffer = ConvolutionWeights.pack(
                taps, group: isDepthwise ? weights.shape[0] : 1, as: form, in: memory)
            packed[key] = buffer
            return buffer
        }
    }

    /// The phase's weights as those of a convolution, [filters, channels, taps of both axes].
    private static func taps(
        _ weights: Tensor, _ row: BlockedConvTranspose.Phase, _ column: BlockedConvTranspose.Phase, isDepthwise: Bool
    ) -> Tensor {
        let (channels, filters) = (weights.shape[0], weights.shape[1])
        let (height, width) = (weights.shape[2], weights.shape[3])
        // In a depthwise one channels are what filters are in a convolution.
        let result = Tensor(
            shape: (isDepthwise ? [channels, 1] : [filters, channels]) + [row.taps, column.taps], type: .float32)
        let taps = row.taps * column.taps
        weights.floats.withSpan { source in
            result.floats.withMutableSpan { target in
                for filter in 0..<filters {
                    for channel in 0..<channels {
                        for tap in 0..<taps {
                            let y = row.lastTap - tap / column.taps * row.stride
                            let x = column.lastTap - tap % column.taps * column.stride
                            target[(filter * channels + channel) * taps + tap] =
                                source[((channel * filters + filter) * height + y) * width + x]
                        }
                    }
                }
            }
        }
        return result
    }
}

extension ConvTranspose: HasBlockedForm {
    func blockedForm(_ node: Graph.Node, _ layout: BlockedValues) -> BlockedForm? {
        guard let x = node.inputs[0], let number = node.inputs[1], let weights = layout.constant(number),
            weights.type == .float32, weights.shape.count == 4, weights.count > 0,
            let (rows, columns) = phases(kernel: Array(weights.shape[2...])),
            group == 1 || (group == weights.shape[0] && weights.shape[1] == 1)
        else { return nil }
        let image = layout.image(x)
        let channels = weights.shape[0]
        // What does not fit is told by the plain form.
        guard image == nil || image?.channels == channels else { return nil }
        var inputs: [BlockedForm.Input?] = [.blocks(x, channels: channels), .plain(number)]
        if node.inputs.count > 2, let bias = node.inputs[2] {
            guard layout.constant(bias) != nil else { return nil }
            inputs.append(.plain(bias))
        }
        return BlockedForm(
            implementation: BlockedConvTranspose(
                rows: rows, columns: columns, isDepthwise: group > 1, weights: PhaseWeights(in: layout.memory)),
            inputs: inputs,
            output: BlockedImage(channels: weights.shape[1] * group, extent: .value(node.outputs[0] ?? x)))
    }
}
