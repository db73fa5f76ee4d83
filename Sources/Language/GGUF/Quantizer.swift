package import Tensors

/// A format that model files are written in.
package enum QuantizationTarget: String, Sendable, CaseIterable {
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q4_0
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case q8_0

    var type: any QuantizedType {
        switch self {
        case .q4_0: Q4_0()
        case .q8_0: Q8_0()
        }
    }

    /// `general.file_type`.
    var fileType: UInt32 {
        switch self {
        case .q4_0: 2
        case .q8_0: 7
        }
    }
}

/// Makes a quantised GGUF file from one in F32, F16 or BF16.
///
/// Matrices take the target's format; vectors (norms, biases), matrices whose rows are no whole blocks, and tensors that are
/// not weights stay as they are. For Q4_0 the matrix that scores tokens, where small errors show most, becomes Q8_0.
/// Rounding is that of ggml's reference quantiser. Metadata is kept, but for the file type.
package struct Quantizer {
    /// Values that are in memory at a time.
    private static let slab = 1 << 20

    private let source: GGUFFile
    private let target: QuantizationTarget
    private let pool: WorkerPool

    /// - Throws: ``LanguageError`` `.tensor` where a matrix is quantised already.
    package init(_ source: GGUFFile, to target: QuantizationTarget, pool: WorkerPool) throws(LanguageError) {
        self.source = source
        self.target = target
        self.pool = pool
        let plain = ["F32", "F16", "BF16"]
        for tensor in source.tensors where !plain.contains(tensor.type.name) {
            throw .tensor(
                path: source.path, name: tensor.name, expected: plain.joined(separator: ", "), got: tensor.type.name)
        }
    }

    /// The format that a tensor will have.
    package func type(of tensor: GGUFFile.TensorInfo) -> any QuantizedType {
        let isMatrix = tensor.shape.count > 1 && tensor.name.hasSuffix(".weight") && !tensor.name.contains("norm")
        let output = source.tensor(named: "output.weight") == nil ? "token_embd.weight" : "output.weight"
        let wanted: any QuantizedType = tensor.name == output && target == .q4_0 ? Q8_0() : target.type
        return isMatrix && tensor.columns % wanted.blockSize == 0 ? wanted : tensor.type
    }

    /// Writes the file; `progress` is told each tensor's number, from 0, and name before it is written.
    ///
    /// - Throws: ``LanguageError`` `.file` where it cannot be written, `.tensor` where a weight is infinite or no number. What
    ///   was at `path` stays then.
    package func write(
        to path: String, progress: (Int, String) -> Void = { _, _ in }
    ) throws(LanguageError) {
        let tensors = source.tensors.map { tensor in
            GGUFWriter.TensorInfo(name: tensor.name, shape: tensor.shape, type: type(of: tensor))
        }
        let writer = try GGUFWriter(path: path, metadata: metadata(), tensors: tensors)
        for (index, tensor) in source.tensors.enumerated() {
            progress(index, tensor.name)
            try write(tensor, as: tensors[index].type, with: writer)
        }
        try writer.finish()
    }

    private func metadata() -> [(key: String, value: GGUFValue)] {
        var metadata = source.metadata
        func set(_ key: String, _ value: UInt32) {
            if let place = metadata.firstIndex(where: { $0.key == key }) {
                metadata[place].value = .uint32(value)
            } else {
                metadata.append((key, .uint32(value)))
            }
        }
        set("general.file_type", target.fileType)
        set("general.quantization_version", 2)
        return metadata
    }

    private func write(
        _ tensor: GGUFFile.TensorInfo, as type: any QuantizedType, with writer: GGUFWriter
    ) throws(LanguageError) {
        let data = source.data(of: tensor)
        guard type.code != tensor.type.code else { return try writer.append(data) }
        let columns = tensor.columns
        let (from, to) = (tensor.type.rowBytes(columns: columns), type.rowBytes(columns: columns))
        let rows = min(tensor.rows, max(1, Self.slab / columns))
        let values = Buffer<Float>(count: rows * columns)
        let blocks = Buffer<UInt8>(count: rows * to)
        for start in stride(from: 0, to: tensor.rows, by: rows) {
            let count = min(rows, tensor.rows - start)
            pool.split(count, chunk: max(1, 1 << 14 / columns)) { part in
                let floats = values[part.lowerBound * columns..<part.upperBound * columns]
                let bytes = data[(start + part.lowerBound) * from..<(start + part.upperBound) * from]
                tensor.type.dequantize(bytes, into: floats)
                _ = type.quantize(floats, into: blocks[part.lowerBound * to..<part.upperBound * to])
            }
            guard Kernel.sum(values[0..<count * columns]).isFinite else {
                throw .tensor(
                    path: source.path, name: tensor.name, expected: "finite weights",
                    got: "others in rows \(start) to \(start + count - 1)")
            }
            try writer.append(blocks[0..<count * to])
        }
    }
}
