package import Tensors

/// A sequence's beginning in a file: its tokens, and the pages of its cache as they lie in memory.
///
/// Little-endian: the eight bytes of ``magic``, eight 64-bit numbers (model fingerprint, layers, key-value heads, head size,
/// cache type's place in its list, position encoding, tokens, pages), the tokens in 32 bits each, the pages, and the
/// ``WordHash`` of all before it.
private enum StoredPrefix {
    static let magic = Array("HECKLEK1".utf8)
    static let numbers = 8
    static let head = magic.count + 8 * numbers

    /// The numbers of the head for a sequence of this kind.
    static func head(_ model: LanguageModel, _ layout: CacheLayout, encoding: Int, tokens: Int) -> [UInt64] {
        let type = CacheType.allCases.firstIndex(of: layout.tile.type) ?? 0
        return [
            model.fingerprint, UInt64(layout.layers), UInt64(layout.heads), UInt64(layout.tile.headSize), UInt64(type),
            UInt64(encoding), UInt64(tokens), UInt64(CacheLayout.pages(for: tokens)),
        ]
    }
}

extension SequenceState {
    /// Writes the first `count` tokens, all if nil, and their keys and values to a file, which is there whole or not at all.
    ///
    /// - Throws: ``LanguageError/file(path:reason:)`` where it cannot be written.
    package func store(count: Int? = nil, to path: String) throws(LanguageError) {
        let count = count ?? tokens.count
        precondition((1...tokens.count).contains(count), "more tokens than there are, or none")
        do {
            let writer = try FileWriter(replacing: path)
            var hash = WordHash()
            func write(_ bytes: Buffer<UInt8>) throws(FileError) {
                hash.add(bytes)
                try writer.append(bytes)
            }
            let head = StoredPrefix.head(model, cache.layout, encoding: encoding, tokens: count)
            try write(Buffer(StoredPrefix.magic + head.flatMap(littleEndianBytes)))
            try write(Buffer(tokens[..<count].flatMap { littleEndianBytes(UInt32($0)) }))
            for index in 0..<CacheLayout.pages(for: count) {
                try write(cache.contents(ofPage: index, positions: count))
            }
            try writer.append(littleEndianBytes(hash.value))
            try writer.commit()
        } catch {
            throw .file(path: path, reason: error.reason)
        }
    }
}

extension LanguageModel {
    /// A sequence that begins as ``SequenceState/store(count:to:)`` wrote it.
    ///
    /// - Parameter capacity: most tokens it may hold; at most the context length.
    /// - Throws: ``LanguageError`` `.file`, `.malformed` for a file cut short or damaged, `.metadata` for one of another model or
    ///   kind of cache, `.contextExceeded` where its tokens do not fit.
    package func restoreSequence(
        from path: String, capacity: Int = 4096, cache type: CacheType = .float16
    ) throws(LanguageError) -> SequenceState {
        let storage: Storage
        do { storage = try Storage(mapping: path) } catch { throw .file(path: path, reason: error.reason) }
        do {
            return try restore(storage, path, capacity: max(1, min(capacity, contextLength)), type)
        } catch let error as LanguageError {
            throw error
        } catch let error as OutOfBytes {
            throw .malformed(path: path, offset: error.offset, reason: "the file is cut short")
        } catch {
            throw .file(path: path, reason: "\(error)")
        }
    }

    private func restore(
        _ storage: Storage, _ path: String, capacity: Int, _ type: CacheType
    ) throws -> SequenceState {
        var reader = ByteReader(storage)
        guard try reader.bytes(UInt64(StoredPrefix.magic.count)) == StoredPrefix.magic else {
            throw LanguageError.malformed(path: path, offset: 0, reason: "not a stored prefix")
        }
        let head = try (0..<StoredPrefix.numbers).map { _ in try reader.value(UInt64.self) }
        let layout = decoder.shape.cacheLayout(type)
        let encoding = decoder.positionEncoding(capacity: capacity)
        let count = try checkedCount(head, layout, encoding, path: path, capacity: capacity)
        // All sizes are this model's from here on, and so is the file's. More pages than it has bytes could not be counted.
        let pages = CacheLayout.pages(for: count)
        guard pages <= storage.byteCount / layout.pageBytes else {
            throw LanguageError.malformed(
                path: path, offset: storage.byteCount, reason: "\(storage.byteCount) bytes, too few for \(pages) pages")
        }
        let end = StoredPrefix.head + 4 * count + pages * layout.pageBytes
        guard storage.byteCount == end + 8, let all = storage.buffer(of: UInt8.self, at: 0, count: end) else {
            throw LanguageError.malformed(
                path: path, offset: storage.byteCount, reason: "\(storage.byteCount) bytes, \(end + 8) expected")
        }
        let tokens = try (0..<count).map { _ in Token(try reader.value(UInt32.self)) }
        var hash = WordHash()
        hash.add(all[0..<StoredPrefix.head])
        hash.add(all[StoredPrefix.head..<reader.offset])
        let cache = KVCache(layout)
        for _ in 0..<pages {
            let source = all[reader.offset..<reader.offset + layout.pageBytes]
            hash.add(source)
            let page = CachePage(byteCount: layout.pageBytes)
            page.bytes.copy(from: source)
            cache.add(page)
            try reader.skip(UInt64(layout.pageBytes))
        }
        guard try reader.value(UInt64.self) == hash.value else {
            throw LanguageError.malformed(path: path, offset: end, reason: "the checksum is another")
        }
        let sequence = SequenceState(self, capacity: capacity, cache: cache, tokens: [])
        try sequence.check(tokens)
        sequence.complete(tokens[...])
        return sequence
    }

    /// The number of tokens of a head whose numbers all fit this model.
    private func checkedCount(
        _ head: [UInt64], _ layout: CacheLayout, _ encoding: Int, path: String, capacity: Int
    ) throws(LanguageError) -> Int {
        guard let count = Int(exactly: head[6]), count > 0, count <= 1 << 30 else {
            throw .malformed(path: path, offset: StoredPrefix.magic.count + 48, reason: "\(head[6]) tokens")
        }
        let names = [
            "model", "layers", "key-value heads", "head size", "cache type", "position encoding", "tokens", "pages",
        ]
        let expected = StoredPrefix.head(self, layout, encoding: encoding, tokens: count)
        for (index, name) in names.enumerated() where head[index] != expected[index] {
            throw .metadata(path: path, key: name, expected: "\(expected[index])", got: "\(head[index])")
        }
        guard count <= capacity else { throw .contextExceeded(needed: count, limit: capacity) }
        return count
    }
}
