package import Tensors

/// A GGUF file: metadata and tensors, mapped, every length and offset in it checked.
///
/// Format: `docs/gguf.md` of the ggml project, versions 2 and 3, little-endian.
package struct GGUFFile: Sendable {
    /// One tensor's place and layout.
    package struct TensorInfo: Sendable {
        package let name: String
        /// Sizes as the file lists them: the fastest dimension, a row's columns, first. One to four, each at least 1.
        package let shape: [Int]
        package let type: any QuantizedType
        /// Where its data begins, in bytes from the start of the file.
        package let offset: Int
        package let byteCount: Int

        /// Elements of one row.
        package var columns: Int { shape[0] }
        /// Number of rows: the product of all sizes but the first.
        package var rows: Int { shape.dropFirst().reduce(1, *) }

        /// Type and sizes in a few words, for messages.
        var summary: String { "\(type.name) [\(shape.map(String.init).joined(separator: ", "))]" }
    }

    package let path: String
    package let version: Int
    /// What tensor offsets are multiples of, in bytes: `general.alignment`.
    package let alignment: Int
    /// Keys and values in the file's order.
    package let metadata: [(key: String, value: GGUFValue)]
    package let tensors: [TensorInfo]
    package let storage: Storage
    private let keys: [String: Int]
    private let names: [String: Int]

    /// Maps and reads a file.
    ///
    /// - Throws: ``LanguageError`` `.file`, `.malformed` or `.unsupported`.
    package init(path: String) throws(LanguageError) {
        let storage: Storage
        do { storage = try Storage(mapping: path) } catch { throw .file(path: path, reason: error.reason) }
        try self.init(storage: storage, path: path)
    }

    /// Reads a file whose bytes are at hand; `path` is for messages.
    package init(storage: Storage, path: String) throws(LanguageError) {
        var parser = GGUFParser(storage: storage, path: path)
        try parser.parse()
        self.path = path
        self.storage = storage
        version = parser.version
        alignment = parser.alignment
        metadata = parser.metadata
        tensors = parser.tensors
        keys = parser.keys
        names = parser.names
    }

    /// The value of a key, or nil.
    package subscript(key: String) -> GGUFValue? { keys[key].map { metadata[$0].value } }

    /// The tensor of a name, or nil.
    package func tensor(named name: String) -> TensorInfo? { names[name].map { tensors[$0] } }

    /// A tensor's bytes: a view of the mapped file.
    package func data(of tensor: TensorInfo) -> Buffer<UInt8> {
        guard let data = storage.buffer(of: UInt8.self, at: tensor.offset, count: tensor.byteCount) else {
            preconditionFailure("tensor ranges are checked when the file is read")
        }
        return data
    }

    // MARK: Typed metadata

    /// The error for a key whose value is not what was asked for.
    func mismatch(_ key: String, expected: String) -> LanguageError {
        .metadata(path: path, key: key, expected: expected, got: self[key]?.summary ?? "nothing")
    }

    /// An integer of any width; `fallback` where the key is missing.
    ///
    /// - Throws: ``LanguageError/metadata(path:key:expected:got:)`` when it is missing without a fallback, of another type,
    ///   or outside `range`.
    package func integer(
        _ key: String, in range: ClosedRange<Int>, default fallback: Int? = nil
    ) throws(LanguageError) -> Int {
        guard let value = self[key] else {
            if let fallback { return fallback }
            throw mismatch(key, expected: "an integer in \(range.lowerBound)...\(range.upperBound)")
        }
        guard let number = value.integer, range.contains(number) else {
            throw mismatch(key, expected: "an integer in \(range.lowerBound)...\(range.upperBound)")
        }
        return number
    }

    /// A finite number; `fallback` where the key is missing. Errors as ``integer(_:in:default:)``.
    package func float(
        _ key: String, in range: ClosedRange<Float>, default fallback: Float? = nil
    ) throws(LanguageError) -> Float {
        let number: Float? =
            switch self[key] {
            case .float32(let value): value
            case .float64(let value): Float(value)
            case nil: fallback
            default: nil
            }
        guard let number, number.isFinite, range.contains(number) else {
            throw mismatch(key, expected: "a number in \(range.lowerBound)...\(range.upperBound)")
        }
        return number
    }

    /// A string. Errors as ``integer(_:in:default:)``.
    package func string(_ key: String, default fallback: String? = nil) throws(LanguageError) -> String {
        switch self[key] {
        case .string(let text): return text
        case nil: if let fallback { return fallback }
        default: break
        }
        throw mismatch(key, expected: "a string")
    }

    /// A truth value. Errors as ``integer(_:in:default:)``.
    package func bool(_ key: String, default fallback: Bool) throws(LanguageError) -> Bool {
        switch self[key] {
        case .bool(let value): return value
        case nil: return fallback
        default: throw mismatch(key, expected: "true or false")
        }
    }

    /// An array of one element type, or nil where the key is missing.
    ///
    /// - Throws: ``LanguageError/metadata(path:key:expected:got:)`` when it is something else.
    package func array(_ key: String, of type: GGUFType) throws(LanguageError) -> GGUFArray? {
        switch self[key] {
        case .array(let array) where array.elementType == type: return array
        case nil: return nil
        default: throw mismatch(key, expected: "an array of \(type)")
        }
    }
}
