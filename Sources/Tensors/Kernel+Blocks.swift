import Kernels

/// ggml's block formats: 32 values in one block, a half-precision scale before the integers.
package enum BlockFormat: Sendable, CaseIterable {
    /// 8-bit values: 34 bytes a block.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q8_0
    /// 4-bit values: 18 bytes a block.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q4_0

    /// Values in one block.
    package static var length: Int { 32 }

    /// Bytes of one block.
    package var byteCount: Int {
        switch self {
        case .q8_0: 34
        case .q4_0: 18
        }
    }

    /// Bytes that `count` values take; `count` is a multiple of ``length``.
    package func bytes(for count: Int) -> Int {
        precondition(count >= 0 && count % BlockFormat.length == 0, "\(count) values are not whole blocks")
        return checkedProduct(count / BlockFormat.length, byteCount)
    }
}

// Conversions of half-precision and block-quantised values.
extension Kernel {
    /// float32 to float16 bit patterns, to nearest with ties to even; past 65,504 infinity.
    package static func float16(_ x: Buffer<Float>, into y: Buffer<UInt16>) {
        precondition(x.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.f32_to_f16(x.start, y.start, y.count)
    }

    /// float16 bit patterns to float32, exactly.
    package static func float32(fromFloat16 x: Buffer<UInt16>, into y: Buffer<Float>) {
        precondition(x.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.f16_to_f32(x.start, y.start, y.count)
    }

    /// bfloat16 bit patterns to float32, exactly.
    package static func float32(fromBFloat16 x: Buffer<UInt16>, into y: Buffer<Float>) {
        precondition(x.count == y.count, "counts differ")
        y.requireWritable()
        unsafe table.pointee.bf16_to_f32(x.start, y.start, y.count)
    }

    /// Values to blocks, rounded as ggml's reference does; the count is a multiple of 32.
    package static func quantize(_ x: Buffer<Float>, as format: BlockFormat, into y: Buffer<UInt8>) {
        precondition(y.count == format.bytes(for: x.count), "not the blocks of \(x.count) values")
        y.requireWritable()
        switch format {
        case .q8_0: unsafe table.pointee.quantize_q8_0(x.start, y.start, x.count)
        case .q4_0: unsafe table.pointee.quantize_q4_0(x.start, y.start, x.count)
        }
    }

    /// Blocks to values: scale * integer.
    package static func dequantize(_ x: Buffer<UInt8>, as format: BlockFormat, into y: Buffer<Float>) {
        precondition(x.count == format.bytes(for: y.count), "not the blocks of \(y.count) values")
        y.requireWritable()
        switch format {
        case .q8_0: unsafe table.pointee.dequantize_q8_0(x.start, y.start, y.count)
        case .q4_0: unsafe table.pointee.dequantize_q4_0(x.start, y.start, y.count)
        }
    }
}
