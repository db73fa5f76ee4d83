package import Tensors

/// ggml's 4-bit blocks on uneven levels: 32 values, a half-precision scale, numbers of 16 fixed levels. 18 bytes.
package struct IQ4_NL: BlockType {
    package var name: String { "IQ4_NL" }
    package var code: UInt32 { 20 }
    package var format: BlockFormat { .iq4_nl }

    package init() {}
}
