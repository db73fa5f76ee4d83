import Tensors

/// How values scattered to a place join what is there.
enum ScatterReduction: String, CaseIterable, Sendable {
    case replace = "none"
    case add
    case multiply = "mul"
    case largest = "max"
    case smallest = "min"

    /// Reads the attribute, which came with operator set 16; the extremes with 18.
    init(_ attributes: inout Attributes) throws(ModelError) {
        self = attributes.opset >= 16 ? try attributes.choice("reduction", default: .replace) : .replace
        if attributes.opset < 18, self == .largest || self == .smallest {
            throw ModelError(
                "attribute `reduction` is not supported in operator set \(attributes.opset)", got: rawValue)
        }
    }

    /// Joins runs of `width` elements of `updates` with those of `target` that begin at `places`, one after the other.
    func apply(_ updates: Tensor, to target: Tensor, places: [Int], width: Int) {
        guard self != .replace else {
            let size = width * target.type.byteSize
            let (source, bytes) = (updates.bytes, target.bytes)
            for (number, place) in places.enumerated() {
                let start = place * target.type.byteSize
                bytes[start..<start + size].copy(from: source[number * size..<(number + 1) * size])
            }
            return
        }
        guard let element = target.type.arithmetic else { preconditionFailure("arithmetic on \(target.type)") }
        join(element, updates, target, places, width)
    }

    private func join<Element: Arithmetic>(
        _: Element.Type, _ updates: Tensor, _ target: Tensor, _ places: [Int], _ width: Int
    ) {
        let (x, y) = (updates.elements(as: Element.self), target.elements(as: Element.self))
        for (number, place) in places.enumerated() {
            for index in 0..<width {
                let (old, new) = (y[place + index], x[number * width + index])
                y[place + index] =
                    switch self {
                    case .replace: new
                    case .add: Element.plus(old, new)
                    case .multiply: Element.times(old, new)
                    case .largest: Element.larger(old, new)
                    case .smallest: Element.smaller(old, new)
                    }
            }
        }
    }

    /// Checks the types of the data and the updates, inputs 0 and 2.
    func check(_ inputs: Operands) throws(ModelError) {
        try inputs.require(2, [inputs[0].type])
        guard self == .replace || inputs[0].type != .bool else {
            throw ModelError("element type of input 0 is not supported", got: "bool")
        }
    }
}
