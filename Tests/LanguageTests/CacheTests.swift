import Language
import Tensors
import TestSupport
import Testing

@Suite("Caches of keys and values")
struct CacheTests {
    /// Large enough for products and attention to be split over threads.
    static let shape = TinyModel(embedding: 256, feedForward: 512, heads: 8, keyValueHeads: 4, headSize: 32, seed: 41)

    /// Half precision rounds to 2^-11, an 8-bit block to about 2^-8 of its largest; both average out over the dimensions.
    @Test(
        "Scores stay close to the exact ones, whatever keys and values are stored in",
        arguments: [(CacheType.float32, 2e-5), (.float16, 1e-3), (.q8_0, 0.03)])
    func error(type: CacheType, bound: Double) throws {
        let shape = TinyModel(embedding: 48, heads: 6, keyValueHeads: 2, headSize: 40, seed: 42)
        let tokens = LLaMATests.tokens(80)
        let got = try shape.model().makeSequence(cache: type).append(tokens).array
        #expect(relativeError(got, ReferenceLLaMA(shape).logits(tokens)) < bound)
    }

    @Test("Scores are the same to the bit at any number of threads", arguments: CacheType.allCases)
    func threads(type: CacheType) throws {
        let tokens = LLaMATests.tokens(150)
        let results = try [1, 2, 3, 8].map {
            try Self.shape.model(Q4_0(), threads: $0).makeSequence(cache: type).append(tokens).array
        }
        for result in results { #expect(result == results[0]) }
    }

    @Test("How a prompt is cut moves scores by a thousandth at most", arguments: CacheType.allCases, [1, 5, 31, 40])
    func chunking(type: CacheType, piece: Int) throws {
        let model = try Self.shape.model(Q8_0())
        let tokens = LLaMATests.tokens(97)
        let whole = try model.makeSequence(cache: type).append(tokens).array
        let sequence = model.makeSequence(cache: type)
        var last: [Float] = []
        for start in stride(from: 0, to: tokens.count, by: piece) {
            last = try sequence.append(Array(tokens[start..<min(start + piece, tokens.count)])).array
        }
        #expect(Tolerance.absolute(1e-3).mismatch(last, whole) == nil)
    }

    @Test("Memory is what is said, page by page", arguments: CacheType.allCases)
    func accounting(type: CacheType) throws {
        let model = try TinyModel(seed: 43).model()
        // Two layers, two heads of 8: keys [8, 32] and values [32, 32], in Q8_0 with a scale for each row of either.
        let tile = [CacheType.float32: (8 + 32) * 32 * 4, .float16: (8 + 32) * 32 * 2, .q8_0: (8 + 32) * 32 + 2 * 64]
        let page = 4 * (tile[type] ?? 0)
        let sequence = model.makeSequence(cache: type)
        #expect(sequence.cacheBytes == 0)
        for (count, pages) in [(1, 1), (31, 1), (1, 2), (64, 4)] {
            _ = try sequence.append(LLaMATests.tokens(count))
            #expect(sequence.cacheBytes == pages * page)
            #expect(sequence.cacheBytes == model.cacheBytes(tokens: sequence.tokens.count, cache: type))
        }
        sequence.truncate(to: 40)
        #expect(sequence.cacheBytes == 2 * page)
        sequence.truncate(to: 0)
        #expect(sequence.cacheBytes == 0)
    }

    @Test(
        "A fork goes on as if it had been evaluated by itself, and neither sees the other",
        arguments: CacheType.allCases)
    func fork(type: CacheType) throws {
        let model = try TinyModel(seed: 44).model()
        let (tokens, one, two) = (LLaMATests.tokens(70), LLaMATests.tokens(30, seed: 2), LLaMATests.tokens(30, seed: 3))
        let source = model.makeSequence(cache: type)
        _ = try source.append(tokens)
        let forks = [source.fork(count: 50), source.fork(count: 50), source.fork()]
        let got = [
            try forks[0].append(one).array, try source.append(two).array, try forks[1].append(two).array,
            try forks[2].append(one).array,
        ]
        for (logits, text) in zip(got, [tokens[..<50] + one, tokens + two, tokens[..<50] + two, tokens + one]) {
            #expect(try model.makeSequence(cache: type).append(Array(text)).array == logits)
        }
        #expect(forks[2].tokens == tokens + one && source.tokens == tokens + two)
        // Pages that both hold survive either.
        source.truncate(to: 0)
        #expect(try forks[2].fork(count: 70).append(one).array == got[3])
    }
}

@Suite("Stored prefixes")
struct StoredPrefixTests {
    private static let shape = TinyModel(seed: 45)

