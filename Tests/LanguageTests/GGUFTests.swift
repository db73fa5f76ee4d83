import Language
import Tensors
import TestSupport
import Testing

@Suite("GGUF files")
struct GGUFTests {
    /// One value of each type, and two tensors.
    static var sample: GGUFBytes {
        var file = GGUFBytes()
        file.add("a.uint8", .uint8, [250])
        file.add("a.int8", .int8, GGUFBytes.number(Int8(-3)))
        file.add("a.uint16", .uint16, GGUFBytes.number(UInt16(60_000)))
        file.add("a.int16", .int16, GGUFBytes.number(Int16(-30_000)))
        file.add("a.uint32", UInt32(4_000_000_000))
        file.add("a.int32", .int32, GGUFBytes.number(Int32(-5)))
        file.add("a.float32", Float(1.5))
        file.add("a.bool", true)
        file.add("a.string", "grüß")
        file.add("a.uint64", .uint64, GGUFBytes.number(UInt64(1) << 40))
        file.add("a.int64", .int64, GGUFBytes.number(Int64.min))
        file.add("a.float64", .float64, GGUFBytes.number(Double(2.25).bitPattern))
        file.add("a.strings", strings: ["", "x", "yy"])
        file.add("a.integers", integers: [1, -2, 3])
        file.add("a.floats", floats: [0.5, -0.5])
        file.add("general.alignment", UInt32(64))
        file.alignment = 64
        file.add(tensor: "first", [3, 2], 0, (0..<24).map { UInt8($0) })
        file.add(tensor: "second", [32], 2, [UInt8](repeating: 7, count: 18))
        return file
    }

