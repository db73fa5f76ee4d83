import Tensors

/// What happens to a convolution's sums before they are stored: an activation that followed it in the file.
enum Epilogue: Sendable {
    /// Values are cut to a range.
    case bounds(ClosedRange<Float>)
    /// A function of each element.
    case function(Unary.Rows)
    /// Negative values times a slope a channel, or one for all.
    case slopes([Float])

    /// Applies it in place to one channel's values.
    func apply(to row: Buffer<Float>, channel: Int) {
        switch self {
        case .bounds(let bounds): Kernel.clip(row, low: bounds.lowerBound, high: bounds.upperBound, into: row)
        case .function(let body): body(row, row)
        case .slopes(let slopes): Kernel.leakyRelu(row, slope: slopes[slopes.count == 1 ? 0 : channel], into: row)
        }
    }
}

/// An implementation that takes the activation after it into itself.
protocol FusesActivation: Implementation {
    var epilogue: Epilogue? { get set }
}
