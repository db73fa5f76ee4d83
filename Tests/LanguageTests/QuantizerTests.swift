import Language
import Tensors
import TestSupport
import Testing

@Suite("Quantising files")
struct QuantizerTests {
    private static let shape = TinyModel(
        layers: 1, embedding: 64, feedForward: 40, heads: 4, keyValueHeads: 2, headSize: 16, seed: 8)

    /// Writes the tiny model in a format and quantises it.
    private func quantised(
        _ shape: TinyModel = shape, from type: any QuantizedType = F32(), to target: QuantizationTarget,
        _ scratch: Scratch
    ) throws -> GGUFFile {
        let source = try GGUFFile(path: scratch.write(shape.file(type).bytes, to: "source.gguf"))
        let path = scratch.file("\(target.rawValue).gguf")
        try Quantizer(source, to: target, pool: WorkerPool(threads: 2)).write(to: path)
        return try GGUFFile(path: path)
    }

    @Test(
        "Matrices take the format; vectors, and rows that are no whole blocks, stay",
        arguments: QuantizationTarget.allCases)
    func rules(target: QuantizationTarget) throws {
        let scratch = try Scratch()
        let file = try quantised(to: target, scratch)
        let name = target == .q4_0 ? "Q4_0" : "Q8_0"
        func type(_ tensor: String) -> String? { file.tensor(named: tensor)?.type.name }
        #expect(file.tensors.map(\.name) == Self.shape.tensors.map(\.name))
        #expect(type("token_embd.weight") == name)
        #expect(type("blk.0.attn_q.weight") == name)
        #expect(type("blk.0.ffn_gate.weight") == name)
        #expect(type("blk.0.ffn_down.weight") == "F32")
        #expect(type("blk.0.attn_norm.weight") == "F32")
        #expect(type("output_norm.weight") == "F32")
        #expect(type("output.weight") == "Q8_0")
        #expect(try file.integer("general.file_type", in: 0...99) == (target == .q4_0 ? 2 : 7))
        #expect(try file.string("general.name") == "tiny")
        #expect(file.metadata.count == Self.shape.head.pairs.count + 2)
    }

    @Test("A tied embedding is what scores tokens", arguments: [true, false])
    func tied(tied: Bool) throws {
        var shape = Self.shape
        shape.tied = tied
        let scratch = try Scratch()
        let file = try quantised(shape, to: .q4_0, scratch)
        #expect(file.tensor(named: "token_embd.weight")?.type.name == (tied ? "Q8_0" : "Q4_0"))
    }

    @Test("Blocks are those of the values, whatever plain format they come in", arguments: ["F32", "F16", "BF16"])
    func blocks(name: String) throws {
        let type = try #require(QuantizedTypes.all.first { $0.name == name })
        let scratch = try Scratch()
        let file = try quantised(from: type, to: .q4_0, scratch)
        for tensor in Self.shape.tensors {
            let info = try #require(file.tensor(named: tensor.name))
            guard info.type.blockSize > 1 else { continue }
            let plain = decoded(try #require(encoded(tensor.values, as: type)), as: type)
            #expect(file.data(of: info).array == encoded(plain, as: info.type))
        }
    }

    @Test("A quantised model runs and gives nearly the same", arguments: QuantizationTarget.allCases)
    func running(target: QuantizationTarget) throws {
        let scratch = try Scratch()
        let model = try LanguageModel(quantised(to: target, scratch), pool: WorkerPool(threads: 1))
        let tokens = LLaMATests.tokens(30)
        let exact = ReferenceLLaMA(Self.shape).logits(tokens)
        let got = try model.makeSequence().append(tokens).array
        // Random weights have no redundancy: 4 bits move each by up to an eighth of its block's largest.
        #expect(relativeError(got, exact) < (target == .q8_0 ? 0.05 : 0.4))
    }

    @Test("Weights that are no numbers are refused by the tensor's name, and nothing is written")
    func notFinite() throws {
        for bad in [Float.nan, .infinity, -.infinity] {
            var file = GGUFBytes()
            var values = [Float](repeating: 1, count: 96)
            values[70] = bad
            file.add(tensor: "a.weight", [32, 3], 0, encoded(values, as: F32()) ?? [])
            let scratch = try Scratch()
            let source = try file.file()
            #expect {
                try Quantizer(source, to: .q8_0, pool: WorkerPool(threads: 1)).write(to: scratch.file("out.gguf"))
            } throws: { "\($0)".contains("tensor a.weight: finite weights expected") }
            #expect(try FileNames.of(scratch.path).isEmpty)
        }
    }

    @Test("A file that is quantised already is refused")
    func quantisedAlready() throws {
        let scratch = try Scratch()
        let file = try quantised(to: .q8_0, scratch)
        #expect {
            try Quantizer(file, to: .q4_0, pool: WorkerPool(threads: 1))
        } throws: { "\($0)".contains("F32, F16, BF16 expected, got Q8_0") }
    }

    @Test(
        "Blocks are those of the Python package gguf to the bit",
        .enabled(if: PythonTools.isAvailable, "\(PythonTools.reason)"), arguments: QuantizationTarget.allCases)
    func python(target: QuantizationTarget) throws {
        var shape = TinyModel(
            layers: 2, embedding: 256, feedForward: 96, heads: 4, keyValueHeads: 2, headSize: 64, seed: 80)
        shape.tied = true
        let scratch = try Scratch()
        _ = try quantised(shape, to: target, scratch)
        let report = try PythonTools.run(
            "Python/quantized.py", [scratch.file("source.gguf"), scratch.file("\(target.rawValue).gguf")])
        #expect(report == "same \(1 + 2 * 7)\n")
    }
}
