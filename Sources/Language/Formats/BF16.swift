package import Tensors

/// The upper half of IEEE single precision, one value a block. Rows are turned into float32 as they are used.
package struct BF16: QuantizedType {
    package var name: String { "BF16" }
    package var code: UInt32 { 30 }
    package var blockSize: Int { 1 }
    package var blockBytes: Int { 2 }
    package var alignment: Int { 2 }
    package var activation: ActivationType { .float32 }

    package init() {}

    package func dequantize(_ source: Buffer<UInt8>, into target: Buffer<Float>) {
        Kernel.float32(fromBFloat16: source.elements(of: UInt16.self), into: target)
    }
}
