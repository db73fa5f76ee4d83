import Synchronization
import Tensors

/// A convolution's weights as its kernels read them, packed when first wanted and kept with the node.
final class ConvolutionWeights: Sendable {
    /// The forms that kernels read.
    enum Form: Hashable {
        /// For sums over taps and channels, a group after the other.
        case product(lanes: Int)
        /// [blocks, taps, filters, 8], for sums of few filters.
        case narrow
        /// For Winograd's products.
        case winograd(WinogradTiles.Edge)
        /// [blocks, taps, 8], a kernel a channel.
        case depthwise
    }

    private let memory: WeightMemory
    private let packed = Mutex<[Form: Buffer<Float>]>([:])

    init(in memory: WeightMemory) { self.memory = memory }

    /// `weights` [filters, channels of a group, kernel height, kernel width] in this form, always the same.
    func form(_ form: Form, of weights: ConstantValue, group: Int) -> Buffer<Float> {
        packed.withLock { packed in
            if let buffer = packed[form] { return buffer }
            let buffer = weights.once { ConvolutionWeights.pack($0, group: group, as: form, in: memory) }
            packed[form] = buffer
            return buffer
        }
    }

    /// `weights` [filters, channels of a group, kernel height, kernel width] in this form.
    static func pack(_ weights: Tensor, group: Int, as form: Form, in memory: WeightMemory) -> Buffer<Float> {
        let lanes = BlockedLayout.channels
        let (filters, channels) = (weights.shape[0] / group, weights.shape[1])
        let taps = weights.shape[2] * weights.shape[3]
        let source = weights.floats
        switch form {
        case .product(let lanesOfInput):
            let size = BlockedLayout.blocks(of: filters) * lanes * channels * taps
            let buffer = memory.floats(group * size)
            for index in 0..<group {
                let count = filters * channels * taps
                Kernel.packProductWeights(
                    source[index * count..<(index + 1) * count], filters: filters, channels: channels, taps: taps,
                    lanes: lanesOfInput, into: buffer[index * size..<(index + 1) * size])
            }
            return buffer
        case .narrow:
            let blocks = BlockedLayout.blocks(of: channels)
            let buffer = memory.floats(blocks * taps * filters * lanes)
            for filter in 0..<filters {
                for channel in 0..<channels {
                    for tap in 0..<taps {
                        let place = ((channel / lanes * taps + tap) * filters + filter) * lanes + channel % lanes
                        buffer[place] = source[(filter * channels + channel) * taps + tap]
                    }
                }
            }
            return buffer
        case .winograd(let edge):
            let buffer = memory.floats(edge.values * BlockedLayout.blocks(of: filters) * lanes * channels)
            // A pair of blocks after the other, so that what lies between the two steps stays in the cache.
            let plain = Buffer<Float>(count: 2 * lanes * channels * taps)
            for first in stride(from: 0, to: filters, by: 2 * lanes) {
                let count = min(2 * lanes, filters - first)
                let outputs = BlockedLayout.blocks(of: count)
                let pair = plain[0..<outputs * lanes * channels * taps]
                Kernel.packProductWeights(
                    source[first * channels * taps..<(first + count) * channels * taps], filters: count,
                    channels: channels, taps: taps, into: pair)
                let place = edge.values * channels
                Kernel.winogradWeights(
                    pair, edge: edge, outputs: outputs, channels: channels,
                    into: buffer[first * place..<(first + outputs * lanes) * place])
            }
            return buffer
        case .depthwise:
            let buffer = memory.floats(BlockedLayout.blocks(of: weights.shape[0]) * lanes * taps)
            for filter in 0..<weights.shape[0] {
                for tap in 0..<taps {
                    buffer[(filter / lanes * taps + tap) * lanes + filter % lanes] = source[filter * taps + tap]
                }
            }
            return buffer
        }
    }
}
