import Tensors

/// `TopK`: the k largest or smallest values along an axis in order, and where they stand; the first of equals first.
struct TopK: Operator {
    static let signatures = [Signature(name: "TopK", inputs: 1...2, outputs: 1...2)]

    private let axis: Int
    private let k: Int?
    private let isLargest: Bool

    init(_ attributes: inout Attributes) throws(ModelError) {
        axis = try attributes.int("axis", default: -1)
        k = attributes.opset < 10 ? try attributes.int("k") : nil
        guard (k == nil) == (attributes.inputCount == 2) else {
            throw ModelError(
                "`k` is \(attributes.opset < 10 ? "an attribute" : "input 1") in operator set \(attributes.opset)")
        }
        isLargest = attributes.opset >= 11 ? try attributes.flag("largest", default: true) : true
        // Unsorted results may come in any order, sorted among them.
        if attributes.opset >= 11 { _ = try attributes.flag("sorted", default: true) }
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let input = inputs[0]
        try inputs.require(0, [.float32, .float64] + ElementType.integers)
        let axis = try Operands.axis(axis, rank: input.rank)
        let size = input.shape[axis]
        guard let k = try k == nil ? inputs.integer(1, "`k`") : k, k >= 0, k <= size else {
            throw ModelError("`k` is out of range", expected: "0 to \(size)")
        }
        var shape = input.shape
        shape[axis] = k
        let result = shape
        let inner = input.shape[(axis + 1)...].reduce(1, *)
        let outer = input.shape[..<axis].reduce(1, *)
        let largest = isLargest
        let outputs = [TensorType(type: input.type, shape: shape), TensorType(type: .int64, shape: shape)]
        return Step(outputs: outputs) { frame in
            let values = frame.input(0).doubles
            let indices = Tensor(shape: result, type: .int64)
            let places = indices.elements(as: Int64.self)
            for line in 0..<outer * inner {
                let start = line / inner * size * inner + line % inner
                let order = (0..<size).sorted { a, b in
                    let (x, y) = (values[start + a * inner], values[start + b * inner])
                    return x == y ? a < b : largest ? x > y : x < y
                }
                for place in 0..<k { places[(line / inner * k + place) * inner + line % inner] = Int64(order[place]) }
            }
            if frame.outputs.count > 1 { frame.outputs[1]?.copyBits(from: indices) }
            guard let sorted = frame.outputs[0] else { return }
            let width = input.type.byteSize
            let (source, target) = (frame.input(0).bytes, sorted.bytes)
            for number in places.indices {
                let (line, place) = (number / (k * inner), Int(places[number]))
                let from = ((line * size + place) * inner + number % inner) * width
                target[number * width..<(number + 1) * width].copy(from: source[from..<from + width])
            }
        }
    }
}
