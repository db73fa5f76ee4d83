import Tensors

/// `Conv` in the blocked layout, its weights known beforehand.
///
/// Inputs are the image, in blocks or, where its channels are few, in planes; weights; bias; and a residual that is added
/// before the activation.
struct BlockedConv: FusesActivation {
    let attributes: WindowAttributes
    let group: Int
    /// Whether the image comes as planes, [N, C, H, W].
    let isPlanar: Bool
    let weights: ConvolutionWeights
    var epilogue: Epilogue?
    /// What becomes of the results, after the epilogue; only where ``canPool(_:)``.
    var pooling: Pooling?

    /// A pooling, and the name of the node that it was.
    struct Pooling {
        let pool: BlockedPool
        let name: String
    }

    /// Channels up to which an image is read as it is: reordering would fill more lanes with zeros than with channels.
    static let planarChannels = 4

    /// Threads that each transform, or copy with its padding, all of a small input for themselves: reading what another has just
    /// written takes longer, several times where their cores share no cache. Among more threads the work is worth sharing.
    static let mostCopies = 4

    /// Whether a convolution with these weights can be one.
    static func serves(_ weights: ConstantValue, group: Int) -> Bool {
        guard weights.type == .float32, weights.shape.count == 4, weights.count > 0 else { return false }
        let (filters, channels) = (weights.shape[0], weights.shape[1])
        if group == 1 { return true }
        guard filters % group == 0 else { return false }
        if channels == 1, filters == group { return true }
        return channels % BlockedLayout.channels == 0 && filters / group % BlockedLayout.channels == 0
    }

    /// Whether its results can be pooled row by row: not those of Winograd's tiles, nor of 1x1 kernels, which know no rows.
    ///
    /// - Parameter shape: of the weights.
    func canPool(_ shape: [Int]) -> Bool {
        guard pooling == nil, shape.count == 4 else { return false }
        if group > 1 { return shape[0] == group && shape[1] == 1 }
        let isDense = attributes.strides?.allSatisfy { $0 == 1 } ?? true
        return shape[2...] != [1, 1] && !(shape[2...] == [3, 3] && isDense)
    }

    /// One convolution with all that its kernels need.
    struct Geometry: Sendable {
        let batch: Int
        let window: Window
        let group: Int
        /// Channels of the input and of the output in one group.
        let channels: Int
        let filters: Int
        /// Channels that lie side by side in the input.
        let lanes: Int
        let finish: BlockedEpilogue

        /// Of the input and the output, in one group.
        var inputBlocks: Int { (channels + lanes - 1) / lanes }
        var outputBlocks: Int { BlockedLayout.blocks(of: filters) }
        /// Floats of a block's plane of the input and the output.
        var inputPlane: Int { window.inputCount * lanes }
        var outputPlane: Int { window.outputCount * BlockedLayout.channels }
        /// Multiplications of the whole.
        var work: Int { batch * group * filters * channels * window.taps * window.outputCount }
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.requireFloats(0)
        guard let weights = inputs[1].known else { throw .unknownValue("the weights", input: 1) }
        let lanes = BlockedLayout.channels
        let (x, filters, channels) = (inputs[0].shape, weights.shape[0], weights.shape[1] * group)
        try inputs.requireFloats(0, ranks: isPlanar ? 4...4 : 5...5)
        if isPlanar {
            _ = try Conv.channels(of: x, weights: weights.shape, group: group)
        } else {
            guard x[1] == BlockedLayout.blocks(of: channels), x[4] == lanes else {
                throw ModelError("weights do not fit the input's channels", expected: "\(channels)", got: "\(x)")
            }
        }
        if inputs.optional(2) != nil {
            try inputs.requireFloats(2)
            try inputs.requireShape(2, [filters])
        }
        let window = try attributes.window(input: [x[2], x[3]], kernel: Array(weights.shape[2...]))
        let shape = [x[0], BlockedLayout.blocks(of: filters), window.output.y, window.output.x, lanes]
        try Planner.checkSize(TensorType(type: .float32, shape: shape), limit: inputs.memoryLimit)
        try check(window, channels: channels, filters: filters, limit: inputs.memoryLimit)
        if inputs.optional(3) != nil { try inputs.requireShape(3, shape) }
        let geometry = Geometry(
            batch: x[0], window: window, group: group, channels: channels / group, filters: filters / group,
            lanes: isPlanar ? 1 : lanes, finish: BlockedEpilogue(epilogue, channels: filters))
        let bias = BlockedLayout.perBlock(inputs.optional(2)?.constant?.floats, channels: filters)
        let packed = { (form: ConvolutionWeights.Form) in
            self.weights.form(form, of: weights, group: group)
        }
        let pooled = try pooling?.window(of: window)
        var step: Step
        if group > 1, geometry.channels == 1 {
            step =
                DepthwiseConvolution(
                    geometry, weights: packed(.depthwise), bias: bias, threads: inputs.threads, pooling: pooled
                ).step
        } else if pooled == nil,
            let winograd = WinogradConvolution(geometry, bias: bias, threads: inputs.threads, pack: packed)
        {
            step = winograd.step
        } else {
            step =
                DirectConvolution(
                    geometry, bias: bias, threads: inputs.threads, pooling: pooled, pack: packed
                ).step
        }
        let result = pooled?.output ?? window.output
        step.outputs = [TensorType(type: .float32, shape: shape[..<2] + [result.y, result.x, lanes])]
        step.absorbed = [1, 2]
        return step
    }

