/// What this machine can do, measured: the lines that no kernel passes.
package enum Roofline {
    /// Bytes a second that the threads of a pool read together, in order, from 256 MiB of memory.
    ///
    /// - Parameter seconds: how long to measure, at least five passes; the quickest pass counts.
    package static func bandwidth(pool: WorkerPool, seconds: Double = 1) -> Double {
        let count = 64 << 20
        let large = Buffer<Float>(count: count)
        // Memory that was never written is one page of zeros.
        large.fill(with: 1)
        let read = Timing.measure(seconds: seconds) {
            pool.split(count, chunk: 1 << 18) { _ = Kernel.sum(large[$0]) }
        }
        return Double(4 * count) / read.minimum
    }

    /// Floating-point operations a second of a large matrix product on one core.
    ///
    /// - Parameter seconds: how long to measure, at least five products; the quickest one counts.
    package static func operations(seconds: Double = 1) -> Double {
        let size = 768
        let a = Buffer((0..<size * size).map { Float($0 % 61) / 61 - 0.5 })
        let b = Buffer((0..<size * size).map { Float($0 % 59) / 59 - 0.5 })
        let c = Buffer<Float>(count: size * size)
        let product = Timing.measure(seconds: seconds) {
            Kernel.gemm(m: size, n: size, k: size, a, lda: size, b, ldb: size, into: c, ldc: size)
        }
        return Double(2 * size * size * size) / product.minimum
    }
}
