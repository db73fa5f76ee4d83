import Tensors

/// The attributes that convolutions and poolings share: how a window slides over an image, or over one line of values,
/// which is then taken for an image of one row.
struct WindowAttributes: Sendable {
    enum AutoPad: String, CaseIterable {
        case explicit = "NOTSET"
        case sameUpper = "SAME_UPPER"
        case sameLower = "SAME_LOWER"
        case valid = "VALID"
    }

    private(set) var kernel: [Int]?
    private(set) var strides: [Int]?
    let dilations: [Int]?
    private(set) var pads: [Int]?
    private(set) var autoPad: AutoPad
    let roundsUp: Bool

    /// Bounds that keep products of sizes far from overflowing.
    private static let sizes = 1...1 << 24
    /// Elements that the windows of one plane may cover together.
    static let work = 1 << 36

    /// - Parameter isPool: pooling knows `ceil_mode`, which came with operator set 10 as its `dilations` did.
    init(_ attributes: inout Attributes, isPool: Bool) throws(ModelError) {
        kernel = try attributes.ints("kernel_shape", in: WindowAttributes.sizes)
        strides = try attributes.ints("strides", in: WindowAttributes.sizes)
        pads = try attributes.ints("pads", in: 0...1 << 24)
        dilations = try attributes.ints("dilations", in: WindowAttributes.sizes)
        roundsUp = isPool ? try attributes.flag("ceil_mode") : false
        autoPad = try attributes.choice("auto_pad", default: .explicit)
    }

    /// The same with `pads` as they are given, none where `auto_pad` takes their place.
    var withoutAutoPad: WindowAttributes {
        guard autoPad != .explicit else { return self }
        var copy = self
        copy.autoPad = .explicit
        copy.pads = nil
        return copy
    }

    /// Those of a window of two dimensions over an image of twice the height and width: of twice the kernel, stride and padding. Nil
    /// where its taps lie apart, or its padding depends on the input.
    ///
    /// - Parameter size: of the kernel.
    func doubled(kernel size: [Int]) -> WindowAttributes? {
        let (strides, pads) = (self.strides ?? [1, 1], self.pads ?? [0, 0, 0, 0])
        guard autoPad == .explicit, dilations ?? [1, 1] == [1, 1], kernel ?? size == size, strides.count == 2,
            pads.count == 4, (size + strides + pads).allSatisfy({ $0 < 1 << 23 })
        else { return nil }
        var copy = self
        copy.kernel = size.map { 2 * $0 }
        copy.strides = strides.map { 2 * $0 }
        copy.pads = pads.map { 2 * $0 }
        return copy
    }

    /// One number an axis, checked.
    private func list(_ name: String, _ values: [Int]?, count: Int, default other: Int) throws(ModelError) -> [Int] {
        guard let values else { return [Int](repeating: other, count: count) }
        guard values.count == count else {
            throw ModelError("wrong length of `\(name)`", expected: "\(count)", got: "\(values.count)")
        }
        return values
    }

    /// Sizes by axis, with the padding of both ends resolved; in two dimensions at least.
    struct Resolved: Sendable {
        var kernel: [Int]
        var strides: [Int]
        var dilations: [Int]
        var before: [Int]
        var after: [Int]
    }

