package import Tensors

/// Writes a GGUF file, version 3, little-endian: the head at once, then each tensor's data in the order given.
package final class GGUFWriter {
    /// One tensor to be written.
    package struct TensorInfo: Sendable {
        package let name: String
        /// Columns first, as in ``GGUFFile/TensorInfo``.
        package let shape: [Int]
        package let type: any QuantizedType

        package init(name: String, shape: [Int], type: any QuantizedType) {
            self.name = name
            self.shape = shape
            self.type = type
        }
    }

    private let file: FileWriter
    private let alignment: Int
    /// Bytes of each tensor, in order.
    private let sizes: [Int]
    private var written = 0
    /// Bytes of the current tensor that are still to come.
    private var missing: Int

    /// Opens a file and writes its head.
    ///
    /// - Parameters:
    ///   - metadata: in order; `general.alignment`, where it is there, is a power of two and applies.
    ///   - tensors: of whole blocks.
    package init(
        path: String, metadata: [(key: String, value: GGUFValue)], tensors: [TensorInfo]
    ) throws(LanguageError) {
        let alignment = metadata.first { $0.key == "general.alignment" }?.value.integer ?? 32
        self.alignment = alignment
        sizes = tensors.map { tensor in
            guard let size = tensor.type.byteCount(shape: tensor.shape) else {
                preconditionFailure("\(tensor.name): \(tensor.shape) is no whole blocks of \(tensor.type.name)")
            }
            return size
        }
        missing = sizes.first ?? 0
        do throws(FileError) {
            file = try FileWriter(replacing: path)
            try file.append(Self.head(metadata, tensors, sizes, alignment))
        } catch { throw .file(path: path, reason: error.reason) }
    }

    private static func head(
        _ metadata: [(key: String, value: GGUFValue)], _ tensors: [TensorInfo], _ sizes: [Int], _ alignment: Int
    ) -> [UInt8] {
        var bytes = Array("GGUF".utf8) + littleEndianBytes(UInt32(3))
        bytes += littleEndianBytes(UInt64(tensors.count)) + littleEndianBytes(UInt64(metadata.count))
        for (key, value) in metadata {
            bytes += text(key) + littleEndianBytes(value.type.rawValue) + value.fileBytes
        }
        var offset = 0
        for (tensor, size) in zip(tensors, sizes) {
            bytes += text(tensor.name) + littleEndianBytes(UInt32(tensor.shape.count))
            for length in tensor.shape { bytes += littleEndianBytes(UInt64(length)) }
            bytes += littleEndianBytes(tensor.type.code) + littleEndianBytes(UInt64(offset))
            offset += size + padding(size, alignment)
        }
        return bytes + [UInt8](repeating: 0, count: padding(bytes.count, alignment))
    }

    fileprivate static func text(_ text: String) -> [UInt8] {
        littleEndianBytes(UInt64(text.utf8.count)) + Array(text.utf8)
    }

    private static func padding(_ size: Int, _ alignment: Int) -> Int { (alignment - size % alignment) % alignment }

    /// Appends part of the current tensor's data; the next tensor begins where this one is complete.
    package func append(_ data: Buffer<UInt8>) throws(LanguageError) {
        precondition(written < sizes.count && data.count <= missing, "more data than the tensor has")
        missing -= data.count
        do throws(FileError) {
            try file.append(data)
            guard missing == 0 else { return }
            try file.append([UInt8](repeating: 0, count: Self.padding(sizes[written], alignment)))
        } catch { throw .file(path: file.path, reason: error.reason) }
        written += 1
        if written < sizes.count { missing = sizes[written] }
    }

    /// Puts the file in its place, once all data has come.
    package func finish() throws(LanguageError) {
        precondition(written == sizes.count, "\(sizes.count - written) tensors without data")
        do { try file.commit() } catch { throw .file(path: file.path, reason: error.reason) }
    }
}

extension GGUFValue {
    /// The value as it lies in a file, without its type.
    fileprivate var fileBytes: [UInt8] {
        switch self {
        case .uint8(let value): [value]
        case .int8(let value): [UInt8(bitPattern: value)]
        case .uint16(let value): littleEndianBytes(value)
        case .int16(let value): littleEndianBytes(value)
        case .uint32(let value): littleEndianBytes(value)
        case .int32(let value): littleEndianBytes(value)
        case .uint64(let value): littleEndianBytes(value)
        case .int64(let value): littleEndianBytes(value)
        case .float32(let value): littleEndianBytes(value.bitPattern)
        case .float64(let value): littleEndianBytes(value.bitPattern)
        case .bool(let value): [value ? 1 : 0]
        case .string(let text): GGUFWriter.text(text)
        case .array(let array): array.fileBytes
        }
    }
}

extension GGUFArray {
    fileprivate var fileBytes: [UInt8] {
        let content = bytes[self.content.offset..<self.content.end].array
        return littleEndianBytes(elementType.rawValue) + littleEndianBytes(UInt64(count)) + content
    }
}
