import Kernels

// Reductions of a row and what is built from them.
extension Kernel {
    /// The sum of `a[i] * b[i]`.
    package static func dot(_ a: Buffer<Float>, _ b: Buffer<Float>) -> Float {
        precondition(a.count == b.count, "counts differ")
        return unsafe table.pointee.dot_f32(a.start, b.start, a.count)
    }

    /// The sum of all elements.
    package static func sum(_ x: Buffer<Float>) -> Float { unsafe table.pointee.sum_f32(x.start, x.count) }

    /// The largest element; minus infinity of none.
    package static func largest(_ x: Buffer<Float>) -> Float { unsafe table.pointee.largest_f32(x.start, x.count) }

    /// The sum of `(x[i] - mean)^2`, of which a variance is made.
    package static func squaredDeviation(_ x: Buffer<Float>, from mean: Float) -> Float {
        unsafe table.pointee.squared_deviation_f32(x.start, mean, x.count)
    }

    /// y = exp(x - largest x) / the sum of those, over the whole row. May work in place.
    package static func softmax(_ x: Buffer<Float>, into y: Buffer<Float>) {
        precondition(x.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.softmax_f32(x.start, y.start, y.count)
    }

    /// y = x / sqrt(mean of x^2 + epsilon) * weight (Zhang and Sennrich 2019). May work in place.
    package static func rmsNorm(_ x: Buffer<Float>, weight: Buffer<Float>, epsilon: Float, into y: Buffer<Float>) {
        precondition(x.count == y.count && weight.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.rms_norm_f32(x.start, weight.start, y.start, y.count, epsilon)
    }

    /// Which elements of a head a rotary embedding turns together.
    package enum RopePairing: Sendable {
        /// 2 i and 2 i + 1, as in the original paper and in GGUF files of the LLaMA architecture.
        case interleaved
        /// i and i + rotated / 2, as in GPT-NeoX.
        case halves
    }

    /// Rotary position embedding (Su et al. 2021) of one position, in place.
    ///
    /// - Parameters:
    ///   - x: [heads, headSize].
    ///   - cosines: [rotated / 2], of the angle of each pair at this position.
    ///   - sines: [rotated / 2].
    ///   - rotated: how many elements of each head turn, from its first; even, at most `headSize`.
    package static func rope(
        _ x: Buffer<Float>, cosines: Buffer<Float>, sines: Buffer<Float>, heads: Int, headSize: Int, rotated: Int,
        pairing: RopePairing
    ) {
        precondition(
            heads >= 0 && headSize >= 0 && x.count == checkedProduct(heads, headSize), "x is not [heads, headSize]")
        precondition(rotated >= 0 && rotated % 2 == 0 && rotated <= headSize, "rotated must be even and fit the head")
        precondition(cosines.count == rotated / 2 && sines.count == rotated / 2, "one angle a pair")
        x.requireWritable()
        unsafe table.pointee.rope_f32(
            x.start, cosines.start, sines.start, heads, headSize, rotated, pairing == .halves)
    }
}

/// The product of sizes, which must not overflow.
func checkedProduct(_ sizes: Int...) -> Int {
    var product = 1
    for size in sizes {
        let (next, overflow) = product.multipliedReportingOverflow(by: size)
        precondition(!overflow, "a size past the address space")
        product = next
    }
    return product
}
