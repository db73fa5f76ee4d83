package import Tensors

/// ggml's 5-bit blocks: 256 values in 8 groups with 6-bit scales and minimums, half-precision scales of these. 176
/// bytes.
package struct Q5_K: BlockType {
    package var name: String { "Q5_K" }
    package var code: UInt32 { 13 }
    package var format: BlockFormat { .q5_k }

    package init() {}
}
