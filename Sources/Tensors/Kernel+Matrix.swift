import Kernels

// Matrix products.
extension Kernel {
    /// Weights [rows, columns] in float32 times `vectors` vectors.
    ///
    /// A caller that splits rows over threads passes a slice of the weights and of y; each output is the same to the bit
    /// however rows and vectors are cut.
    /// - Parameters:
    ///   - x: [vectors, columns].
    ///   - y: element `v * stride + r` is row r's product with vector v; `stride` defaults to `rows`.
    package static func matrixVectors(
        _ weights: Buffer<Float>, rows: Int, columns: Int, _ x: Buffer<Float>, vectors: Int = 1, into y: Buffer<Float>,
        stride: Int? = nil
    ) {
        let stride = stride ?? rows
        precondition(weights.count == checkedProduct(rows, columns), "weights are not [rows, columns]")
        precondition(x.count == checkedProduct(vectors, columns), "x is not [vectors, columns]")
        check(rows: rows, vectors: vectors, y, stride)
        unsafe table.pointee.matrix_vectors_f32(weights.start, rows, columns, x.start, vectors, y.start, stride)
    }

    /// The same with weights as float16 bit patterns.
    package static func matrixVectors(
        float16 weights: Buffer<UInt16>, rows: Int, columns: Int, _ x: Buffer<Float>, vectors: Int = 1,
        into y: Buffer<Float>, stride: Int? = nil
    ) {
        let stride = stride ?? rows
        precondition(weights.count == checkedProduct(rows, columns), "weights are not [rows, columns]")
        precondition(x.count == checkedProduct(vectors, columns), "x is not [vectors, columns]")
        check(rows: rows, vectors: vectors, y, stride)
        unsafe table.pointee.matrix_vectors_f16(weights.start, rows, columns, x.start, vectors, y.start, stride)
    }

    /// The same with weights in blocks, and x as ``BlockFormat/vectorFormat`` of [vectors, columns]; `columns` is a multiple
    /// of the block's length.
    ///
    /// Products are exact within a block; blocks add up in float, in an order that depends on `columns` alone.
    package static func matrixVectors(
        _ weights: Buffer<UInt8>, as format: BlockFormat, rows: Int, columns: Int, _ x: Buffer<UInt8>, vectors: Int = 1,
        into y: Buffer<Float>, stride: Int? = nil
    ) {
        let stride = stride ?? rows
        precondition(
            weights.count == checkedProduct(rows, format.bytes(for: columns)), "weights are not [rows, columns]")
        precondition(
            x.count == checkedProduct(vectors, format.vectorFormat.bytes(for: columns)), "x is not [vectors, columns]")
        check(rows: rows, vectors: vectors, y, stride)
        let table = unsafe table.pointee
        let (few, many) =
            switch format {
            case .q8_0: unsafe (table.matrix_vectors_q8_0, table.matrix_matrix_q8_0)
            case .q4_0: unsafe (table.matrix_vectors_q4_0, table.matrix_matrix_q4_0)
            case .q4_1: unsafe (table.matrix_vectors_q4_1, table.matrix_matrix_q4_1)
            case .q5_0: unsafe (table.matrix_vectors_q5_0, table.matrix_matrix_q5_0)
            case .q5_1: unsafe (table.matrix_vectors_q5_1, table.matrix_matrix_q5_1)
            case .iq4_nl: unsafe (table.matrix_vectors_iq4_nl, table.matrix_matrix_iq4_nl)
            case .q2_k: unsafe (table.matrix_vectors_q2_k, table.matrix_matrix_q2_k)
            case .q3_k: unsafe (table.matrix_vectors_q3_k, table.matrix_matrix_q3_k)
            case .q4_k: unsafe (table.matrix_vectors_q4_k, table.matrix_matrix_q4_k)
            case .q5_k: unsafe (table.matrix_vectors_q5_k, table.matrix_matrix_q5_k)
            case .q6_k: unsafe (table.matrix_vectors_q6_k, table.matrix_matrix_q6_k)
            }
        let kernel = unsafe vectors < manyVectors ? few : many
        unsafe kernel(weights.start, rows, columns, x.start, vectors, y.start, stride)
    }

    /// How many vectors are many at least: from here on unpacking rows once for all of them pays, as measured in whole models
    /// with AVX2; with NEON not yet, and there it is a guess. Kernels for many may know better for two to four, as those with VNNI
    /// do. The results are the same to the bit.
    #if arch(arm64)
        private static let manyVectors = 12
    #else
        private static let manyVectors = 2
    #endif

    private static func check(rows: Int, vectors: Int, _ y: Buffer<Float>, _ stride: Int) {
        precondition(rows >= 0 && vectors >= 0 && stride >= rows, "rows overlap")
        let needed = vectors == 0 ? 0 : checkedProduct(vectors - 1, stride) + rows
        precondition(needed >= 0 && y.count >= needed, "y is too short")
        y.requireWritable()
    }

    /// c = alpha a b + beta c, row-major, in float32; with `beta` 0, c is not read.
    ///
    /// Safe to call on several threads at once; results do not depend on that.
    /// - Parameters:
    ///   - a: [m, k], rows `lda` apart; [k, m] if transposed.
    ///   - b: [k, n], rows `ldb` apart; [n, k] if transposed.
    ///   - c: [m, n], rows `ldc` apart.
    package static func gemm(
        transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int, alpha: Float = 1,
        _ a: Buffer<Float>, lda: Int, _ b: Buffer<Float>, ldb: Int, beta: Float = 0, into c: Buffer<Float>, ldc: Int
    ) {
        func check(_ matrix: Buffer<Float>, rows: Int, columns: Int, apart: Int) {
            precondition(rows >= 0 && columns >= 0 && apart >= max(columns, 1), "rows overlap")
            guard rows > 0, columns > 0 else { return }
            let (needed, overflow) = checkedProduct(rows - 1, apart).addingReportingOverflow(columns)
            precondition(!overflow && matrix.count >= needed, "a matrix is too short")
        }
        check(a, rows: transposeA ? k : m, columns: transposeA ? m : k, apart: lda)
        check(b, rows: transposeB ? n : k, columns: transposeB ? k : n, apart: ldb)
        check(c, rows: m, columns: n, apart: ldc)
        c.requireWritable()
        unsafe table.pointee.gemm_f32(
            transposeA, transposeB, m, n, k, alpha, a.start, lda, b.start, ldb, beta, c.start, ldc)
    }
}
