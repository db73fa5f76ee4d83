import Foundation
import TestSupport
import Testing

/// `chat`, `bench llm` and `perplexity`, with the language model of the repository.
@Suite(
    .enabled(if: Program.isBuilt, Comment(rawValue: Program.reason)),
    .enabled(if: EmbeddedWeights.areThere, Comment(rawValue: EmbeddedWeights.reason)), .serialized
)
struct LanguageCommandTests {
    private static let model = Repository.file("Weights/heckle-writer.gguf")
    private static let greedy = ["--temperature", "0", "--threads", "1"]

    private func document(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    // MARK: chat

    @Test func answersOnce() throws {
        let arguments = ["chat", Self.model, "--max-tokens", "12"] + Self.greedy
        let text = try Program.run(arguments + ["--prompt", "object: cup", "--verbose"])
        #expect(text.status == 0 && !text.output.isEmpty && text.output.hasSuffix("\n"))
        #expect(text.errors.contains("tokens/s") && text.errors.contains("context "))
        // Standard input is one message as a whole, however many lines it has.
        let piped = try Program.run(arguments, input: Array("object: cup\n".utf8))
        #expect(piped.status == 0 && piped.output == text.output && piped.errors.isEmpty)
        let json = try document(try Program.run(arguments + ["--json"], input: Array("object: cup".utf8)).output)
        #expect((json["text"] as? String).map { $0 + "\n" } == text.output)
        #expect(["end_token", "max_tokens"].contains(json["finish"] as? String))
        #expect((json["prompt_tokens"] as? Int ?? 0) > 0 && json["cached_tokens"] as? Int == 0)
        #expect((json["generated_tokens"] as? Int ?? 0) > 0 && (json["prefill_seconds"] as? Double ?? 0) > 0)
        let lines = try Program.run(arguments + ["--json", "--stream", "-p", "object: cup"]).output
            .split(separator: "\n").map { try document(String($0)) }
        #expect(lines.dropLast().compactMap { $0["delta"] as? String }.joined() == json["text"] as? String)
        #expect(lines.last?["text"] as? String == json["text"] as? String)
    }

    @Test func sampledAnswersFollowTheirSeed() throws {
        func answer(_ options: [String]) throws -> String {
            let fixed = ["chat", Self.model, "-p", "style: dry", "--template", "raw", "--max-tokens", "20"]
            let result = try Program.run(fixed + options)
            #expect(result.status == 0, "\(result.errors)")
            return result.output
        }
        let all = [
            "--seed", "5", "--top-k", "0", "--top-p", "1", "--min-p", "0", "--typical-p", "0.9", "--repeat-penalty",
            "1.1",
            "--presence-penalty", "0.1", "--frequency-penalty", "0.1", "--penalty-window", "32", "--dry-multiplier",
            "0.8",
            "--logit-bias", "9=-2.5", "--kv", "q8_0", "--context", "256", "--prompt-lookup", "4", "--stop", "zzz",
            "--system", "Be dry.",
        ]
        #expect(try answer(all) == answer(all))
        #expect(try answer(["--seed", "5"]) == answer(["--seed", "5"]))
        #expect(try answer(["--seed", "5"]) != answer(["--seed", "6"]))
    }

    @Test func answersInAFormat() throws {
        let scratch = try Scratch()
        let schema = try scratch.write(
            Array(
                """
                {"type": "object", "properties": {"verdict": {"enum": ["good", "bad"]}, "stars": {"type": "integer",
                 "minimum": 1, "maximum": 5}, "words": {"type": "array", "items": {"type": "string", "maxLength": 6},
                 "maxItems": 2}}, "required": ["verdict", "stars", "words"]}
                """.utf8), to: "schema.json")
        let arguments = ["chat", Self.model, "-p", "object: cup", "--threads", "1"]
        for seed in 1...3 {
            let answer = try Program.run(arguments + ["--json", "--json-schema", schema, "--seed", "\(seed)"])
            let json = try document(answer.output)
            #expect(json["finish"] as? String == "constraint", "\(answer.output)")
            let value = try document(try #require(json["text"] as? String))
            #expect(["good", "bad"].contains(value["verdict"] as? String))
            #expect((1...5).contains(value["stars"] as? Int ?? 0))
            #expect((value["words"] as? [String])?.allSatisfy { $0.count <= 6 } ?? false)
        }
        let grammar = try scratch.write(Array("root ::= (\"yes\" | \"no\") \"!\"{3}\n".utf8), to: "yes.gbnf")
        let piped = try Program.run(arguments + ["--grammar", grammar])
        #expect(["yes!!!\n", "no!!!\n"].contains(piped.output) && piped.errors.isEmpty)
        let read = try Program.run(arguments + ["--grammar", "-"], input: Array("root ::= \"me\"".utf8))
        #expect(read.output == "me\n")
        // A part of a document is none, and that is said.
        let cut = try Program.run(arguments + ["--json-schema", schema, "--max-tokens", "3"])
        #expect(cut.status == 0 && cut.errors.contains("cut off"))
    }

    @Test func refusesFormatsThatCannotBeFollowed() throws {
        let scratch = try Scratch()
        let odd = try scratch.write(
            Array(#"{"type": "object", "properties": {"a": {"type": "text"}}}"#.utf8), to: "odd.json")
        let cut = try scratch.write(Array(#"{"type": "#.utf8), to: "cut.json")
        let loop = try scratch.write(Array("root ::= root \"a\"\n".utf8), to: "loop.gbnf")
        let open = try scratch.write(Array("root ::= \"a\nb\"\n".utf8), to: "open.gbnf")
        for (arguments, status, words) in [
            (["--json-schema", odd], 4, "odd.json: #/properties/a"),
            (["--json-schema", cut], 4, "cut.json: line 1, column 10: not JSON"),
            (["--json-schema", scratch.file("none.json")], 4, "there is no such file"),
            (["--grammar", loop], 4, "left recursion"),
            (["--grammar", open], 4, "open.gbnf: line 1"),
            (["--grammar", loop, "--json-schema", odd], 2, "do not go together"),
        ] as [([String], Int32, String)] {
            let result = try Program.run(["chat", Self.model, "-p", "x"] + arguments)
            #expect(result.status == status && result.output.isEmpty, "\(arguments): \(result.errors)")
            #expect(result.errors.contains(words), "\(result.errors)")
        }
        let both = try Program.run(["chat", Self.model, "--grammar", "-"], input: Array("x".utf8))
        #expect(both.status == 2 && both.errors.contains("--prompt"))
    }

    @Test func refusesWhatCannotBeAnswered() throws {
        let scratch = try Scratch()
        let cut = try scratch.write(Array(Fixture.gguf(rows: 4).prefix(300)), to: "cut.gguf")
        let long = String(repeating: "word ", count: 400)
        for (arguments, status, words) in [
            (["chat", scratch.file("none.gguf"), "-p", "x"], 3, "none.gguf"),
            (["chat", cut, "-p", "x"], 3, "at byte"),
            (["chat", Self.model, "-p", " "], 2, "empty"),
            (["chat", Self.model, "-p", "x", "--context", "5000"], 2, "2 to 1024"),
            (["chat", Self.model, "-p", "x", "--top-p", "2"], 2, "top_p"),
            (["chat", Self.model, "-p", "x", "--max-tokens", "0"], 2, "maximum tokens"),
            (["chat", Self.model, "-p", "x", "--prompt-lookup", "17"], 2, "0 to 16"),
            (["chat", Self.model, "-p", "x", "--template", "none"], 2, "chatml, llama3"),
            (["chat", Self.model, "-p", "x", "--logit-bias", "4000=1"], 2, "4000"),
            (["chat", Self.model, "-p", "x", "--logit-bias", "a=1"], 2, "logit-bias"),
            (["chat", Self.model, "-p", "x", "--stop", ""], 2, "stop"),
            (["chat", Self.model, "-p", "x", "--stream"], 2, "--json"),
            (["chat", Self.model, "-p", "x", "--kv", "f64"], 2, "kv"),
            (["chat", Self.model, "-p", long, "--context", "64"], 4, "context of 64"),
        ] as [([String], Int32, String)] {
            let result = try Program.run(arguments)
            #expect(result.status == status && result.output.isEmpty, "\(arguments)")
            #expect(result.errors.contains(words), "\(result.errors)")
        }
        let noise = try Program.run(["chat", Self.model], input: [0x61, 0xFF, 0x62])
        #expect(noise.status == 4 && noise.errors.contains("byte 255 at 1"))
    }

    /// A terminal from Python's standard library; each step waits for a text, then types one.
    private static let terminal = """
        import os, pty, select, signal, sys, time
        pid, fd = pty.fork()
        if pid == 0:
            # The threads that tests run on block signals, and what they start inherits that.
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            os.execv(sys.argv[1], sys.argv[1:])
        seen, end = b"", time.time() + 60
        def wait(text):
            global seen
            while text not in seen:
                if time.time() > end: raise SystemExit("no " + repr(text) + " in " + repr(seen))
                if select.select([fd], [], [], 0.2)[0]: seen += os.read(fd, 65536)
            seen = seen[seen.index(text) + len(text):]
        for step in os.environ["STEPS"].split(";"):
            expected, typed = (part.encode().decode("unicode_escape").encode() for part in step.split("=>"))
            wait(expected)
            os.write(fd, typed)
        try:
            while data := os.read(fd, 65536): seen += data
        except OSError: pass
        sys.stdout.buffer.write(seen)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        """

    private func converse(
        _ steps: [String], _ options: [String] = [], kernels: String = ""
    ) throws -> Command.Result {
        try Command.run(
            "python3", ["-c", Self.terminal, Program.path ?? "", "chat", Self.model] + Self.greedy + options,
            environment: ["STEPS": steps.joined(separator: ";"), "HECKLE_KERNELS": kernels])
    }

    @Test(.enabled(if: Command.exists("python3"), "needs Python for a terminal")) func converses() throws {
        let talk = try converse(
            [
                ">>> =>object: cup\\n", "[prompt =>", "0 kept=>", ">>> =>two \\\\\\n", "... =>lines\\n", "[prompt =>",
                ">>> =>/regenerate\\n", "[prompt =>", ">>> =>/system dry\\n", ">>> =>/clear\\n", ">>> =>/what\\n",
                "no command=>", ">>> =>/help\\n", "/regenerate=>", ">>> =>/bye\\n",
            ], ["--max-tokens", "4", "--verbose"])
        #expect(talk.status == 0, "\(talk.errors)")
        let end = try converse([">>> =>\\x04"])
        #expect(end.status == 0, "\(end.errors)")
        let interrupted = try converse([">>> =>\\x03", "again leaves=>", ">>> =>\\x03"])
        #expect(interrupted.status == 130, "\(interrupted.errors)")
    }

    /// A long answer until Ctrl-C, and the conversation goes on. By the slowest kernels, or the answer would fill its context
    /// before anybody could interrupt it.
    @Test(.enabled(if: Command.exists("python3"), "needs Python for a terminal")) func cancels() throws {
        let long = ["--template", "raw", "--logit-bias", "1=-1000", "--drop-oldest", "--threads", "1"]
        let result = try converse(
            [
                ">>> =>object: cup\\n", "\\n=>", "a=>\\x03", "cancelled=>", ">>> =>more\\n", "\\n=>", "a=>\\x03",
                "cancelled=>\\x04",
            ],
            long, kernels: "portable")
        #expect(result.status == 0, "\(result.errors)")
    }

    // MARK: perplexity

    @Test func tellsPerplexity() throws {
        let scratch = try Scratch()
        let words = String(repeating: "object: cup · scene: office · lighting: dim\n", count: 30)
        let file = try scratch.write(Array(words.utf8), to: "a.txt")
        let arguments = ["perplexity", Self.model, file, "--context", "64"]
        let text = try Program.run(arguments)
        #expect(text.status == 0)
        #expect(text.output.contains(/perplexity \d+\.\d{4} ± \d+\.\d{4}\n/) && text.output.contains("tokens/s"))
        #expect(text.errors.contains("1/"))
        let json = try document(try Program.run(arguments + ["--json", "--windows", "2"]).output)
        #expect(json["windows"] as? Int == 2 && json["scored_tokens"] as? Int == 62)
        #expect((json["perplexity"] as? Double ?? 0) > 1 && (json["standard_error"] as? Double ?? 0) > 0)
        #expect(
            try document(
                try Program.run(
                    ["perplexity", Self.model, "-", "--context", "64", "--json", "--windows", "2"],
                    input: Array(words.utf8)
                ).output)["perplexity"] as? Double == json["perplexity"] as? Double)
    }

    @Test func refusesTextsThatCannotBeScored() throws {
        let scratch = try Scratch()
        let short = try scratch.write(Array("Too short.".utf8), to: "short.txt")
        let empty = try scratch.write([], to: "empty.txt")
        let noise = try scratch.write([0x61, 0x62, 0xC3, 0x28], to: "noise.txt")
        for (arguments, status, words) in [
            ([Self.model, short], 4, "a window of at least 512 tokens expected, got"),
            ([Self.model, empty], 4, "0 bytes"),
            ([Self.model, noise], 4, "byte 195 at 2"), ([Self.model, scratch.file("none")], 4, "no such file"),
            ([scratch.file("none"), short], 3, "none"), ([Self.model, short, "--context", "2"], 2, "4 to 1024"),
            ([Self.model, short, "--context", "4", "--windows", "0"], 2, "windows"), ([Self.model], 2, "<file>"),
        ] as [([String], Int32, String)] {
            let result = try Program.run(["perplexity"] + arguments)
            #expect(result.status == status && result.output.isEmpty, "\(arguments)")
            #expect(result.errors.contains(words), "\(result.errors)")
        }
    }

    // MARK: bench llm

    @Test func benchmarks() throws {
        let arguments = ["bench", "llm", Self.model, "--runs", "1", "--decode-tokens", "4", "--threads", "1"]
        let text = try Program.run(arguments + ["--prompt-tokens", "16"])
        #expect(text.status == 0)
        #expect(text.output.contains("prefill  16 tokens: ") && text.output.contains("GB/s"))
        let json = try document(try Program.run(arguments + ["--json"]).output)
        let results = try #require(json["results"] as? [[String: Any]])
        #expect(results.compactMap { $0["prompt_tokens"] as? Int } == [128, 512])
        for result in results {
            #expect((result["prefill_tokens_per_second"] as? Double ?? 0) > 0)
            #expect((result["decode_bytes_per_second"] as? Double ?? 0) > 0)
            #expect((result["bytes_per_step"] as? Int ?? 0) > 3_000_000)
        }
        #expect((json["bandwidth_bytes_per_second"] as? Double ?? 0) > 0 && json["threads"] as? Int == 1)
        let together = try document(
            try Program.run(arguments + ["--prompt-tokens", "16", "--sequences", "3", "--json"]).output)
        #expect(together["sequences"] as? Int == 3)
        let read = try #require((together["results"] as? [[String: Any]])?.first?["bytes_per_step"] as? Int)
        #expect(read > 3_000_000)
        for (options, words) in [
            (["--prompt-tokens", "1024"], "context of 1024"), (["--runs", "0"], "runs"),
            (["--sequences", "0"], "sequences: 1 to 256"), (["--sequences", "257"], "sequences"),
            (["--prompt-tokens", "0"], "1 to"),
        ] {
            let result = try Program.run(["bench", "llm", Self.model] + options)
            #expect(result.status == 2 && result.output.isEmpty && result.errors.contains(words))
        }
        #expect(try Program.run(["bench", "llm", "none.gguf"]).status == 3)
    }

    // MARK: bench tokenizer

    @Test func benchmarksTokenizers() throws {
        let scratch = try Scratch()
        let file = try scratch.write(Array("A photo goes in, a roast comes out. ".utf8), to: "text.txt")
        let text = try Program.run(["bench", "tokenizer", Self.model, file, "--runs", "2"])
        #expect(text.status == 0 && text.output.hasPrefix("text    36 bytes, "), "\(text.output)\(text.errors)")
        #expect(text.output.contains("encode  ") && text.output.contains("MB/s"))
        let json = try document(
            try Program.run(["bench", "tokenizer", Self.model, file, "--runs", "1", "--json"]).output)
        #expect(json["bytes"] as? Int == 36 && (1...36).contains(json["tokens"] as? Int ?? 0))
        #expect((json["encode_bytes_per_second"] as? Double ?? 0) > 0)
        let empty = try scratch.write([], to: "empty.txt")
        for (arguments, status, words) in [
            ([Self.model, empty], 4, "no text"), ([Self.model, scratch.file("none")], 4, "no such file"),
            (["none.gguf", file], 3, "none.gguf"),
            ([Self.model, file, "--runs", "0"], 2, "runs: 1 to 1000"),
        ] {
            let result = try Program.run(["bench", "tokenizer"] + arguments)
            #expect(result.status == status && result.errors.contains(words), "\(arguments): \(result)")
        }
    }
}
