import Kernels

// Functions of each element; x and y have the same count.
extension Kernel {
    /// y = max(x, 0); NaN stays NaN.
    package static func relu(_ x: Buffer<Float>, into y: Buffer<Float>) {
        precondition(x.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.relu_f32(x.start, y.start, y.count)
    }

    /// y = sqrt(x).
    package static func squareRoot(_ x: Buffer<Float>, into y: Buffer<Float>) {
        precondition(x.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.sqrt_f32(x.start, y.start, y.count)
    }

    /// y = exp(x), within 2 units in the last place.
    package static func exp(_ x: Buffer<Float>, into y: Buffer<Float>) {
        precondition(x.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.exp_f32(x.start, y.start, y.count)
    }

    /// y = 1 / (1 + exp(-x)).
    package static func sigmoid(_ x: Buffer<Float>, into y: Buffer<Float>) {
        precondition(x.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.sigmoid_f32(x.start, y.start, y.count)
    }

    /// y = x / (1 + exp(-x)), also called swish.
    package static func silu(_ x: Buffer<Float>, into y: Buffer<Float>) {
        precondition(x.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.silu_f32(x.start, y.start, y.count)
    }

    /// y = tanh(x).
    package static func tanh(_ x: Buffer<Float>, into y: Buffer<Float>) {
        precondition(x.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.tanh_f32(x.start, y.start, y.count)
    }

    /// y = 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), the tanh form of GELU.
    package static func gelu(_ x: Buffer<Float>, into y: Buffer<Float>) {
        precondition(x.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.gelu_f32(x.start, y.start, y.count)
    }

    /// y = erf(x), the error function.
    package static func erf(_ x: Buffer<Float>, into y: Buffer<Float>) {
        precondition(x.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.erf_f32(x.start, y.start, y.count)
    }

    /// y = x max(0, min(1, x / 6 + 0.5)).
    package static func hardSwish(_ x: Buffer<Float>, into y: Buffer<Float>) {
        precondition(x.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.hard_swish_f32(x.start, y.start, y.count)
    }

    /// y = x where x >= 0, else slope * x.
    package static func leakyRelu(_ x: Buffer<Float>, slope: Float, into y: Buffer<Float>) {
        precondition(x.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.leaky_relu_f32(x.start, slope, y.start, y.count)
    }

    /// y = min(high, max(low, x)); NaN stays NaN.
    package static func clip(_ x: Buffer<Float>, low: Float, high: Float, into y: Buffer<Float>) {
        precondition(x.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.clip_f32(x.start, low, high, y.start, y.count)
    }

    /// y = max(0, min(1, alpha * x + beta)).
    package static func hardSigmoid(_ x: Buffer<Float>, alpha: Float, beta: Float, into y: Buffer<Float>) {
        precondition(x.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.hard_sigmoid_f32(x.start, alpha, beta, y.start, y.count)
    }

    /// y = silu(gate) * up, the gated half of a SwiGLU layer (Shazeer 2020).
    package static func siluMultiply(gate: Buffer<Float>, up: Buffer<Float>, into y: Buffer<Float>) {
        precondition(gate.count == y.count && up.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.silu_multiply_f32(gate.start, up.start, y.start, y.count)
    }
}
