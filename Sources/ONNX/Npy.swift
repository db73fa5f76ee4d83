package import Tensors

/// Why a `.npy` file could not be read or written.
package struct NpyError: Error, Sendable, CustomStringConvertible {
    /// The file's path, as it was given.
    package let path: String
    package let reason: String

    package var description: String { "\(path): \(reason)" }
}

/// NumPy's file format for one array (numpy.org/neps/nep-0001-npy-format.html), versions 1 to 3, little-endian,
/// row-major.
package enum Npy {
    private static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]
    /// A header is a line of text; more is taken for damage.
    private static let headerLimit = 1 << 16

    private static let types: [String: ElementType] = [
        "<f4": .float32, "<f8": .float64, "<f2": .float16, "<i8": .int64, "<i4": .int32, "<i2": .int16, "|i1": .int8,
        "<u8": .uint64, "<u4": .uint32, "<u2": .uint16, "|u1": .uint8, "|b1": .bool,
    ]

    /// Reads an array; its elements stay mapped.
    package static func read(_ path: String) throws(NpyError) -> Tensor {
        let storage: Storage
        do { storage = try Storage(mapping: path) } catch { throw NpyError(path: path, reason: error.reason) }
        return try read(storage, path: path)
    }

    private static func read(_ storage: Storage, path: String) throws(NpyError) -> Tensor {
        var reader = ByteReader(storage)
        let header: String
        do {
            guard try reader.bytes(6) == magic else { throw NpyError(path: path, reason: "no .npy file") }
            let major = try reader.byte()
            _ = try reader.byte()
            guard (1...3).contains(major) else {
                throw NpyError(path: path, reason: "version \(major) is not supported")
            }
            let length = major == 1 ? try UInt64(reader.value(UInt16.self)) : try UInt64(reader.value(UInt32.self))
            guard length <= headerLimit else { throw NpyError(path: path, reason: "a header of \(length) bytes") }
            header = try reader.text(length)
        } catch let error as NpyError { throw error } catch {
            throw NpyError(path: path, reason: "truncated: \(error)")
        }
        let (type, shape) = try parse(header, path: path)
        guard let count = Tensor.count(of: shape), count <= reader.left / type.byteSize else {
            throw NpyError(path: path, reason: "truncated: \(reader.left) bytes hold no \(shape) of \(type.rawValue)")
        }
        if let tensor = Tensor(shape: shape, type: type, storage: storage, byteOffset: reader.offset) { return tensor }
        // Misaligned: only files of unusual writers.
        guard let bytes = storage.buffer(of: UInt8.self, at: reader.offset, count: count * type.byteSize) else {
            throw NpyError(path: path, reason: "truncated")
        }
        let tensor = Tensor(shape: shape, type: type)
        tensor.bytes.copy(from: bytes)
        return tensor
    }

    /// The values of the header, a Python dictionary: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
    private static func parse(_ header: String, path: String) throws(NpyError) -> (ElementType, [Int]) {
        func value(_ key: String) -> Substring? {
            guard let start = header.firstRange(of: "'\(key)':") else { return nil }
            return header[start.upperBound...].drop { $0 == " " }
        }
        guard let descr = value("descr"), descr.first == "'", let end = descr.dropFirst().firstIndex(of: "'") else {
            throw NpyError(path: path, reason: "no element type in the header")
        }
        let name = String(descr[descr.index(after: descr.startIndex)..<end])
        guard let type = types[name] else {
            throw NpyError(path: path, reason: "element type \(name) is not supported")
        }
        guard let list = value("shape"), list.first == "(", let close = list.firstIndex(of: ")") else {
            throw NpyError(path: path, reason: "no shape in the header")
        }
        var shape: [Int] = []
        for part in list[list.index(after: list.startIndex)..<close].split(separator: ",") {
            let digits = part.filter { $0 != " " }
            guard !digits.isEmpty else { continue }
            guard let size = Int(digits), size >= 0, shape.count < Limits.rank else {
                throw NpyError(path: path, reason: "a broken shape in the header")
            }
            shape.append(size)
        }
        guard let order = value("fortran_order") else { throw NpyError(path: path, reason: "no order in the header") }
        guard order.hasPrefix("False") || shape.count < 2 else {
            throw NpyError(path: path, reason: "column-major order is not supported")
        }
        return (type, shape)
    }

    /// Writes `tensor` in version 1 of the format.
    package static func write(_ tensor: Tensor, to path: String) throws(NpyError) {
        guard let descr = types.first(where: { $0.value == tensor.type })?.key else {
            throw NpyError(path: path, reason: "NumPy has no element type \(tensor.type.rawValue)")
        }
        let sizes = tensor.shape.map(String.init).joined(separator: ", ") + (tensor.shape.count == 1 ? "," : "")
        var header = "{'descr': '\(descr)', 'fortran_order': False, 'shape': (\(sizes)), }"
        // The elements start at a multiple of 64.
        let length = (10 + header.utf8.count + 1 + 63) / 64 * 64 - 10
        header += String(repeating: " ", count: length - header.utf8.count - 1) + "\n"
        do {
            let file = try FileWriter(replacing: path)
            try file.append(magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(header.utf8))
            try file.append(tensor.bytes)
            try file.commit()
        } catch { throw NpyError(path: path, reason: error.reason) }
    }
}
