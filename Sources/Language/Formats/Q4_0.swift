package import Tensors

/// ggml's 4-bit blocks: 32 values, a half-precision scale before the integers, which have 8 added. 18 bytes.
package struct Q4_0: BlockType {
    package var name: String { "Q4_0" }
    package var code: UInt32 { 2 }
    package var format: BlockFormat { .q4_0 }

    package init() {}
}
