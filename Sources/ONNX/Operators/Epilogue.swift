import Tensors

/// What happens to a convolution's sums before they are stored: an activation that followed it in the file.
enum Epilogue: Sendable {
    /// A function of each element.
    case function(Unary.Rows)
    /// Negative values times a slope a channel.
    case slopes([Float])

    /// Applies it in place to one channel's values.
    func apply(to row: Buffer<Float>, channel: Int) {
        switch self {
        case .function(let body): body(row, row)
        case .slopes(let slopes): Kernel.leakyRelu(row, slope: slopes[slopes.count == 1 ? 0 : channel], into: row)
        }
    }
}
