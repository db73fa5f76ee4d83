import Kernels

/// A block format's product with vectors.
struct BlockFormat {
    typealias Product =
        @convention(c) (UnsafeRawPointer, Int, Int, UnsafeRawPointer, Int, UnsafeMutablePointer<Float>, Int) -> Void

    let name: String
    /// Values of a block, and its bytes.
    let length: Int
    let byteCount: Int
    /// What vectors are: Q8_0, q8x4, q8_k.
    let vectors: Int
    let kernel: (kernels) -> Product

    static let all: [BlockFormat] = [
        BlockFormat(name: "q8_0", length: 32, byteCount: 34, vectors: 0) { unsafe $0.matrix_vectors_q8_0 },
        BlockFormat(name: "q4_0", length: 32, byteCount: 18, vectors: 0) { unsafe $0.matrix_vectors_q4_0 },
        BlockFormat(name: "q4_1", length: 32, byteCount: 20, vectors: 1) { unsafe $0.matrix_vectors_q4_1 },
        BlockFormat(name: "q5_0", length: 32, byteCount: 22, vectors: 1) { unsafe $0.matrix_vectors_q5_0 },
        BlockFormat(name: "q5_1", length: 32, byteCount: 24, vectors: 1) { unsafe $0.matrix_vectors_q5_1 },
        BlockFormat(name: "iq4_nl", length: 32, byteCount: 18, vectors: 1) { unsafe $0.matrix_vectors_iq4_nl },
        BlockFormat(name: "q2_k", length: 256, byteCount: 84, vectors: 2) { unsafe $0.matrix_vectors_q2_k },
        BlockFormat(name: "q3_k", length: 256, byteCount: 110, vectors: 2) { unsafe $0.matrix_vectors_q3_k },
        BlockFormat(name: "q4_k", length: 256, byteCount: 144, vectors: 2) { unsafe $0.matrix_vectors_q4_k },
        BlockFormat(name: "q5_k", length: 256, byteCount: 176, vectors: 2) { unsafe $0.matrix_vectors_q5_k },
        BlockFormat(name: "q6_k", length: 256, byteCount: 210, vectors: 2) { unsafe $0.matrix_vectors_q6_k },
    ]
}
