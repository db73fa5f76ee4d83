import Kernels

/// ggml's block formats: as many values in one block as ``length`` says, integers with half-precision scales.
package enum BlockFormat: Sendable, CaseIterable {
    /// Blocks of 32: 8-bit values.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q8_0
    /// Blocks of 32: 4-bit values.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q4_0
    /// Blocks of 32: 4-bit values and a minimum.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q4_1
    /// Blocks of 32: 5-bit values.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q5_0
    /// Blocks of 32: 5-bit values and a minimum.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q5_1
    /// Blocks of 32: 4-bit values on 16 levels that lie closer together around zero.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case iq4_nl
    /// Blocks of 256: 2-bit values, scales and minimums of each 16.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q2_k
    /// Blocks of 256: 3-bit values, scales of each 16.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q3_k
    /// Blocks of 256: 4-bit values, scales and minimums of each 32.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q4_k
    /// Blocks of 256: 5-bit values, scales and minimums of each 32.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q5_k
    /// Blocks of 256: 6-bit values, scales of each 16.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q6_k

    /// Values in one block; a row is a whole number of blocks.
    package var length: Int {
        switch self {
        case .q8_0, .q4_0, .q4_1, .q5_0, .q5_1, .iq4_nl: 32
        case .q2_k, .q3_k, .q4_k, .q5_k, .q6_k: 256
        }
    }

    /// Bytes of one block.
    package var byteCount: Int {
        switch self {
        case .q8_0: 34
        case .q4_0: 18
        case .q4_1: 20
        case .q5_0: 22
        case .q5_1: 24
        case .iq4_nl: 18
        case .q2_k: 84
        case .q3_k: 110
        case .q4_k: 144
        case .q5_k: 176
        case .q6_k: 210
        }
    }

    /// What vectors are turned into before rows of these blocks are multiplied with them.
    package var vectorFormat: VectorFormat {
        switch self {
        case .q8_0, .q4_0, .q4_1, .q5_0, .q5_1, .iq4_nl: .q8x4
        case .q2_k, .q3_k, .q4_k, .q5_k, .q6_k: .q8x8
        }
    }

    /// Whether values can be turned into such blocks, not only read from them.
    package var isWritten: Bool { self != .q2_k && self != .q3_k }

    /// Bytes that `count` values take; `count` is a multiple of ``length``.
    package func bytes(for count: Int) -> Int {
        precondition(count >= 0 && count % length == 0, "\(count) values are not whole blocks")
        return checkedProduct(count / length, byteCount)
    }
}

/// What vectors become before they meet weights in blocks: 8-bit values with a scale, never in a file.
package enum VectorFormat: Sendable, CaseIterable {
    /// Four blocks of 32 side by side, with float scales and sums of values; the last four may be incomplete.
    case q8x4
    /// Eight blocks of 32 side by side, with float scales, sums of values, and these times the scales; scales also
    /// as integers.
    case q8x8

    /// Bytes of a vector of `count` values, a multiple of 32, of ``q8x8`` of 256.
    package func bytes(for count: Int) -> Int {
        precondition(count >= 0 && count % (self == .q8x8 ? 256 : 32) == 0, "\(count) values are not whole blocks")
        return switch self {
        case .q8x4: checkedProduct((count + 127) / 128, 160)
        case .q8x8: checkedProduct(count / 256, 448)
        }
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

    /// Values to blocks; the count is a multiple of the block's length, and the format one that is written.
    ///
    /// Q8_0 and Q4_0 are rounded as ggml's reference does; scales of the others are searched for.
    package static func quantize(_ x: Buffer<Float>, as format: BlockFormat, into y: Buffer<UInt8>) {
        precondition(y.count == format.bytes(for: x.count), "not the blocks of \(x.count) values")
        y.requireWritable()
        switch format {
        case .q8_0: unsafe table.pointee.quantize_q8_0(x.start, y.start, x.count)
        case .q4_0: unsafe table.pointee.quantize_q4_0(x.start, y.start, x.count)
        case .q4_1: unsafe table.pointee.quantize_q4_1(x.start, y.start, x.count)
        case .q5_0: unsafe table.pointee.quantize_q5_0(x.start, y.start, x.count)
        case .q5_1: unsafe table.pointee.quantize_q5_1(x.start, y.start, x.count)
        case .iq4_nl: unsafe table.pointee.quantize_iq4_nl(x.start, y.start, x.count)
        case .q4_k: unsafe table.pointee.quantize_q4_k(x.start, y.start, x.count)
        case .q5_k: unsafe table.pointee.quantize_q5_k(x.start, y.start, x.count)
        case .q6_k: unsafe table.pointee.quantize_q6_k(x.start, y.start, x.count)
        case .q2_k, .q3_k: preconditionFailure("a format that is only read")
        }
    }

    /// `vectors` vectors, [vectors, columns], to what weights in blocks are multiplied with.
    package static func quantize(
        _ x: Buffer<Float>, vectors: Int, as format: VectorFormat, into y: Buffer<UInt8>
    ) {
        precondition(vectors >= 0 && (vectors == 0 ? x.count == 0 : x.count % vectors == 0), "not [vectors, columns]")
        guard vectors > 0 else { return }
        let columns = x.count / vectors
        let bytes = format.bytes(for: columns)
        precondition(y.count == checkedProduct(vectors, bytes), "not the blocks of \(x.count) values")
        y.requireWritable()
        for vector in 0..<vectors {
            let (source, target) = unsafe (x.start + vector * columns, y.start + vector * bytes)
            switch format {
            case .q8x4: unsafe table.pointee.quantize_q8x4(source, target, columns)
            case .q8x8: unsafe table.pointee.quantize_q8x8(source, target, columns)
            }
        }
    }

    /// Blocks to values, as ggml's reference does to the bit.
    package static func dequantize(_ x: Buffer<UInt8>, as format: BlockFormat, into y: Buffer<Float>) {
        precondition(x.count == format.bytes(for: y.count), "not the blocks of \(y.count) values")
        y.requireWritable()
        switch format {
        case .q8_0: unsafe table.pointee.dequantize_q8_0(x.start, y.start, y.count)
        case .q4_0: unsafe table.pointee.dequantize_q4_0(x.start, y.start, y.count)
        case .q4_1: unsafe table.pointee.dequantize_q4_1(x.start, y.start, y.count)
        case .q5_0: unsafe table.pointee.dequantize_q5_0(x.start, y.start, y.count)
        case .q5_1: unsafe table.pointee.dequantize_q5_1(x.start, y.start, y.count)
        case .iq4_nl: unsafe table.pointee.dequantize_iq4_nl(x.start, y.start, y.count)
        case .q2_k: unsafe table.pointee.dequantize_q2_k(x.start, y.start, y.count)
        case .q3_k: unsafe table.pointee.dequantize_q3_k(x.start, y.start, y.count)
        case .q4_k: unsafe table.pointee.dequantize_q4_k(x.start, y.start, y.count)
        case .q5_k: unsafe table.pointee.dequantize_q5_k(x.start, y.start, y.count)
        case .q6_k: unsafe table.pointee.dequantize_q6_k(x.start, y.start, y.count)
        }
    }
}
