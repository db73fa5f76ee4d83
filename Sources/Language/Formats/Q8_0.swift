package import Tensors

/// ggml's 8-bit blocks: 32 values, a half-precision scale before the integers. 34 bytes.
package struct Q8_0: BlockType {
    package var name: String { "Q8_0" }
    package var code: UInt32 { 8 }
    package var format: BlockFormat { .q8_0 }

    package init() {}
}