    /// Throws where copies with their padding, or packed weights, would not fit in memory. The sizes of a hostile file can
    /// be such that their product is no integer.
    private func check(_ window: Window, channels: Int, filters: Int, limit: Int) throws(ModelError) {
        let padding = window.padding
        let height = Double(window.input.y + padding.top + padding.bottom)
        let width = Double(window.input.x + padding.left + padding.right)
        let lanes = BlockedLayout.channels
        let copied = height * width * Double(channels + lanes) * Double(max(window.stride.y, window.stride.x))
        let packed = Double(filters + lanes) * Double(channels / group) * Double(window.taps)
        // Strides count because bands of rows are measured in them; the room is far above what any network has.
        guard copied < 0x1p52, packed * 4 <= Double(limit) else {
            throw ModelError(
                "a convolution of these sizes does not fit in memory", expected: "at most \(limit) bytes",
                got: "\(channels) channels of \(Int(height))x\(Int(width)), \(filters) filters of \(window.taps) taps")
        }
    }
}

extension BlockedConv.Pooling {
    /// Over what a convolution gives. Errors are those of the node that the pooling was.
    fileprivate func window(of convolution: Window) throws(ModelError) -> Window {
        do throws(ModelError) {
            return try pool.attributes.window(input: [convolution.output.y, convolution.output.x])
        } catch { throw error.at(node: name, operatorName: "MaxPool") }
    }
}

/// An epilogue as blocks want it: the bounds, which kernels apply, or what is left for after them.
struct BlockedEpilogue: Sendable {
    var bounds: ClosedRange<Float> = -.infinity ... .infinity
    /// What results below zero are multiplied with, eight a block, where some kernels apply that too.
    var slopes: Buffer<Float>? { if case .slopes(let slopes) = rest { slopes } else { nil } }
    private var rest: Rest?

    private enum Rest: Sendable {
        case function(Unary.Rows)
        /// Eight a block.
        case slopes(Buffer<Float>)
    }

    init(_ epilogue: Epilogue?, channels: Int) {
        switch epilogue {
        case nil: break
        case .bounds(let bounds): self.bounds = bounds
        case .function(let function): rest = .function(function)
        case .slopes(let slopes):
            let all = slopes.count == 1 ? [Float](repeating: slopes[0], count: channels) : slopes
            rest = .slopes(BlockedLayout.perBlock(Buffer(all), channels: channels))
        }
    }

    /// Whether kernels have done all.
    var isDone: Bool { rest == nil }

    /// All of it, in place, to a run of pixels of one block, for what has no kernel that knows bounds.
    func applyAll(to run: Buffer<Float>, block: Int) {
        if bounds != -.infinity ... .infinity {
            Kernel.clip(run, low: bounds.lowerBound, high: bounds.upperBound, into: run)
        }
        apply(to: run, block: block)
    }

    /// What kernels have not done, in place, to a run of pixels of one block.
    func apply(to run: Buffer<Float>, block: Int) {
        switch rest {
        case nil: break
        case .function(let function): function(run, run)
        case .slopes(let slopes):
            let lanes = BlockedLayout.channels
            Kernel.leakyReluBlock(run, slopes: slopes[block * lanes..<(block + 1) * lanes], into: run)
        }
    }
}
