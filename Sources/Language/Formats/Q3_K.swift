package import Tensors

/// ggml's 3-bit blocks: 256 values in 16 groups with 6-bit scales, a half-precision scale of these. 110 bytes.
package struct Q3_K: BlockType {
    package var name: String { "Q3_K" }
    package var code: UInt32 { 11 }
    package var format: BlockFormat { .q3_k }

    package init() {}
}
