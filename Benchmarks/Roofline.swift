import Kernels

/// What this machine can do on one core, measured: the lines that no kernel passes.
struct Roofline {
    /// Bytes a second, read in order from memory too large for the caches.
    let bandwidth: Double
    /// Floating-point operations a second of a large matrix product.
    let operations: Double

    init() {
        let table = unsafe Level.best.table
        let count = 64 << 20
        let large = Memory<Float>(count: count) { _ in 1 }
        let read = Timing.measure(seconds: 1) { _ = unsafe table.pointee.sum_f32(large.start, count) }
        bandwidth = Double(4 * count) / read.minimum
        let size = 768
        let (a, b, c) = (
            Memory<Float>(count: size * size), Memory<Float>(count: size * size), Memory<Float>(count: size * size)
        )
        let product = Timing.measure(seconds: 1) {
            unsafe table.pointee.gemm_f32(
                false, false, size, size, size, 1, a.start, size, b.start, size, 0, c.start, size)
        }
        operations = Double(2 * size * size * size) / product.minimum
    }

    var description: String {
        "one core reads \(column(bandwidth * 1e-9, digits: 1, width: 1)) GB/s from memory and multiplies matrices at "
            + "\(column(operations * 1e-9, digits: 1, width: 1)) GFLOP/s"
    }
}
