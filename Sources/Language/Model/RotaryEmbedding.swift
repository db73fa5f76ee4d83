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
    /// Radians a position, for each pair.
    private let frequencies: [Double]
    /// What turned elements are multiplied by as well.
    private let magnitude: Double

    /// - Parameters:
    ///   - rotated: even.
    ///   - factors: what each frequency is divided by (LLaMA 3's and Phi 3's long-context scaling), `rotated / 2` of them, or none.
    ///   - scale: what every frequency is divided by (linear scaling).
    ///   - magnitude: what queries and keys are multiplied by (Phi 3's).
    init(rotated: Int, base: Double, factors: [Float]? = nil, scale: Double = 1, magnitude: Double = 1) {
        self.rotated = rotated
        self.magnitude = magnitude
        frequencies = (0..<rotated / 2).map { pair in
            pow(base, -Double(2 * pair) / Double(rotated)) / scale / Double(factors?[pair] ?? 1)
        }
    }

    /// Writes cosines and sines of a position, each [rotated / 2].
    func fill(cosines: Buffer<Float>, sines: Buffer<Float>, position: Int) {
        for (pair, frequency) in frequencies.enumerated() {
            let angle = Double(position) * frequency
            cosines[pair] = Float(magnitude * cos(angle))
            sines[pair] = Float(magnitude * sin(angle))
        }
    }
}
