import Tensors

/// What a GGUF file holds, for people: counts, bytes by type, memory that running it takes. Reads the head alone.
package struct GGUFSummary: Sendable {
    /// All tensors of one type.
    package struct TypeShare: Sendable, Equatable {
        package let name: String
        package let tensors: Int
        package let parameters: Int
        package let byteCount: Int
    }

    /// Number of weights.
    package let parameters: Int
    /// Bytes of tensor data.
    package let tensorBytes: Int
    /// Tensors by type, the one with most bytes first.
    package let types: [TypeShare]
    /// `general.architecture`, where it is there.
    package let architecture: String?
    /// Most tokens the model was made for, where the metadata says.
    package let contextLength: Int?
    /// Numbers that one token leaves in the cache, over all layers; nil where the metadata does not say.
    package let cachedPerToken: Int?

    package init(_ file: GGUFFile) {
        parameters = file.tensors.reduce(0) { $0 + $1.columns * $1.rows }
        tensorBytes = file.tensors.reduce(0) { $0 + $1.byteCount }
        types = Dictionary(grouping: file.tensors, by: \.type.name).map { name, tensors in
            TypeShare(
                name: name, tensors: tensors.count, parameters: tensors.reduce(0) { $0 + $1.columns * $1.rows },
                byteCount: tensors.reduce(0) { $0 + $1.byteCount })
        }.sorted { ($1.byteCount, $0.name) < ($0.byteCount, $1.name) }
        architecture = try? file.string("general.architecture")
        let prefix = (architecture ?? "") + "."
        func size(_ key: String) -> Int? { try? file.integer(prefix + key, in: 1...1 << 30) }
        contextLength = size("context_length")
        cachedPerToken = Self.cachedPerToken(size)
    }

    private static func cachedPerToken(_ size: (String) -> Int?) -> Int? {
        guard let layers = size("block_count"), let heads = size("attention.head_count"),
            let width = size("embedding_length")
        else { return nil }
        let shared = size("attention.head_count_kv") ?? heads
        let (key, value) = (size("attention.key_length") ?? width / heads, size("attention.value_length"))
        let (perLayer, overflow) = shared.multipliedReportingOverflow(by: key + (value ?? key))
        let (all, more) = perLayer.multipliedReportingOverflow(by: layers)
        return overflow || more ? nil : all
    }

    /// Bytes of keys and values for so many tokens; nil where the metadata does not say, or past what can be counted.
    package func cacheBytes(tokens: Int, bytesPerNumber: Int) -> Int? {
        guard let cachedPerToken else { return nil }
        let (numbers, overflow) = cachedPerToken.multipliedReportingOverflow(by: tokens)
        let (bytes, more) = numbers.multipliedReportingOverflow(by: bytesPerNumber)
        return overflow || more ? nil : bytes
    }
}

extension GGUFValue {
    /// The value for a terminal: control characters escaped, texts and arrays cut short, with their full length.
    ///
    /// - Parameters:
    ///   - characters: most characters of a text.
    ///   - elements: most elements of an array.
    package func text(characters: Int = 60, elements: Int = 6) -> String {
        switch self {
        case .string(let text):
            let start = printable(String(text.prefix(characters)))
            return text.count > characters ? "\"\(start)\" ... (\(text.count) characters)" : "\"\(start)\""
        case .array(let array):
            let parts = array.prefix(elements).map { $0.text(characters: 20, elements: 0) }
            let rest = array.count > parts.count ? ["..."] : []
            let end = array.count > parts.count ? " (\(array.count) of type \(array.elementType))" : ""
            return "[" + (parts + rest).joined(separator: ", ") + "]" + end
        default: return summary
        }
    }
}

extension GGUFArray {
    /// The first elements, at most `count`; none of an array of arrays.
    package func prefix(_ count: Int) -> [GGUFValue] {
        var reader = content
        var values: [GGUFValue] = []
        while values.count < min(count, self.count), let value = try? Self.next(elementType, &reader) {
            values.append(value)
        }
        return values
    }

    private struct NoElement: Error {}

    private static func next(_ type: GGUFType, _ reader: inout ByteReader) throws -> GGUFValue {
        switch type {
        case .uint8: .uint8(try reader.value())
        case .int8: .int8(try reader.value())
        case .uint16: .uint16(try reader.value())
        case .int16: .int16(try reader.value())
        case .uint32: .uint32(try reader.value())
        case .int32: .int32(try reader.value())
        case .float32: .float32(try reader.value())
        case .uint64: .uint64(try reader.value())
        case .int64: .int64(try reader.value())
        case .float64: .float64(try reader.value())
        case .bool: .bool(try reader.byte() != 0)
        case .string: .string(try reader.text(reader.value(UInt64.self)))
        case .array: throw NoElement()
        }
    }
}
