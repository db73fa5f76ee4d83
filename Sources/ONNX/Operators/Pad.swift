import Tensors

/// `Pad`: more elements (or fewer, where a number is negative) at the ends of dimensions: a constant, the mirror image,
/// the edge, or the other end. Numbers are attributes before operator set 11.
struct Pad: Operator {
    static let signatures = [Signature(name: "Pad", inputs: 1...4)]

    private enum Mode: String, CaseIterable { case constant, reflect, edge, wrap }

    private let mode: Mode
    private let pads: [Int]?
    private let value: Float

    init(_ attributes: inout Attributes) throws(ModelError) {
        mode = try attributes.choice("mode", default: .constant)
        let hasAttributes = attributes.opset < 11
        pads = hasAttributes ? try attributes.ints("pads") : nil
        value = hasAttributes ? try attributes.float("value", default: 0) : 0
        guard hasAttributes == (attributes.inputCount == 1) else {
            throw ModelError("`pads` is an \(hasAttributes ? "attribute, not an input" : "input, not an attribute")")
        }
        if hasAttributes, pads == nil { throw ModelError("attribute `pads` is missing") }
    }

    private init(mode: Mode) {
        self.mode = mode
        pads = nil
        value = 0
    }

    /// The same with the numbers as an input.
    var withPadsAsInput: Pad { Pad(mode: mode) }

    /// Elements before and after each dimension, where they are known whatever is padded, and the filler is too.
    func fixedPads(_ node: Graph.Node, _ layout: BlockedValues) -> [Int]? {
        // A filler that is an attribute goes with numbers that are; those with another filler than 0 are rare.
        if let pads { return value == 0 ? pads : nil }
        guard node.inputs.count < 4 || node.inputs[3] == nil, node.inputs.count > 1,
            let pads = layout.constant(node.inputs[1]), pads.type == .int64
        else { return nil }
        return pads.tensor.integers
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let input = inputs[0]
        let (before, after) = try ends(inputs)
        var shape: [Int] = []
        for (axis, size) in input.shape.enumerated() {
            let total = size + before[axis] + after[axis]
            guard total >= 0 else { throw ModelError("padding leaves a negative size", got: "\(total)") }
            shape.append(total)
        }
        if inputs.optional(2) != nil { try inputs.require(2, [input.type]) }
        let type = TensorType(type: input.type, shape: shape)
        if zip(before, after).allSatisfy({ $0 == 0 && $1 == 0 }) { return .reshape(input, to: shape) }
        // Dimensions up to the last one that changes; what follows is copied in whole runs.
        let last = input.shape.indices.last { before[$0] != 0 || after[$0] != 0 } ?? 0
        try Planner.checkSize(type, limit: inputs.memoryLimit)
        var sources: [[Int32]] = []
        for axis in 0...last {
            guard shape[axis] < 1 << 31, input.shape[axis] < 1 << 31 else {
                throw ModelError("a dimension of \(shape[axis])")
            }
            sources.append(try taps(size: input.shape[axis], before: before[axis], count: shape[axis]))
        }
        let inner = input.shape[(last + 1)...].reduce(1, *)
        let maps = sources
        let fallback = Tensor([value], shape: []).converted(to: input.type)
        return Step(outputs: [type]) { frame in
            let filler = frame.optional(2) ?? fallback
            let strides = input.shape[...last].indices.map { axis in input.shape[(axis + 1)...].reduce(1, *) }
            switch input.type.byteSize {
            case 8: Pad.fill(UInt64.self, maps, strides, inner, filler, frame)
            case 4: Pad.fill(UInt32.self, maps, strides, inner, filler, frame)
            case 2: Pad.fill(UInt16.self, maps, strides, inner, filler, frame)
            default: Pad.fill(UInt8.self, maps, strides, inner, filler, frame)
            }
        }
    }

