import Foundation
import TestSupport
import Testing

/// The command line, run as users run it.
@Suite(.enabled(if: Program.isBuilt, Comment(rawValue: Program.reason))) struct CommandTests {
    @Test func tellsItsVersion() throws {
        let version = try Program.run(["version"])
        #expect(version.status == 0)
        #expect(version.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
        #expect(try Program.run(["--version"]).output == version.output)
    }

    @Test(arguments: [
        [], ["serve"], ["roast"], ["caption"], ["analyze"], ["list"], ["quantize"], ["show"], ["onnx"], ["chat"],
        ["perplexity"], ["bench"], ["bench", "llm"], ["onnx", "run"], ["onnx", "show"], ["onnx", "bench"],
    ])
    func helps(_ command: [String]) throws {
        let result = try Program.run(command + ["--help"])
        #expect(result.status == 0)
        #expect(result.output.contains("USAGE: heckle"))
        #expect(result.errors.isEmpty)
    }

    @Test(arguments: [
        ["nonsense"], ["roast"], ["roast", "a.jpg", "--style", "mild"], ["roast", "a.jpg", "--lines", "6"],
        ["roast", "a.jpg", "--n", "0"], ["roast", "a.jpg", "--seed", "-1"], ["roast", "a.jpg", "--avoid", "weight"],
        ["caption", "a.jpg", "--style", "dry"], ["analyze", "a.jpg", "--tasks", "age"], ["serve", "--port", "70000"],
        ["serve", "--port", "x"], ["serve", "--host", "0.0.0.0"], ["serve", "--host", "192.168.1.2"],
        ["serve", "--retain", "soon"], ["serve", "--threads", "0"], ["quantize", "a", "b"],
        ["quantize", "a", "b", "--type", "q9"], ["quantize", "a", "b", "--type", "q8_0", "--threads", "999"],
        ["show"], ["show", "a", "--context", "many"], ["onnx", "run"], ["version", "--what"],
    ])
    func refusesWrongArguments(_ arguments: [String]) throws {
        let result = try Program.run(arguments)
        #expect(result.status == 2)
        #expect(result.output.isEmpty && !result.errors.isEmpty)
    }

    @Test(arguments: [("PORT", "many"), ("RETAIN", "1y"), ("THREADS", "-3"), ("HOST", "0.0.0.0")])
    func refusesWrongEnvironment(_ name: String, _ value: String) throws {
        let result = try Program.run(["serve"], environment: ["HECKLE_\(name)": value])
        #expect(result.status == 2)
        #expect(result.errors.contains(value) || result.errors.contains(name.lowercased()))
    }

    @Test(arguments: ["roast", "caption", "analyze"])
    func tellsFilesThatCannotBeRead(_ command: String) throws {
        let scratch = try Scratch()
        let missing = try Program.run([command, scratch.file("none.jpg"), "--json"])
        #expect(missing.status == 4)
        #expect(missing.errors.contains("there is no such file") && missing.output.isEmpty)
        let folder = try Program.run([command, scratch.path])
        #expect(folder.status == 4)
        #expect(folder.errors.contains("this is a folder"))
    }

    @Test func tellsMissingWeights() throws {
        let scratch = try Scratch()
        let photo = try scratch.write(Fixture.png, to: "a.png")
        for arguments in [["roast", photo], ["analyze", photo], ["list"], ["serve", "--port", "0"]] {
            let result = try Program.run(arguments + ["--weights", scratch.file("none")])
            #expect(result.status == 3)
            #expect(result.errors.contains("none"))
        }
    }

    @Test func quantizes() throws {
        let scratch = try Scratch()
        let source = try scratch.write(Fixture.gguf(rows: 64), to: "a.gguf")
        for (type, limit) in [("q8_0", 64 * 34), ("q4_0", 64 * 18), ("q4_k_m", 64 * 22), ("IQ4_NL", 64 * 18)] {
            let target = scratch.file(type)
            let result = try Program.run(["quantize", source, target, "--type", type, "--verbose"])
            #expect(result.status == 0)
            #expect(result.errors.contains("1/2 blk.0.ffn_up.weight"))
            let bytes = try fileBytes(target)
            #expect(bytes.starts(with: Array("GGUF".utf8)))
            // The matrix shrank, the vector did not.
            #expect((limit + 32...limit + 600).contains(bytes.count))
            // What is quantised already cannot be quantised again, and stays as it was.
            let again = try Program.run(["quantize", target, target, "--type", type])
            #expect(again.status == 4)
            #expect(try fileBytes(target) == bytes)
        }
        #expect(try Program.run(["quantize", scratch.file("none"), scratch.file("b"), "--type", "q8_0"]).status == 4)
        let itself = try Program.run(["quantize", source, source, "--type", "q8_0"])
        #expect(itself.status == 4 && itself.errors.contains("this is the file being read"))
        let json = try Program.run(["quantize", source, scratch.file("c"), "--type", "q5_1", "--json"])
        #expect(json.status == 0 && json.output.contains(#""to":"Q5_1""#) && json.output.contains(#""type":"q5_1""#))
    }

    @Test func showsLanguageModels() throws {
        let scratch = try Scratch()
        let file = try scratch.write(Fixture.gguf(rows: 4), to: "a.gguf")
        let text = try Program.run(["show", file])
        #expect(text.status == 0)
        #expect(text.output.contains("about   general.architecture: \"llama\"\n"))
        #expect(text.output.contains("tensor  blk.0.ffn_up.weight F32 [32, 4] 512 bytes\n"))
        #expect(text.output.contains("type    F32: 2 tensors, 136 weights, 544 bytes\nweights 136 in 544 bytes\n"))
        let json = try Program.run(["show", file, "--json", "--context", "100"])
        #expect(json.status == 0)
        #expect(json.output.contains(#""context":100"#) && json.output.contains(#""cache_bytes":null"#))
        #expect(json.output.contains(#""parameters":136"#) && json.output.contains(#""shape":[32,4]"#))
        #expect(try Program.run(["show", file, "--context", "0"]).status == 2)
        #expect(try Program.run(["show", scratch.file("none")]).status == 4)
        let cut = try scratch.write(Array(Fixture.gguf(rows: 4).prefix(300)), to: "cut.gguf")
        #expect(try Program.run(["show", cut]).status == 4)
    }

    @Test func runsModels() throws {
        let scratch = try Scratch()
        let model = try scratch.write(Fixture.onnx, to: "add.onnx")
        let show = try Program.run(["onnx", "show", model])
        #expect(show.status == 0 && show.output.contains("input   x float32 [?, 3]"))
        let folder = scratch.file("out")
        let first = try Program.run(["onnx", "run", model, "--shape", "x=2,3", "--output", folder, "--json"])
        #expect(first.status == 0)
        #expect(first.output.contains(#""shape":[2,3]"#) && first.output.contains(#""name":"sum""#))
        // The result is a file that can be an input: adding it to made-up numbers gives more.
        let file = folder + "/0-sum.npy"
        #expect(try fileBytes(file).starts(with: [0x93] + Array("NUMPY".utf8)))
        let second = try Program.run(["onnx", "run", model, "--input", "x=\(file)"])
        #expect(second.status == 0 && second.output.contains("sum float32 [2, 3]"))
    }

    @Test func benchesModels() throws {
        let scratch = try Scratch()
        let model = try scratch.write(Fixture.onnx, to: "add.onnx")
        let json = try Program.run(["onnx", "bench", model, "--runs", "3", "--warmup", "0", "--operators", "--json"])
        #expect(json.status == 0)
        for part in [#""runs":3"#, #""gflop":0"#, #""median":"#, #""session_seconds":"#, #""count":1"#] {
            #expect(json.output.contains(part))
        }
        #expect(json.output.contains(#""operator":"Add""#))
        let text = try Program.run(["onnx", "bench", model, "--runs", "1", "--shape", "x=4,3", "--threads", "1"])
        #expect(text.status == 0 && text.output.contains("machine  1 thread, kernels "))
        for arguments in [["--runs", "0"], ["--warmup", "-1"], ["--shape", "z=1,3"], ["--input", "x"]] {
            let result = try Program.run(["onnx", "bench", model] + arguments)
            #expect(result.status == 2 && !result.errors.isEmpty, "\(arguments)")
        }
        #expect(try Program.run(["onnx", "bench", model, "--shape", "x=2,4"]).status == 4)
        #expect(try Program.run(["onnx", "bench", scratch.file("none")]).status == 4)
    }

    @Test func refusesModelsAndInputs() throws {
        let scratch = try Scratch()
        let model = try scratch.write(Fixture.onnx, to: "add.onnx")
        let cut = try scratch.write(Array(Fixture.onnx.prefix(60)), to: "cut.onnx")
        let noise = try scratch.write([1, 2, 3], to: "noise.npy")
        for (arguments, status) in [
            ([cut], 4), ([scratch.file("none")], 4), ([model, "--input", "x=\(noise)"], 4),
            ([model, "--input", "z=\(noise)"], 2),
            ([model, "--input", "x"], 2), ([model, "--shape", "x=1,-2"], 2),
            ([model, "--shape", "x=99999999999,3"], 2),
            ([model, "--shape", "x=2,4"], 4),
        ] as [([String], Int32)] {
            let result = try Program.run(["onnx", "run"] + arguments)
            #expect(result.status == status, "\(arguments)")
            #expect(!result.errors.isEmpty)
        }
    }
}
