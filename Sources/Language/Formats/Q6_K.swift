package import Tensors

/// ggml's 6-bit blocks: 256 values in 16 groups, each with an 8-bit scale, and a half-precision scale of these.
///
/// Bytes of a block: 128 of the lower four bits, 64 of the upper two, 16 scales, the scale of scales. Rows are turned into
/// float32 as they are used.
package struct Q6_K: QuantizedType {
    package var name: String { "Q6_K" }
    package var code: UInt32 { 14 }
    package var blockSize: Int { 256 }
    package var blockBytes: Int { 210 }
    package var alignment: Int { 1 }
    package var activation: ActivationType { .float32 }

    package init() {}

    package func dequantize(_ source: Buffer<UInt8>, into target: Buffer<Float>) {
        let blocks = target.count / blockSize
        precondition(source.count == blocks * blockBytes && target.count == blocks * blockSize, "no whole blocks")
        let halves = Buffer<UInt16>(count: 1)
        let scale = Buffer<Float>(count: 1)
        for block in 0..<blocks {
            let start = block * blockBytes
            halves[0] = UInt16(source[start + 208]) | UInt16(source[start + 209]) << 8
            Kernel.float32(fromFloat16: halves, into: scale)
            let values = target[block * blockSize..<(block + 1) * blockSize]
            source[start..<start + blockBytes].withSpan { bytes in
                values.withMutableSpan { values in Self.unpack(bytes, scale[0], &values) }
            }
        }
    }

    /// Each half of a block holds 128 values: four runs of 32, whose lower bits lie in the low nibbles of 32 bytes, of the
    /// next 32, then in their high nibbles, and whose upper bits are pairs of bits of the same 32 bytes.
    private static func unpack(_ bytes: Span<UInt8>, _ scale: Float, _ values: inout MutableSpan<Float>) {
        for half in 0..<2 {
            for run in 0..<4 {
                for place in 0..<32 {
                    let low = bytes[64 * half + 32 * (run & 1) + place] >> UInt8(4 * (run >> 1)) & 15
                    let high = bytes[128 + 32 * half + place] >> UInt8(2 * run) & 3
                    let group = Int8(bitPattern: bytes[192 + 8 * half + 2 * run + place / 16])
                    let quant = Int(low | high << 4) - 32
                    values[128 * half + 32 * run + place] = scale * Float(group) * Float(quant)
                }
            }
        }
    }
}