    /// Elements added before and after each dimension.
    private func ends(_ inputs: Operands) throws(ModelError) -> (before: [Int], after: [Int]) {
        let rank = inputs[0].rank
        let pads = try inputs.integers(1, "`pads`", or: pads) ?? []
        let axes = try Operands.axes(inputs.integers(3, "`axes`") ?? Array(0..<rank), rank: rank)
        guard pads.count == 2 * axes.count, pads.allSatisfy({ abs($0.clamped(to: 1 << 31)) < 1 << 30 }) else {
            throw ModelError(
                "wrong `pads`", expected: "\(2 * axes.count) numbers below 2^30", got: "\(pads.prefix(16))")
        }
        var before = [Int](repeating: 0, count: rank)
        var after = before
        for (index, axis) in axes.enumerated() {
            before[axis] = pads[index]
            after[axis] = pads[axes.count + index]
        }
        return (before, after)
    }

    /// The source of each of `count` elements along one dimension; -1 for the constant.
    private func taps(size: Int, before: Int, count: Int) throws(ModelError) -> [Int32] {
        guard size > 0 || mode == .constant || count == 0 else {
            throw ModelError("nothing to pad with: a dimension of 0")
        }
        return (0..<count).map { index in
            let place = index - before
            switch mode {
            case .constant: return place >= 0 && place < size ? Int32(place) : -1
            case .edge: return Int32(min(max(place, 0), size - 1))
            case .wrap: return Int32(((place % size) + size) % size)
            case .reflect:
                // Mirrored at the first and last element, again and again where the padding is longer than the input.
                guard size > 1 else { return 0 }
                let period = 2 * (size - 1)
                let phase = ((place % period) + period) % period
                return Int32(phase < size ? phase : period - phase)
            }
        }
    }

    private static func fill<Bits: BitwiseCopyable & Sendable>(
        _: Bits.Type, _ maps: [[Int32]], _ strides: [Int], _ inner: Int, _ filler: Tensor, _ frame: Frame
    ) {
        let (source, target) = (frame.input(0).bits(Bits.self), frame.output.bits(Bits.self))
        let value = filler.bits(Bits.self)[0]
        let last = maps.count - 1
        let width = maps[last].count * inner
        let rows = maps[..<last].reduce(1) { $0 * $1.count }
        guard width > 0 else { return }
        frame.pool.split(rows, chunk: max(1, elementwiseChunk / width)) { range in
            for row in range {
                let out = target[row * width..<(row + 1) * width]
                var rest = row
                var start = 0
                var isConstant = false
                for axis in (0..<last).reversed() {
                    let tap = maps[axis][rest % maps[axis].count]
                    rest /= maps[axis].count
                    if tap < 0 { isConstant = true } else { start += Int(tap) * strides[axis] }
                }
                guard !isConstant else {
                    out.fill(with: value)
                    continue
                }
                Pad.fillRow(out, from: source, start: start, taps: maps[last], inner: inner, value: value)
            }
        }
    }

    /// One run along the last padded dimension: neighbours that stay neighbours are copied together.
    private static func fillRow<Bits: BitwiseCopyable & Sendable>(
        _ out: Buffer<Bits>, from source: Buffer<Bits>, start: Int, taps: [Int32], inner: Int, value: Bits
    ) {
        var index = 0
        while index < taps.count {
            var end = index + 1
            let first = taps[index]
            guard first >= 0 else {
                while end < taps.count, taps[end] < 0 { end += 1 }
                out[index * inner..<end * inner].fill(with: value)
                index = end
                continue
            }
            while end < taps.count, Int(taps[end]) == Int(first) + end - index { end += 1 }
            let from = start + Int(first) * inner
            out[index * inner..<end * inner].copy(from: source[from..<from + (end - index) * inner])
            index = end
        }
    }
}

extension Int {
    /// The nearest number whose magnitude is at most `limit`.
    fileprivate func clamped(to limit: Int) -> Int { Swift.min(Swift.max(self, -limit), limit) }
}
