import Kernels

/// The block formats, by the names that their kernels have.
enum BlockFormat: String, CaseIterable {
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q8_0, q4_0, q4_1, q5_0, q5_1, iq4_nl, q2_k, q3_k, q4_k, q5_k, q6_k

    /// Values of one block.
    var length: Int {
        switch self {
        case .q8_0, .q4_0, .q4_1, .q5_0, .q5_1, .iq4_nl: 32
        case .q2_k, .q3_k, .q4_k, .q5_k, .q6_k: 256
        }
    }

    /// Bytes of one block.
    var byteCount: Int {
        switch self {
        case .q8_0: MemoryLayout<kernels_q8_0>.size
        case .q4_0: MemoryLayout<kernels_q4_0>.size
        case .q4_1: MemoryLayout<kernels_q4_1>.size
        case .q5_0: MemoryLayout<kernels_q5_0>.size
        case .q5_1: MemoryLayout<kernels_q5_1>.size
        case .iq4_nl: MemoryLayout<kernels_iq4_nl>.size
        case .q2_k: MemoryLayout<kernels_q2_k>.size
        case .q3_k: MemoryLayout<kernels_q3_k>.size
        case .q4_k: MemoryLayout<kernels_q4_k>.size
        case .q5_k: MemoryLayout<kernels_q5_k>.size
        case .q6_k: MemoryLayout<kernels_q6_k>.size
        }
    }

    /// Multiplies rows with vectors in the form that the format asks for, by the kernel for few of them or for many.
    func multiply(
        at level: Level, _ weights: Memory<UInt8>, rows: Int, columns: Int, _ x: Vectors, vectors: Int, areMany: Bool,
        into y: Memory<Float>
    ) {
        let table = unsafe level.table.pointee
        let (few, many) =
            switch self {
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
        let kernel = unsafe areMany ? many : few
        let blocks = length == 32 ? x.fours : x.wholes
        unsafe kernel(weights.start, rows, columns, blocks.start, vectors, y.start, rows)
    }

    /// Vectors in each form that blocks meet: q8x4, q8x8.
    struct Vectors {
        let fours, wholes: Memory<UInt8>

        /// - Parameter count: of all values, a multiple of 256.
        init(_ values: Memory<Float>, count: Int) {
            fours = Memory(count: count / 128 * MemoryLayout<kernels_q8x4>.size)
            wholes = Memory(count: count / 256 * MemoryLayout<kernels_q8x8>.size)
            let table = unsafe Level.best.table.pointee
            unsafe table.quantize_q8x4(values.start, fours.start, count)
            unsafe table.quantize_q8x8(values.start, wholes.start, count)
        }
    }
}
