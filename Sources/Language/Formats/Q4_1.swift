package import Tensors

/// ggml's 4-bit blocks with a minimum: 32 values, half-precision scale and minimum before the integers. 20 bytes.
package struct Q4_1: BlockType {
    package var name: String { "Q4_1" }
    package var code: UInt32 { 3 }
    package var format: BlockFormat { .q4_1 }

    package init() {}
}
