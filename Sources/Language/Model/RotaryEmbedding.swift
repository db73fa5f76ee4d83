import Tensors

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Angles of a rotary position embedding (Su et al. 2021, "RoFormer").
struct RotaryEmbedding: Sendable {
    /// Elements of each head that turn.
    let rotated: Int
    let pairing: Kernel.RopePairing
    /// Radians a position, for each pair.
    private let frequencies: [Double]

    /// - Parameters:
    ///   - rotated: even.
    ///   - factors: what each frequency is divided by (LLaMA 3's long-context scaling), `rotated / 2` of them, or none.
    ///   - scale: what every frequency is divided by (linear scaling).
    init(rotated: Int, base: Double, pairing: Kernel.RopePairing, factors: [Float]?, scale: Double) {
        self.rotated = rotated
        self.pairing = pairing
        frequencies = (0..<rotated / 2).map { pair in
            pow(base, -Double(2 * pair) / Double(rotated)) / scale / Double(factors?[pair] ?? 1)
        }
    }

    /// Writes cosines and sines of `count` positions from `first` on, each [count, rotated / 2].
    func fill(cosines: Buffer<Float>, sines: Buffer<Float>, first: Int, count: Int) {
        let pairs = rotated / 2
        for index in 0..<count {
            for pair in 0..<pairs {
                let angle = Double(first + index) * frequencies[pair]
                cosines[index * pairs + pair] = Float(cos(angle))
                sines[index * pairs + pair] = Float(sin(angle))
            }
        }
    }
}
