package import Tensors

/// ggml's 4-bit blocks: 256 values in 8 groups with 6-bit scales and minimums, half-precision scales of these. 144
/// bytes.
package struct Q4_K: BlockType {
    package var name: String { "Q4_K" }
    package var code: UInt32 { 12 }
    package var format: BlockFormat { .q4_k }

    package init() {}
}
