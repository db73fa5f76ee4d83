import Tensors
import TestSupport
import Testing

@Suite("Matrix products on several threads")
struct GEMMTests {
    /// The same product by many threads at once gives the bits that one thread alone gives.
    @Test(arguments: [(1, 64, 40), (17, 33, 65), (64, 400, 147), (96, 196, 576)])
    func concurrentProductsAreTheSame(m: Int, n: Int, k: Int) {
        var random = TestRandom(seed: 7)
        let a = Buffer(random.floats(m * k))
        let b = Buffer(random.floats(k * n))
        let alone = Buffer<Float>(count: m * n)
        Kernel.gemm(m: m, n: n, k: k, a, lda: k, b, ldb: n, into: alone, ldc: n)
        let pool = WorkerPool(threads: 8)
        let results = (0..<64).map { _ in Buffer<Float>(count: m * n) }
        pool.run(results.count) { index in
            Kernel.gemm(m: m, n: n, k: k, a, lda: k, b, ldb: n, into: results[index], ldc: n)
        }
        for result in results { #expect(result.array == alone.array) }
    }
}