    @Test("Values, tensors and their data are read", arguments: [UInt32(2), 3])
    func reading(version: UInt32) throws {
        var bytes = Self.sample
        bytes.version = version
        let file = try bytes.file()
        #expect(file.version == Int(version))
        #expect(file.alignment == 64)
        #expect(file.metadata.map(\.key).prefix(3) == ["a.uint8", "a.int8", "a.uint16"])
        #expect(try file.integer("a.uint8", in: 0...255) == 250)
        #expect(try file.integer("a.int8", in: -3...0) == -3)
        #expect(try file.integer("a.uint16", in: 0...100_000) == 60_000)
        #expect(try file.integer("a.int16", in: -40_000...0) == -30_000)
        #expect(try file.integer("a.uint32", in: 0...Int.max) == 4_000_000_000)
        #expect(try file.integer("a.int32", in: -5...5) == -5)
        #expect(try file.integer("a.uint64", in: 0...Int.max) == 1 << 40)
        #expect(try file.integer("a.int64", in: Int.min...0) == Int.min)
        #expect(try file.integer("nothing", in: 0...9, default: 4) == 4)
        #expect(try file.float("a.float32", in: 0...2) == 1.5)
        #expect(try file.float("a.float64", in: 0...4) == 2.25)
        #expect(try file.string("a.string") == "grüß")
        #expect(try file.bool("a.bool", default: false))
        let strings = try #require(try file.array("a.strings", of: .string))
        #expect(
            strings.stringRanges?.map { String(decoding: strings.bytes[$0].array, as: UTF8.self) } == ["", "x", "yy"])
        let first = try #require(file.tensor(named: "first"))
        #expect(first.shape == [3, 2] && first.columns == 3 && first.rows == 2 && first.type.name == "F32")
        #expect(file.data(of: first).array == (0..<24).map { UInt8($0) })
        let second = try #require(file.tensor(named: "second"))
        #expect(second.offset % 64 == 0)
        #expect(file.data(of: second).array == [UInt8](repeating: 7, count: 18))
        #expect(file.tensor(named: "third") == nil)
    }

    @Test("A wrong type or range is an error that names key, expectation and value")
    func typedErrors() throws {
        let file = try Self.sample.file()
        #expect(
            throws: LanguageError.metadata(
                path: "test.gguf", key: "a.string", expected: "an integer in 0...5", got: "\"grüß\"")
        ) { try file.integer("a.string", in: 0...5) }
        #expect(
            throws: LanguageError.metadata(
                path: "test.gguf", key: "a.int32", expected: "an integer in 0...5", got: "-5")
        ) { try file.integer("a.int32", in: 0...5) }
        #expect(
            throws: LanguageError.metadata(path: "test.gguf", key: "b", expected: "a string", got: "nothing")
        ) { try file.string("b") }
        #expect(throws: LanguageError.self) { try file.float("a.uint8", in: 0...500) }
        #expect(throws: LanguageError.self) { try file.bool("a.uint8", default: true) }
        #expect(throws: LanguageError.self) { try file.array("a.strings", of: .int32) }
    }

    @Test("A written file reads back the same")
    func writing() throws {
        let source = try Self.sample.file()
        let scratch = try Scratch()
        let path = scratch.file("copy.gguf")
        let writer = try GGUFWriter(
            path: path, metadata: source.metadata,
            tensors: source.tensors.map { .init(name: $0.name, shape: $0.shape, type: $0.type) })
        let data = source.data(of: source.tensors[0])
        // In two pieces, as a large tensor would come.
        try writer.append(data[0..<7])
        try writer.append(data[7..<24])
        try writer.append(source.data(of: source.tensors[1]))
        #expect(throws: (any Error).self) { try fileBytes(path) }
        try writer.finish()
        #expect(try fileBytes(path) == Self.sample.bytes)
    }

    @Test("A file whose writing is given up leaves nothing behind")
    func abandonedWriting() throws {
        let scratch = try Scratch()
        try scratch.write([1, 2, 3], to: "kept.gguf")
        do { _ = try GGUFWriter(path: scratch.file("kept.gguf"), metadata: [], tensors: []) }
        #expect(try fileBytes(scratch.file("kept.gguf")) == [1, 2, 3])
        #expect(try FileNames.of(scratch.path) == ["kept.gguf"])
        #expect(throws: LanguageError.self) {
            try GGUFWriter(path: scratch.file("no/such/folder.gguf"), metadata: [], tensors: [])
        }
    }

    @Test("Files that are none are refused")
    func notGGUF() throws {
        let scratch = try Scratch()
        #expect(throws: LanguageError.self) { try GGUFFile(path: scratch.file("missing.gguf")) }
        #expect(throws: LanguageError.self) { try GGUFFile(path: scratch.path) }
        #expect(throws: LanguageError.malformed(path: "test.gguf", offset: 0, reason: "not a GGUF file")) {
            try read(Array("GGML".utf8) + [UInt8](repeating: 0, count: 100))
        }
        var bytes = Self.sample
        bytes.version = 1
        #expect {
            try bytes.file()
        } throws: { "\($0)".contains("GGUF version 1 is not supported; known: 2, 3") }
        bytes.version = UInt32(3).byteSwapped
        #expect {
            try bytes.file()
        } throws: { "\($0)".contains("byte order big-endian") }
    }
}

