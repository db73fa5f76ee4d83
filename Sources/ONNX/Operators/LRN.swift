import Tensors

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// `LRN`, local response normalization across channels (Krizhevsky et al., 2012):
/// x / (bias + alpha / size * sum of squares of `size` neighbouring channels) ^ beta.
struct LRN: Operator {
    static let signatures = [Signature(name: "LRN", inputs: 1...1)]

    private let alpha: Float
    private let beta: Float
    private let bias: Float
    private let size: Int

    init(_ attributes: inout Attributes) throws(ModelError) {
        alpha = try attributes.float("alpha", default: 0.0001)
        beta = try attributes.float("beta", default: 0.75)
        bias = try attributes.float("bias", default: 1)
        size = try attributes.int("size", default: 0, in: 1...1 << 20)
    }

    func plan(_ inputs: Operands) throws(ModelError) -> Step {
        try inputs.requireFloats(0, ranks: 3...Limits.rank)
        let shape = inputs[0].shape
        let channels = shape[1]
        let area = shape[2...].reduce(1, *)
        return Step(outputs: [inputs[0].tensorType]) { frame in
            let (x, y) = (frame.input(0).floats, frame.output.floats)
            frame.pool.run(shape[0] * channels) { plane in
                let (image, channel) = (plane / channels, plane % channels)
                let first = max(0, channel - (size - 1) / 2)
                let last = min(channels - 1, channel + size / 2)
                for place in 0..<area {
                    var sum: Float = 0
                    for other in first...last {
                        let value = x[(image * channels + other) * area + place]
                        sum += value * value
                    }
                    y[plane * area + place] = x[plane * area + place] / pow(bias + alpha / Float(size) * sum, beta)
                }
            }
        }
    }
}
