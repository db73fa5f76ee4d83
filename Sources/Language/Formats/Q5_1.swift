package import Tensors

/// ggml's 5-bit blocks with a minimum: 32 values, half-precision scale and minimum, fifth bits, the lower four. 24
/// bytes.
package struct Q5_1: BlockType {
    package var name: String { "Q5_1" }
    package var code: UInt32 { 7 }
    package var format: BlockFormat { .q5_1 }

    package init() {}
}