@Suite("Hostile GGUF files")
struct HostileGGUFTests {
    @Test("Every truncation of a model file is an error, never a crash")
    func truncations() throws {
        let whole = TinyModel(layers: 1, embedding: 2, feedForward: 2, heads: 1, keyValueHeads: 1, headSize: 2).file()
            .bytes
        for length in stride(from: 1, to: whole.count, by: 7) {
            #expect(throws: LanguageError.self, "\(length) bytes") {
                let file = try read(Array(whole[..<length]))
                _ = try LanguageModel(file, pool: WorkerPool(threads: 1))
            }
        }
    }

    /// Flips may leave a sound file; it must then load and run, or be refused.
    @Test("Files with random bytes changed load or are refused", arguments: 0..<8)
    func flips(round: Int) throws {
        let whole = TinyModel(layers: 1, embedding: 4, feedForward: 4, heads: 2, keyValueHeads: 1, headSize: 2).file()
            .bytes
        let head = 9_000
        var random = TestRandom(seed: UInt64(round))
        var refused = 0
        for _ in 0..<250 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<head, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            do {
                let model = try LanguageModel(read(bytes), pool: WorkerPool(threads: 1))
                _ = try model.makeSequence(capacity: 8).append([0, 1])
                _ = model.tokenizer.decode(model.tokenizer.encode("some text", parseSpecial: true))
            } catch { refused += 1 }
        }
        #expect(refused > 25)
    }

    @Test(
        "Counts and lengths beyond the file are refused before any memory is taken",
        arguments: [UInt64.max, 1 << 63, 1 << 62, 1 << 32, 1 << 20])
    func hugeCounts(count: UInt64) {
        var bytes = GGUFTests.sample
        bytes.tensorCount = count
        #expect(throws: LanguageError.self) { try bytes.file() }
        bytes = GGUFTests.sample
        bytes.pairCount = count
        #expect(throws: LanguageError.self) { try bytes.file() }
        bytes = GGUFTests.sample
        bytes.add("b.string", .string, GGUFBytes.number(count) + [65])
        #expect(throws: LanguageError.self) { try bytes.file() }
        for type in [GGUFType.uint8, .int64, .string, .array] {
            bytes = GGUFTests.sample
            bytes.add("b.array", .array, GGUFBytes.number(type.rawValue) + GGUFBytes.number(count))
            #expect(throws: LanguageError.self) { try bytes.file() }
        }
        bytes = GGUFTests.sample
        bytes.offsets[1] = count
        #expect(throws: LanguageError.self) { try bytes.file() }
        bytes = GGUFTests.sample
        bytes.tensors[0].shape = [count, 2]
        #expect(throws: LanguageError.self) { try bytes.file() }
        bytes.tensors[0].shape = [count, count]
        #expect(throws: LanguageError.self) { try bytes.file() }
        bytes.tensors[0].shape = [count, count, count, count]
        #expect(throws: LanguageError.self) { try bytes.file() }
    }

    /// Each changes a sound file in one way.
    static let changes: [(String, @Sendable (inout GGUFBytes) -> Void)] = [
        ("a key twice", { $0.add("a.bool", true) }),
        ("an empty key", { $0.add("", true) }),
        (
            "a key that is no UTF-8",
            { $0.pairs.append(GGUFBytes.number(UInt64(1)) + [0xFF] + GGUFBytes.number(UInt32(7)) + [1]) }
        ),
        ("a text that is no UTF-8", { $0.add("b", .string, GGUFBytes.number(UInt64(1)) + [0xC3]) }),
        ("a truth value of 2", { $0.add("b", .bool, [2]) }),
        (
            "an array with a truth value of 2",
            { $0.add("b", .array, GGUFBytes.number(UInt32(7)) + GGUFBytes.number(UInt64(2)) + [1, 2]) }
        ),
        ("an unknown type", { $0.pairs.append(GGUFBytes.text("b") + GGUFBytes.number(UInt32(13)) + [0]) }),
        (
            "an unknown element type",
            { $0.add("b", .array, GGUFBytes.number(UInt32(99)) + GGUFBytes.number(UInt64(0))) }
        ),
        (
            "an alignment of 0",
            {
                $0.pairs.removeLast(); $0.add("general.alignment", UInt32(0))
            }
        ),
        (
            "an alignment of 48",
            {
                $0.pairs.removeLast(); $0.add("general.alignment", UInt32(48))
            }
        ),
        (
            "an alignment of 2 GiB",
            {
                $0.pairs.removeLast(); $0.add("general.alignment", UInt32(1) << 31)
            }
        ),
        (
            "an alignment that is a text",
            {
                $0.pairs.removeLast(); $0.add("general.alignment", "32")
            }
        ),
        ("a tensor twice", { $0.add(tensor: "first", [1], 0, [0, 0, 0, 0]) }),
        ("a tensor without a name", { $0.add(tensor: "", [1], 0, [0, 0, 0, 0]) }),
        ("a tensor with a long name", { $0.add(tensor: String(repeating: "n", count: 65), [1], 0, [0, 0, 0, 0]) }),
        ("no dimensions", { $0.tensors[0].shape = [] }),
        ("five dimensions", { $0.tensors[0].shape = [3, 2, 1, 1, 1] }),
        ("a size of 0", { $0.tensors[0].shape = [3, 0] }),
        ("rows that are no whole blocks", { $0.tensors[1].shape = [31] }),
        ("an unknown tensor type", { $0.tensors[0].code = 1000 }),
        ("a tensor type that is not read", { $0.tensors[0].code = 23 }),
        ("an offset that is not aligned", { $0.offsets[1] = 32 }),
        ("data past the end", { $0.tensors[1].shape = [32, 5] }),
    ]

    /// What is wrong with a file of one pair and one tensor, and what its error says.
    static let messages: [(what: String, says: String, change: @Sendable (inout GGUFBytes) -> Void)] = [
        ("more tensors than fit", "4611686018427387904 tensors in", { $0.tensorCount = 1 << 62 }),
        ("more pairs than fit", "18446744073709551615 metadata values in", { $0.pairCount = .max }),
        (
            "a text longer than the file", "a.long: 9223372036854775807 bytes wanted",
            { $0.add("a.long", .string, GGUFBytes.number(UInt64(1) << 63 - 1)) }
        ),
        (
            "a key longer than keys may be", "key of 65536 bytes, at most 65535",
            { $0.pairs.append(GGUFBytes.number(UInt64(65_536))) }
        ),
        (
            // 2^61 numbers of 8 bytes are 0 bytes where the product wraps.
            "an array whose bytes wrap round", "a.wraps has 2305843009213693952 elements",
            {
                $0.add(
                    "a.wraps", .array, GGUFBytes.number(GGUFType.uint64.rawValue) + GGUFBytes.number(UInt64(1) << 61))
            }
        ),
        (
            "an array of arrays past the end", "a.nested has 1000 elements",
            { $0.add("a.nested", .array, GGUFBytes.number(GGUFType.array.rawValue) + GGUFBytes.number(UInt64(1000))) }
        ),
        (
            // 2^32 * 2^32 elements are none where the product wraps.
            "sizes whose product wraps to nothing", "or overflow",
            { $0.tensors[0].shape = [1 << 32, 1 << 32] }
        ),
        (
            // 2^62 floats: 2^64 bytes, none where that wraps, though the number of elements fits.
            "sizes whose bytes wrap to nothing", "or overflow", { $0.tensors[0].shape = [1 << 62] }
        ),
        ("a size past the signed range", "has a size of 18446744073709551615", { $0.tensors[0].shape = [.max] }),
        ("more dimensions than four", "has 5 dimensions, 1 to 4 expected", { $0.tensors[0].shape = [1, 1, 1, 1, 1] }),
        ("an offset past the end", "bytes at 9223372036854775776 of", { $0.offsets[0] = 1 << 63 - 32 }),
        ("an offset past the signed range", "offset 18446744073709551584 is no", { $0.offsets[0] = .max - 31 }),
        ("a tensor larger than the file", "4096 bytes at 0 of 64 of data", { $0.tensors[0].shape = [1024] }),
        (
            "tensors that overlap", "tensors w and v overlap",
            {
                $0.add(tensor: "v", [16], 0, [UInt8](repeating: 0, count: 64)); $0.offsets[1] = 32
            }
        ),
        (
            "a tensor inside another", "overlap",
            {
                $0.add(tensor: "v", [1], 0, [0, 0, 0, 0]); $0.offsets[1] = 0
            }
        ),
        (
            "rows of 33 in blocks of 32", "no whole blocks of Q4_0",
            {
                $0.tensors[0].code = 2; $0.tensors[0].shape = [33]
            }
        ),
        (
            "rows of 128 in blocks of 256", "no whole blocks of Q4_K",
            {
                $0.tensors[0].code = 12; $0.tensors[0].shape = [128, 2]
            }
        ),
        ("a type of none", "type number 4294967295 is not supported", { $0.tensors[0].code = .max }),
        (
            "an alignment of 3", "a power of two up to 1048576 expected, got 3",
            { $0.add("general.alignment", UInt32(3)) }
        ),
        (
            "a negative alignment", "a power of two up to 1048576 expected, got -32",
            { $0.add("general.alignment", .int32, GGUFBytes.number(Int32(-32))) }
        ),
        (
            "an alignment of 2^40", "a power of two up to 1048576 expected, got 1099511627776",
            { $0.add("general.alignment", .uint64, GGUFBytes.number(UInt64(1) << 40)) }
        ),
        ("a name twice", "the tensor w occurs twice", { $0.add(tensor: "w", [1], 0, [0, 0, 0, 0]) }),
        ("a key twice", "the key a.name occurs twice", { $0.add("a.name", "x") }),
    ]

    @Test("Each way of being unsound is named by its error", arguments: messages.indices)
    func named(index: Int) throws {
        let (what, says, change) = Self.messages[index]
        var bytes = GGUFBytes()
        bytes.add("a.name", "x")
        bytes.add(tensor: "w", [16], 0, [UInt8](repeating: 0, count: 64))
        _ = try bytes.file()
        change(&bytes)
        #expect("\(what)") {
            try bytes.file()
        } throws: { $0 is LanguageError && "\($0)".contains(says) }
    }

    @Test("Each way of being unsound is refused", arguments: changes.indices)
    func changed(index: Int) {
        let (what, change) = Self.changes[index]
        var bytes = GGUFTests.sample
        change(&bytes)
        #expect(throws: LanguageError.self, "\(what)") { try bytes.file() }
    }

    @Test("Floats at an odd offset are refused, though the file's alignment allows it")
    func oddOffset() {
        var bytes = GGUFBytes()
        bytes.alignment = 1
        bytes.add("general.alignment", UInt32(1))
        bytes.add(tensor: "bytes", [32], 2, [UInt8](repeating: 0, count: 18))
        bytes.add(tensor: "floats", [1], 0, [0, 0, 0, 0])
        bytes.add(tensor: "x", [1], 0, [0, 0, 0, 0])
        #expect {
            for name in ["general.name", "general.names", "general.a", "general.ab"] {
                var file = bytes
                file.add(name, "")
                _ = try file.file()
            }
        } throws: { "\($0)".contains("at an odd offset") }
    }

    @Test("Arrays nest four deep and no deeper")
    func nesting() throws {
        func nested(_ depth: Int) -> [UInt8] {
            depth == 0
                ? GGUFBytes.number(UInt32(0)) + GGUFBytes.number(UInt64(1)) + [5]
                : GGUFBytes.number(UInt32(9)) + GGUFBytes.number(UInt64(1)) + nested(depth - 1)
        }
        for depth in 0..<4 {
            var bytes = GGUFBytes()
            bytes.add("a", .array, nested(depth))
            #expect(try bytes.file().metadata.count == 1)
        }
        for depth in [4, 5, 50, 2000] {
            var bytes = GGUFBytes()
            bytes.add("a", .array, nested(depth))
            #expect(throws: LanguageError.self) { try bytes.file() }
        }
    }

    @Test("Vocabularies whose parts do not fit are refused")
    func vocabulary() {
        func tokenizer(_ change: (inout GGUFBytes) -> Void) throws(LanguageError) -> Tokenizer {
            var file = GGUFBytes()
            change(&file)
            TinyVocabulary(merges: [("a", "b")]).add(to: &file)
            // The first of two keys would be an error of its own.
            var seen = Set<[UInt8]>()
            file.pairs = file.pairs.filter { pair in seen.insert(Array(pair.prefix(8 + Int(pair[0])))).inserted }
            return try Tokenizer(file.file())
        }
        #expect(throws: Never.self) { try tokenizer { _ in } }
        #expect(throws: LanguageError.self) { try tokenizer { $0.add("tokenizer.ggml.model", "bert") } }
        #expect(throws: LanguageError.self) { try tokenizer { $0.add("tokenizer.ggml.model", "llama") } }
        #expect(throws: LanguageError.self) { try tokenizer { $0.add("tokenizer.ggml.pre", "nobody's") } }
        #expect(throws: LanguageError.self) { try tokenizer { $0.add("tokenizer.ggml.tokens", strings: []) } }
        #expect(throws: LanguageError.self) { try tokenizer { $0.add("tokenizer.ggml.tokens", strings: ["a"]) } }
        #expect(throws: LanguageError.self) { try tokenizer { $0.add("tokenizer.ggml.token_type", integers: [1]) } }
        #expect(throws: LanguageError.self) { try tokenizer { $0.add("tokenizer.ggml.token_type", floats: [1]) } }
        #expect(throws: LanguageError.self) { try tokenizer { $0.add("tokenizer.ggml.merges", strings: ["a c"]) } }
        #expect(throws: LanguageError.self) { try tokenizer { $0.add("tokenizer.ggml.merges", strings: ["ab"]) } }
        #expect(throws: LanguageError.self) { try tokenizer { $0.add("tokenizer.ggml.merges", strings: [""]) } }
        #expect(throws: LanguageError.self) { try tokenizer { $0.add("tokenizer.ggml.eos_token_id", UInt32(261)) } }
        #expect(throws: LanguageError.self) { try tokenizer { $0.add("tokenizer.ggml.eos_token_id", "x") } }
    }
}
