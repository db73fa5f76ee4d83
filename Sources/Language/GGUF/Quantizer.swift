package import Tensors

/// Makes a quantised GGUF file from one in F32, F16 or BF16.
///
/// Matrices take the target's types; vectors (norms, biases), what chooses experts or adds positions, matrices whose rows are
/// no whole blocks even of 32, and tensors that are not weights stay as they are. Q8_0 and Q4_0 are rounded as ggml's reference
/// does; scales of the other types are searched for. Metadata is kept, but for the file type.
package struct Quantizer {
    /// Values that are in memory at a time.
    private static let slab = 1 << 20
    /// Matrices that stay as they are.
    private static let kept = ["ffn_gate_inp.weight", "position_embd.weight", "token_types.weight"]

    /// What became of a tensor.
    package struct Outcome: Sendable {
        package let tensor: GGUFFile.TensorInfo
        package let type: any QuantizedType
        package let byteCount: Int
        /// Root mean square of the errors over that of the weights; 0 where the tensor stayed as it was.
        package let relativeError: Double
    }

    private let source: GGUFFile
    private let target: QuantizationTarget
    private let pool: WorkerPool
    private let layers: Int

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
        layers = (source.tensors.compactMap { Self.place(of: $0.name)?.layer }.max() ?? -1) + 1
    }

    /// Layer and part of a name such as `blk.3.attn_v.weight`.
    private static func place(of name: String) -> (layer: Int, part: String)? {
        let parts = name.split(separator: ".", maxSplits: 2)
        // Far more layers than any model has, so that a number made up overflows nothing.
        guard parts.count == 3, parts[0] == "blk", let layer = Int(parts[1]), (0..<1 << 20).contains(layer) else {
            return nil
        }
        return (layer, String(parts[2]))
    }

    /// The format that a tensor will have.
    package func type(of tensor: GGUFFile.TensorInfo) -> any QuantizedType {
        let name = tensor.name
        guard tensor.shape.count > 1, name.hasSuffix(".weight"), !name.contains("norm"),
            !Self.kept.contains(where: name.hasSuffix)
        else { return tensor.type }
        let output = source.tensor(named: "output.weight") == nil ? "token_embd.weight" : "output.weight"
        var wanted = target.type
        if name == output {
            wanted = target.outputType
        } else if let place = Self.place(of: name) {
            wanted = target.type(ofPart: place.part, layer: place.layer, layers: layers)
        }
        if tensor.columns % wanted.blockSize != 0 { wanted = QuantizationTarget.substitute(for: wanted) }
        return tensor.columns % wanted.blockSize == 0 ? wanted : tensor.type
    }

    /// Writes the file; `progress` is told each tensor's number, from 0, and name before it is written.
    ///
    /// - Throws: ``LanguageError`` `.file` where it cannot be written or is the one being read, `.tensor` where a weight is
    ///   infinite, no number, or too large for the format. What was at `path` stays then.
    @discardableResult
    package func write(
        to path: String, progress: (Int, String) -> Void = { _, _ in }
    ) throws(LanguageError) -> [Outcome] {
        guard !FileWriter.isSameFile(path, source.path) else {
            throw .file(path: path, reason: "this is the file being read")
        }
        let tensors = source.tensors.map { tensor in
            GGUFWriter.TensorInfo(name: tensor.name, shape: tensor.shape, type: type(of: tensor))
        }
        let writer = try GGUFWriter(path: path, metadata: metadata(), tensors: tensors)
        var outcomes: [Outcome] = []
        for (index, tensor) in source.tensors.enumerated() {
            progress(index, tensor.name)
            outcomes.append(try write(tensor, as: tensors[index].type, with: writer))
        }
        try writer.finish()
        return outcomes
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
    ) throws(LanguageError) -> Outcome {
        let data = source.data(of: tensor)
        let columns = tensor.columns
        let isKept = type.code == tensor.type.code
        let (from, to) = (tensor.type.rowBytes(columns: columns), type.rowBytes(columns: columns))
        let rows = min(tensor.rows, max(1, Self.slab / columns))
        let values = Buffer<Float>(count: rows * columns)
        let back = Buffer<Float>(count: rows * columns)
        let blocks = Buffer<UInt8>(count: rows * to)
        var (squares, errors) = (0.0, 0.0)
        for start in stride(from: 0, to: tensor.rows, by: rows) {
            let count = min(rows, tensor.rows - start)
            pool.split(count, chunk: max(1, 1 << 14 / columns)) { part in
                let place = part.lowerBound * columns..<part.upperBound * columns
                let bytes = data[(start + part.lowerBound) * from..<(start + part.upperBound) * from]
                tensor.type.dequantize(bytes, into: values[place])
                guard !isKept else { return }
                let target = blocks[part.lowerBound * to..<part.upperBound * to]
                _ = type.quantize(values[place], into: target)
                type.dequantize(target, into: back[place])
            }
            let whole = 0..<count * columns
            try check(values[whole], of: tensor, from: start, "finite weights")
            if isKept {
                try writer.append(data[start * from..<(start + count) * from])
            } else {
                try check(back[whole], of: tensor, from: start, "weights within the reach of \(type.name)")
                let difference = values[whole]
                squares += Self.squares(difference, columns: columns)
                Kernel.subtract(difference, back[whole], into: difference)
                errors += Self.squares(difference, columns: columns)
                try writer.append(blocks[0..<count * to])
            }
        }
        return Outcome(
            tensor: tensor, type: type, byteCount: tensor.rows * to,
            relativeError: squares > 0 && errors.isFinite ? (errors / squares).squareRoot() : 0)
    }

    /// The sum of squares, row by row in double precision.
    private static func squares(_ values: Buffer<Float>, columns: Int) -> Double {
        stride(from: 0, to: values.count, by: columns).reduce(0) { sum, start in
            let row = values[start..<start + columns]
            return sum + Double(Kernel.dot(row, row))
        }
    }

    /// Refuses values that are infinite or no numbers; `start` is their first row's number.
    private func check(
        _ values: Buffer<Float>, of tensor: GGUFFile.TensorInfo, from start: Int, _ expected: String
    ) throws(LanguageError) {
        let columns = tensor.columns
        let zeros = Buffer<Float>(count: columns)
        for row in 0..<values.count / columns {
            // Zero times what is finite is zero.
            Kernel.multiply(values[row * columns..<(row + 1) * columns], 0, into: zeros)
            guard Kernel.sum(zeros) == 0 else {
                throw .tensor(
                    path: source.path, name: tensor.name, expected: expected, got: "others in row \(start + row)")
            }
        }
    }
}