    /// - Parameters:
    ///   - input: sizes of the spatial dimensions, up to `most` of them.
    ///   - kernel: the kernel's size, where a weight gives it.
    func resolve(input: [Int], kernel weight: [Int]? = nil, most: Int = 2) throws(ModelError) -> Resolved {
        guard (1...most).contains(input.count) else {
            throw ModelError(
                "a window over \(input.count) dimensions is not supported",
                expected: most == 2 ? "1 or 2" : "1 to \(most)")
        }
        guard input.allSatisfy({ $0 < 1 << 31 }) else { throw ModelError("an image of \(input)") }
        let count = input.count
        guard let kernel = kernel ?? weight else { throw ModelError("attribute `kernel_shape` is missing") }
        if let weight, kernel != weight {
            throw ModelError("`kernel_shape` differs from the weights", expected: "\(weight)", got: "\(kernel)")
        }
        guard kernel.count == count else {
            throw ModelError("wrong length of `kernel_shape`", expected: "\(count)", got: "\(kernel.count)")
        }
        let strides = try list("strides", strides, count: count, default: 1)
        let dilations = try list("dilations", dilations, count: count, default: 1)
        let pads = try list("pads", pads, count: 2 * count, default: 0)
        var before = Array(pads[..<count])
        var after = Array(pads[count...])
        if autoPad != .explicit {
            for axis in 0..<count {
                let reach = (kernel[axis] - 1) * dilations[axis] + 1
                let output = (input[axis] + strides[axis] - 1) / strides[axis]
                let total = autoPad == .valid ? 0 : max((output - 1) * strides[axis] + reach - input[axis], 0)
                before[axis] = autoPad == .sameUpper ? total / 2 : total - total / 2
                after[axis] = total - before[axis]
            }
        }
        let missing = max(2 - count, 0)
        func lifted(_ values: [Int], _ filler: Int) -> [Int] { [Int](repeating: filler, count: missing) + values }
        return Resolved(
            kernel: lifted(kernel, 1), strides: lifted(strides, 1), dilations: lifted(dilations, 1),
            before: lifted(before, 0), after: lifted(after, 0))
    }

    /// The window over an input whose spatial dimensions are `input`, as an image.
    func window(input: [Int], kernel weight: [Int]? = nil) throws(ModelError) -> Window {
        let resolved = try resolve(input: input, kernel: weight)
        let image = [Int](repeating: 1, count: 2 - input.count) + input
        let padding = Window.Padding(
            top: resolved.before[0], left: resolved.before[1], bottom: resolved.after[0], right: resolved.after[1])
        guard
            let window = Window(
                input: .init(image[0], image[1]), kernel: .init(resolved.kernel[0], resolved.kernel[1]),
                stride: .init(resolved.strides[0], resolved.strides[1]),
                dilation: .init(resolved.dilations[0], resolved.dilations[1]), padding: padding, ceiling: roundsUp)
        else {
            throw ModelError(
                "a window of \(resolved.kernel), dilation \(resolved.dilations), does not fit the input",
                got: "\(input) with padding \(resolved.before) and \(resolved.after)")
        }
        // No network comes near; a file made to keep a processor busy for days would.
        guard resolved.kernel[0] <= WindowAttributes.work / resolved.kernel[1],
            window.taps <= WindowAttributes.work / max(window.output.y, 1) / max(window.output.x, 1)
        else { throw ModelError("a window of \(resolved.kernel) over \(input) is not supported") }
        return window
    }

    /// How the sizes of what the window gives follow from those of an image.
    func extent(of image: Extent, kernel weight: [Int]?) -> Extent {
        let two = [1, 1]
        guard let kernel = kernel ?? weight, kernel.count == 2 else { return .window(image, strides: [], excess: []) }
        let (strides, dilations) = (strides ?? two, dilations ?? two)
        let pads = pads ?? [0, 0, 0, 0]
        // What no window has stands for wrong attributes, told when the node is planned.
        guard strides.count == 2, dilations.count == 2, pads.count == 4 else {
            return .window(image, strides: strides, excess: pads)
        }
        let excess = (0..<2).map { axis in
            let reach = (kernel[axis] - 1) * dilations[axis] + 1
            switch autoPad {
            case .explicit: return pads[axis] + pads[axis + 2] - reach
            case .valid: return -reach
            // The input's size over the stride, rounded up.
            case .sameUpper, .sameLower: return -1
            }
        }
        if strides == two, excess == [-1, -1] { return image }
        return .window(image, strides: roundsUp ? strides + [1] : strides, excess: excess)
    }

    /// The spatial dimensions of the output.
    static func spatial(_ window: Window, rank: Int) -> [Int] {
        rank == 1 ? [window.output.x] : [window.output.y, window.output.x]
    }
}
