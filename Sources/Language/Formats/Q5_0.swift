package import Tensors

/// ggml's 5-bit blocks: 32 values, a half-precision scale, the fifth bits, the lower four; 16 is added to each. 22
/// bytes.
package struct Q5_0: BlockType {
    package var name: String { "Q5_0" }
    package var code: UInt32 { 6 }
    package var format: BlockFormat { .q5_0 }

    package init() {}
}
