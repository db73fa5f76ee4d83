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
        // Rows of 64 are no whole blocks of 256, so blocks of 32 with a bit more take their place.
        let names: [QuantizationTarget: (plain: String, mixed: String, type: Int)] = [
            .q4_0: ("Q4_0", "Q4_0", 2), .q4_1: ("Q4_1", "Q4_1", 3), .q5_0: ("Q5_0", "Q5_0", 8),
            .q5_1: ("Q5_1", "Q5_1", 9), .q8_0: ("Q8_0", "Q8_0", 7), .iq4_nl: ("IQ4_NL", "IQ4_NL", 25),
            .q4_k_s: ("Q5_0", "Q5_1", 14), .q4_k_m: ("Q5_0", "Q8_0", 15), .q5_k_m: ("Q5_1", "Q8_0", 17),
            .q6_k: ("Q8_0", "Q8_0", 18),
        ]
        let expected = try #require(names[target])
        func type(_ tensor: String) -> String? { file.tensor(named: tensor)?.type.name }
        #expect(file.tensors.map(\.name) == Self.shape.tensors.map(\.name))
        #expect(type("token_embd.weight") == expected.plain)
        #expect(type("blk.0.attn_q.weight") == expected.plain)
        #expect(type("blk.0.attn_v.weight") == expected.mixed)
        #expect(type("blk.0.ffn_gate.weight") == expected.plain)
        #expect(type("blk.0.ffn_down.weight") == "F32")
        #expect(type("blk.0.attn_norm.weight") == "F32")
        #expect(type("output_norm.weight") == "F32")
        #expect(type("output.weight") == "Q8_0")
        #expect(try file.integer("general.file_type", in: 0...99) == expected.type)
        #expect(try file.string("general.name") == "tiny")
        #expect(file.metadata.count == Self.shape.head.pairs.count + 2)
    }

    /// Sixteen layers of names alone: 256 columns, one row.
    @Test(
        "Mixed files give more bits to some layers' values and ways down",
        arguments: [
            (QuantizationTarget.q4_k_m, "Q6_K", [0, 1, 4, 7, 10, 13, 14, 15], [0, 1, 4, 7, 10, 13, 14, 15]),
            (.q5_k_m, "Q6_K", [0, 1, 4, 7, 10, 13, 14, 15], [0, 1, 4, 7, 10, 13, 14, 15]),
            (.q4_k_s, "Q5_K", [0, 1, 2, 3], [0, 1]), (.iq4_nl, "Q5_K", [], [0, 1]), (.q6_k, "Q8_0", [], []),
        ])
    func mixed(target: QuantizationTarget, more: String, values: [Int], down: [Int]) throws {
        var bytes = GGUFBytes()
        let parts = ["attn_q", "attn_v", "ffn_down", "ffn_gate_inp"]
        let names = (0..<16).flatMap { layer in parts.map { "blk.\(layer).\($0).weight" } }
        for name in ["token_embd.weight", "output.weight", "position_embd.weight"] + names {
            bytes.add(tensor: name, [256, 2], 0, [UInt8](repeating: 0, count: 2048))
        }
        let file = try bytes.file()
        let quantizer = try Quantizer(file, to: target, pool: WorkerPool(threads: 1))
        func type(_ name: String) throws -> String {
            quantizer.type(of: try #require(file.tensor(named: name))).name
        }
        let base = target.type.name
        #expect(try type("token_embd.weight") == base)
        #expect(try type("output.weight") == "Q6_K")
        #expect(try type("position_embd.weight") == "F32")
        for layer in 0..<16 {
            #expect(try type("blk.\(layer).attn_q.weight") == base)
            #expect(try type("blk.\(layer).attn_v.weight") == (values.contains(layer) ? more : base))
            #expect(try type("blk.\(layer).ffn_down.weight") == (down.contains(layer) ? more : base))
            #expect(try type("blk.\(layer).ffn_gate_inp.weight") == "F32")
        }
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
        #expect(relativeError(got, exact) < ([.q8_0, .q6_k].contains(target) ? 0.05 : 0.4))
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
        .enabled(if: PythonTools.isAvailable, "\(PythonTools.reason)"), arguments: [QuantizationTarget.q4_0, .q8_0])
    func python(target: QuantizationTarget) throws {
        var shape = TinyModel(
            layers: 2, embedding: 256, feedForward: 96, heads: 4, keyValueHeads: 2, headSize: 64, seed: 80)
        shape.tied = true
        let scratch = try Scratch()
        _ = try quantised(shape, to: target, scratch)
        let report = try PythonTools.run(
            "Python/quantized.py", [scratch.file("source.gguf"), scratch.file("\(target.rawValue).gguf")])
        // The embedding of a Q4_0 file is Q6_K.
        #expect(report == "same \((target == .q8_0 ? 1 : 0) + 2 * 7)\n")
    }

    @Test("Weights that the format cannot hold are refused")
    func tooLarge() throws {
        var file = GGUFBytes()
        file.add(tensor: "a.weight", [32, 2], 0, encoded([Float](repeating: 1, count: 63) + [1e30], as: F32()) ?? [])
        let scratch = try Scratch()
        let source = try file.file()
        #expect {
            try Quantizer(source, to: .q4_0, pool: WorkerPool(threads: 1)).write(to: scratch.file("out.gguf"))
        } throws: { "\($0)".hasSuffix("weights within the reach of Q4_0 expected, got others in row 1") }
        #expect(try FileNames.of(scratch.path).isEmpty)
    }

    @Test("Vectors are looked through as well, though they stay")
    func notFiniteVector() throws {
        var file = GGUFBytes()
        file.add(tensor: "a.bias", [3], 0, encoded([1, .nan, 2], as: F32()) ?? [])
        let scratch = try Scratch()
        let source = try file.file()
        #expect {
            try Quantizer(source, to: .q4_0, pool: WorkerPool(threads: 1)).write(to: scratch.file("out.gguf"))
        } throws: { "\($0)".contains("tensor a.bias: finite weights expected, got others in row 0") }
    }

    @Test("The file being read is not written over, by whatever name")
    func sameFile() throws {
        let scratch = try Scratch()
        let path = try scratch.write(Self.shape.file().bytes, to: "a.gguf")
        try FileNames.link(path, as: scratch.file("b.gguf"))
        let before = try fileBytes(path)
        let quantizer = try Quantizer(GGUFFile(path: path), to: .q4_k_m, pool: WorkerPool(threads: 1))
        for name in ["a.gguf", "./a.gguf", "b.gguf"] {
            #expect {
                try quantizer.write(to: scratch.file(name))
            } throws: { "\($0)".hasSuffix("this is the file being read") }
        }
        #expect(try fileBytes(path) == before)
        #expect(try FileNames.of(scratch.path) == ["a.gguf", "b.gguf"])
    }

    @Test("Outcomes tell each tensor's type, size and error")
    func outcomes() throws {
        let scratch = try Scratch()
        let source = try GGUFFile(path: scratch.write(Self.shape.file().bytes, to: "a.gguf"))
        var seen: [String] = []
        let outcomes = try Quantizer(source, to: .q5_1, pool: WorkerPool(threads: 2)).write(
            to: scratch.file("b.gguf")
        ) { seen.append("\($0) \($1)") }
        #expect(outcomes.map(\.tensor.name) == source.tensors.map(\.name))
        #expect(seen == source.tensors.enumerated().map { "\($0.offset) \($0.element.name)" })
        for outcome in outcomes {
            #expect(outcome.type.byteCount(shape: outcome.tensor.shape) == outcome.byteCount)
            let error = ["F32": 0.0...0, "Q5_1": 0.01...0.04, "Q8_0": 0.001...0.01][outcome.type.name]
            #expect(error?.contains(outcome.relativeError) == true, "\(outcome.tensor.name) \(outcome.relativeError)")
        }
    }
}