    @Test("A restored sequence goes on as the stored one", arguments: CacheType.allCases, [1, 32, 45, 80])
    func roundTrip(type: CacheType, count: Int) throws {
        let scratch = try Scratch()
        let path = scratch.file("prefix")
        let model = try Self.shape.model()
        let (tokens, more) = (LLaMATests.tokens(80), LLaMATests.tokens(20, seed: 2))
        let sequence = model.makeSequence(cache: type)
        _ = try sequence.append(tokens)
        try sequence.store(count: count, to: path)
        let restored = try model.restoreSequence(from: path, cache: type)
        #expect(restored.tokens == Array(tokens[..<count]))
        #expect(restored.cacheBytes == model.cacheBytes(tokens: count, cache: type))
        let expected = model.makeSequence(cache: type)
        _ = try expected.append(Array(tokens[..<count]))
        #expect(try restored.append(more).array == expected.append(more).array)
        // What followed the prefix in its last page is not in the file.
        let again = model.makeSequence(cache: type)
        _ = try again.append(Array(tokens[..<count]))
        try again.store(to: scratch.file("again"))
        #expect(try fileBytes(path) == fileBytes(scratch.file("again")))
        #expect(try FileNames.of(scratch.path) == ["again", "prefix"])
    }

    @Test("A file of another model or kind of cache, or too long a one, is refused")
    func mismatch() throws {
        let scratch = try Scratch()
        let path = scratch.file("prefix")
        let sequence = try Self.shape.model().makeSequence()
        _ = try sequence.append(LLaMATests.tokens(40))
        try sequence.store(to: path)
        var other = Self.shape
        other.seed += 1
        func key(_ body: () throws -> SequenceState) -> String {
            do { _ = try body() } catch LanguageError.metadata(_, let key, _, _) { return key } catch {
                return "\(error)"
            }
            return "nothing"
        }
        #expect(key { try other.model().restoreSequence(from: path) } == "model")
        #expect(key { try Self.shape.model().restoreSequence(from: path, cache: .q8_0) } == "cache type")
        #expect(throws: LanguageError.contextExceeded(needed: 40, limit: 39)) {
            try Self.shape.model().restoreSequence(from: path, capacity: 39)
        }
        #expect(throws: LanguageError.self) { try Self.shape.model().restoreSequence(from: scratch.file("none")) }
        #expect(throws: LanguageError.self) { try sequence.store(to: scratch.file("no/folder")) }
    }

    @Test("Whatever is cut off, added or changed in a file, it is refused")
    func hostile() throws {
        let scratch = try Scratch()
        let path = scratch.file("prefix")
        let model = try Self.shape.model()
        let sequence = model.makeSequence()
        _ = try sequence.append(LLaMATests.tokens(40))
        try sequence.store(to: path)
        let sound = try fileBytes(path)
        #expect(throws: Never.self) { try model.restoreSequence(from: path) }
        var files = [0, 7, 8, 40, 71, 72, 100, sound.count - 9, sound.count - 1].map { Array(sound[..<$0]) }
        files.append(sound + [0])
        for place in Array(0..<80) + stride(from: 80, to: sound.count, by: 997) {
            for bit in [0, 7] {
                files.append(sound)
                files[files.count - 1][place] ^= 1 << bit
            }
        }
        // Counts near the ends of their type.
        for count in [UInt64.max, 1 << 63, 1 << 62, 0, 1 << 31] {
            var file = sound
            file.replaceSubrange(56..<64, with: GGUFBytes.number(count))
            files.append(file)
        }
        for (number, file) in files.enumerated() {
            try scratch.write(file, to: "bad")
            #expect(throws: LanguageError.self, "file \(number)") {
                try model.restoreSequence(from: scratch.file("bad"))
            }
        }
    }
}
