package import Tensors

/// ggml's 6-bit blocks: 256 values in 16 groups with 8-bit scales, a half-precision scale of these. 210 bytes.
package struct Q6_K: BlockType {
    package var name: String { "Q6_K" }
    package var code: UInt32 { 14 }
    package var format: BlockFormat { .q6_k }

    package init() {}
}
