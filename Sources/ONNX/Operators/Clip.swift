import Tensors

/// `Clip`: values below a least and above a largest one become these. Bounds are attributes before operator set 11.
struct Clip: Operator {
    static let signatures = [Signature(name: "Clip", inputs: 1...3)]

    private let low: Float?
    private let high: Float?

    init(_ attributes: inout Attributes) throws(ModelError) {
        guard attributes.opset < 11 else {
            low = nil
            high = nil
            return
        }
        low = try attributes.float("min")
        high = try attributes.float("max")
        guard attributes.inputCount == 1 else {
            throw ModelError("bounds are attributes in operator set \(attributes.opset), not inputs")
        }
    }

    /// The bounds, where they are known before the run.
    func bounds(_ inputs: Operands) throws(ModelError) -> (low: Double, high: Double) {
        var bounds = (low: low.map(Double.init) ?? -.infinity, high: high.map(Double.init) ?? .infinity)
        if let value = try inputs.number(1, "the lower bound") { bounds.low = value }
        if let value = try inputs.number(2, "the upper bound") { bounds.high = value }
        return bounds
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let type = inputs[0].type
        for index in 1..<3 where inputs.optional(index) != nil { try inputs.require(index, [type]) }
        let bounds = try bounds(inputs)
        guard type != .bool else { throw ModelError("element type of input 0 is not supported", got: "bool") }
        return Step(outputs: [inputs[0].tensorType], placements: [.over([0])]) { frame in
            switch type {
            case .float32:
                let (x, y) = (frame.input(0).floats, frame.output.floats)
                frame.pool.split(x.count, chunk: elementwiseChunk) { range in
                    Kernel.clip(x[range], low: Float(bounds.low), high: Float(bounds.high), into: y[range])
                }
            case .float64: clip(Double.self, frame, bounds)
            case .int64: clip(Int64.self, frame, bounds)
            case .int32: clip(Int32.self, frame, bounds)
            case .int16: clip(Int16.self, frame, bounds)
            case .int8: clip(Int8.self, frame, bounds)
            case .uint64: clip(UInt64.self, frame, bounds)
            case .uint32: clip(UInt32.self, frame, bounds)
            case .uint16: clip(UInt16.self, frame, bounds)
            default: clip(UInt8.self, frame, bounds)
            }
        }
    }

    private func clip<Element: Arithmetic>(_: Element.Type, _ frame: Frame, _ bounds: (low: Double, high: Double)) {
        let (x, y) = (frame.input(0).elements(as: Element.self), frame.output.elements(as: Element.self))
        // The bounds are of the same type; without one, every value passes.
        let low = frame.optional(1)?.elements(as: Element.self)[0]
        let high = frame.optional(2)?.elements(as: Element.self)[0]
        for index in x.indices {
            var value = x[index]
            if let low { value = Element.larger(value, low) }
            if let high { value = Element.smaller(value, high) }
            y[index] = value
        }
    }
}
