package import Tensors

/// A format that tensors are stored in: blocks of values, each block some bytes.
///
/// To add one: a file with a conforming type, and a line in ``QuantizedTypes/all``.
package protocol QuantizedType: Sendable {
    /// The name users and llama.cpp know, `Q4_0`.
    var name: String { get }
    /// `ggml_type` in a GGUF file.
    var code: UInt32 { get }
    /// Values of one block; a row is a whole number of blocks.
    var blockSize: Int { get }
    /// Bytes of one block.
    var blockBytes: Int { get }
    /// What the address of tensor data must be a multiple of.
    var alignment: Int { get }
    /// What vectors are turned into before rows are multiplied with them.
    var activation: ActivationType { get }

    /// Writes the values of the blocks in `source` to `target`, which is as long.
    func dequantize(_ source: Buffer<UInt8>, into target: Buffer<Float>)

    /// Writes the values of `source` as blocks to `target`; false if this engine does not write the format.
    func quantize(_ source: Buffer<Float>, into target: Buffer<UInt8>) -> Bool

    /// Multiplies `rows` rows of `columns` weights with `vectors` vectors: `target[v * stride + r]`.
    ///
    /// - Parameters:
    ///   - weights: `rows` rows of blocks.
    ///   - activations: `vectors` vectors of `columns` values, in both forms that ``Activations`` holds.
    func multiply(
        _ weights: Buffer<UInt8>, rows: Int, columns: Int, with activations: Activations, vectors: Int,
        into target: Buffer<Float>, stride: Int)
}

extension QuantizedType {
    package func quantize(_ source: Buffer<Float>, into target: Buffer<UInt8>) -> Bool { false }

    /// Formats without a kernel of their own: rows as float32, then multiplied as such.
    package func multiply(
        _ weights: Buffer<UInt8>, rows: Int, columns: Int, with activations: Activations, vectors: Int,
        into target: Buffer<Float>, stride: Int
    ) {
        // A few rows at a time, which stay in the cache between the two steps.
        let part = min(rows, 8)
        let floats = Buffer<Float>(count: part * columns)
        let rowBytes = rowBytes(columns: columns)
        for start in Swift.stride(from: 0, to: rows, by: part) {
            let count = min(part, rows - start)
            let values = floats[0..<count * columns]
            dequantize(weights[start * rowBytes..<(start + count) * rowBytes], into: values)
            Kernel.matrixVectors(
                values, rows: count, columns: columns, activations.floats(columns: columns, vectors: vectors),
                vectors: vectors, into: target[start..<(vectors - 1) * stride + start + count], stride: stride)
        }
    }

    /// Bytes of a tensor of this shape (columns first), or nil where a row is no whole number of blocks or the size overflows.
    package func byteCount(shape: [Int]) -> Int? {
        guard let columns = shape.first, columns % blockSize == 0 else { return nil }
        guard Tensor.count(of: shape) != nil else { return nil }
        return Tensor.count(of: [columns / blockSize, blockBytes] + shape.dropFirst())
    }

    /// Bytes of one row of so many values.
    package func rowBytes(columns: Int) -> Int { columns / blockSize * blockBytes }
}

/// The forms in which vectors meet weights.
package enum ActivationType: Sendable, Equatable {
    case float32
    /// 8-bit values with scales.
    case blocks(VectorFormat)
}

/// The formats this engine reads.
package enum QuantizedTypes {
    package static let all: [any QuantizedType] = [
        F32(), F16(), BF16(), Q8_0(), Q4_0(), Q4_1(), Q5_0(), Q5_1(), IQ4_NL(), Q2_K(), Q3_K(), Q4_K(), Q5_K(), Q6_K(),
    ]

    /// The format of a `ggml_type` number, or nil.
    package static func type(code: UInt32) -> (any QuantizedType)? { all.first { $0.code == code } }

    /// ggml's name of a number, also for formats not read here.
    package static func name(code: UInt32) -> String {
        let names: [UInt32: String] = [
            9: "Q8_1", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S", 21: "IQ3_S", 22: "IQ2_S",
            23: "IQ4_XS", 24: "I8", 25: "I16", 26: "I32", 27: "I64", 28: "F64", 29: "IQ1_M", 34: "TQ1_0", 35: "TQ2_0",
            39: "MXFP4",
        ]
        return type(code: code)?.name ?? names[code] ?? "number \(code)"
    }
}
