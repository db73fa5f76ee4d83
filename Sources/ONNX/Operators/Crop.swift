import Tensors

/// `Crop`, an experimental operator of the first versions that old exporters write: `border` (left, top, right, bottom)
/// cut off, or `scale` (height, width) taken from its left top corner.
struct Crop: Operator {
    static let signatures = [Signature(name: "Crop", opsets: 7...9, inputs: 1...1)]

    private let border: [Int]
    private let scale: [Int]?
    private var isBlocked = false

    /// The same in the blocked layout, where height and width are at the same places.
    var blocked: Crop {
        var crop = self
        crop.isBlocked = true
        return crop
    }

    init(_ attributes: inout Attributes) throws(ModelError) {
        border = try attributes.ints("border", in: 0...1 << 30) ?? [0, 0, 0, 0]
        scale = try attributes.ints("scale", in: 1...1 << 30)
        guard border.count == 4 else { throw ModelError("wrong `border`", expected: "4 numbers", got: "\(border)") }
        guard scale == nil || scale?.count == 2 else { throw ModelError("wrong `scale`", expected: "2 numbers") }
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        let input = inputs[0]
        guard input.rank == (isBlocked ? 5 : 4) else {
            throw ModelError("wrong number of dimensions", expected: "4", got: "\(input.shape)")
        }
        let height = scale?[0] ?? input.shape[2] - border[1] - border[3]
        let width = scale?[1] ?? input.shape[3] - border[0] - border[2]
        guard height >= 0, width >= 0, border[1] + height <= input.shape[2], border[0] + width <= input.shape[3] else {
            throw ModelError("the border leaves nothing of \(input.shape)", got: "\(border)")
        }
        var read = StridedRead(whole: input.shape)
        read.take(axis: 2, first: border[1], count: height, step: 1)
        read.take(axis: 3, first: border[0], count: width, step: 1)
        return try read.step(of: input)
    }
}
