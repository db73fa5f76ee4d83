import Synchronization
import Tensors

/// A convolution's weights as its kernels read them, packed when first wanted and kept with the node.
final class ConvolutionWeights: Sendable {
    /// The forms that kernels read.
    enum Form: Hashable {
        /// For sums over taps and channels, a group after the other.
        case product(lanes: Int)
        /// For Winograd's 36 products.
        case winograd
        /// [blocks, taps, 8], a kernel a channel.
        case depthwise
    }

    private let packed = Mutex<[Form: Buffer<Float>]>([:])

    /// `weights` [filters, channels of a group, kernel height, kernel width] in this form, always the same tensor.
    func form(_ form: Form, of weights: Tensor, group: Int) -> Buffer<Float> {
        packed.withLock { packed in
            if let buffer = packed[form] { return buffer }
            let buffer = ConvolutionWeights.pack(weights, group: group, as: form)
            packed[form] = buffer
            return buffer
        }
    }

    /// `weights` [filters, channels of a group, kernel height, kernel width] in this form.
    static func pack(_ weights: Tensor, group: Int, as form: Form) -> Buffer<Float> {
        let lanes = BlockedLayout.channels
        let (filters, channels) = (weights.shape[0] / group, weights.shape[1])
        let taps = weights.shape[2] * weights.shape[3]
        let source = weights.floats
        switch form {
        case .product(let lanesOfInput):
            let size = BlockedLayout.blocks(of: filters) * lanes * channels * taps
            let buffer = Buffer<Float>(count: group * size)
            for index in 0..<group {
                let count = filters * channels * taps
                Kernel.packProductWeights(
                    source[index * count..<(index + 1) * count], filters: filters, channels: channels, taps: taps,
                    lanes: lanesOfInput, into: buffer[index * size..<(index + 1) * size])
            }
            return buffer
        case .winograd:
            let size = BlockedLayout.blocks(of: filters) * lanes * channels
            let buffer = Buffer<Float>(count: WinogradTiles.values * size)
            Kernel.packWinogradWeights(source, filters: filters, channels: channels, into: buffer)
            return buffer
        case .depthwise:
            let buffer = Buffer<Float>(count: BlockedLayout.blocks(of: weights.shape[0]) * lanes * taps)
            for filter in 0..<weights.shape[0] {
                for tap in 0..<taps {
                    buffer[(filter / lanes * taps + tap) * lanes + filter % lanes] = source[filter * taps + tap]
                }
            }
            return buffer
        }
    }
}
