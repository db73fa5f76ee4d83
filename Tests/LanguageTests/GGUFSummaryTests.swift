import Language
import TestSupport
import Testing

@Suite("Summaries of GGUF files")
struct GGUFSummaryTests {
    @Test("Parameters, bytes by type and the cache are counted")
    func counts() throws {
        let shape = TinyModel(layers: 3, embedding: 64, feedForward: 32, heads: 4, keyValueHeads: 2, headSize: 16)
        let file = try shape.file(Q8_0()).file()
        let summary = GGUFSummary(file)
        let weights = shape.tensors.map { $0.shape.reduce(1, *) }
        #expect(summary.parameters == weights.reduce(0, +))
        #expect(summary.types.map(\.name) == ["Q8_0", "F32"])
        let vectors = shape.tensors.filter { $0.shape.count == 1 }.map { $0.shape[0] }
        let matrices = summary.parameters - vectors.reduce(0, +)
        let most: GGUFSummary.TypeShare = summary.types[0]
        #expect(most.tensors == weights.count - vectors.count)
        #expect(most.parameters == matrices)
        #expect(most.byteCount == matrices / 32 * 34)
        #expect(summary.types[1].byteCount == 4 * vectors.reduce(0, +))
        #expect(summary.tensorBytes == summary.types.reduce(0) { $0 + $1.byteCount })
        #expect(summary.architecture == "llama" && summary.contextLength == 512)
        // Keys and values of two heads of 16 in three layers.
        #expect(summary.cachedPerToken == 2 * 2 * 16 * 3)
        #expect(summary.cacheBytes(tokens: 100, bytesPerNumber: 4) == 100 * 192 * 4)
        #expect(summary.cacheBytes(tokens: .max, bytesPerNumber: 4) == nil)
    }

    @Test("A file without a model's metadata has no cache to count, nor one whose sizes are absurd")
    func withoutMetadata() throws {
        let plain = GGUFSummary(try GGUFTests.sample.file())
        #expect(plain.architecture == nil && plain.cachedPerToken == nil && plain.contextLength == nil)
        var file = GGUFBytes()
        file.add("general.architecture", "llama")
        for key in ["block_count", "embedding_length", "attention.head_count", "attention.key_length"] {
            file.add("llama.\(key)", UInt32(1) << 30)
        }
        let huge = GGUFSummary(try file.file())
        #expect(huge.cachedPerToken == nil && huge.cacheBytes(tokens: 1, bytesPerNumber: 1) == nil)
    }

    @Test("Values are shown short, and control characters spelled out")
    func texts() throws {
        var file = GGUFTests.sample
        file.add("b.long", String(repeating: "é", count: 100))
        file.add("b.escape", "a\u{1B}[2Jb\n\u{202E}")
        file.add("b.many", integers: (0..<20).map { $0 })
        file.add("b.none", strings: [])
        let read = try file.file()
        func text(_ key: String) -> String? { read[key]?.text() }
        #expect(text("a.uint8") == "250")
        #expect(text("a.bool") == "true")
        #expect(text("a.string") == "\"grüß\"")
        #expect(text("a.strings") == "[\"\", \"x\", \"yy\"]")
        #expect(text("a.floats") == "[0.5, -0.5]")
        #expect(text("b.long") == "\"\(String(repeating: "é", count: 60))\" ... (100 characters)")
        #expect(text("b.escape") == "\"a\\u{1b}[2Jb\\u{a}\\u{202e}\"")
        #expect(text("b.many") == "[0, 1, 2, 3, 4, 5, ...] (20 of type int32)")
        #expect(text("b.none") == "[]")
        #expect(printable("blk.0\u{7}\u{200D}") == "blk.0\\u{7}\\u{200d}")
    }
}
