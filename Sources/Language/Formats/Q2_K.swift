package import Tensors

/// ggml's 2-bit blocks: 256 values in 16 groups with 4-bit scales and minimums, two half-precision scales of these. 84
/// bytes.
package struct Q2_K: BlockType {
    package var name: String { "Q2_K" }
    package var code: UInt32 { 10 }
    package var format: BlockFormat { .q2_k }

    package init() {}
}
