import Foundation
import Language
import TestSupport
import Testing

/// A template, what it is given, and what Jinja made of it.
private struct TemplateCase {
    let name: String
    let template: String
    let values: [String: TemplateValue]
    /// Nil where Jinja refused.
    let expected: String?

    init(_ value: TemplateValue, values: TemplateValue? = nil) throws {
        name = try value.text("name")
        template = try value.text("template")
        expected = try? value.text("expected")
        let given = try #require(values ?? value["values"])
        self.values = Dictionary(try given.pairs.map { (try $0.key.text, $0.value) }) { $1 }
    }

    /// 15 June 2025, 15:06:40, as the script has it.
    static let localTime = 1_750_000_000

    func rendered() throws(TemplateError) -> String {
        return try ChatTemplate(template).render(values: values, localTime: Self.localTime)
    }

    /// Checks that we write what Jinja wrote, and refuse what it refused.
    func check() {
        guard let expected else {
            #expect(throws: TemplateError.self, "\(name): \(template.prefix(200))") { try rendered() }
            return
        }
        do {
            let text = try rendered()
            #expect(
                Array(text.utf8) == Array(expected.utf8), "\(name): \(template.prefix(200))\n\(text)\n---\n\(expected)")
        } catch {
            Issue.record("\(name): \(template.prefix(200)): \(error)")
        }
    }
}

extension TemplateValue {
    fileprivate struct Missing: Error {}

    fileprivate subscript(key: String) -> TemplateValue? {
        if case .dictionary(let dictionary) = self { dictionary[.string(key)] } else { nil }
    }

    fileprivate var text: String {
        get throws {
            guard case .string(let text) = self else { throw Missing() }
            return text
        }
    }

    fileprivate func text(_ key: String) throws -> String {
        guard let value = self[key] else { throw Missing() }
        return try value.text
    }

    fileprivate var pairs: [(key: TemplateValue, value: TemplateValue)] {
        get throws {
            guard case .dictionary(let dictionary) = self else { throw Missing() }
            return dictionary.pairs
        }
    }

    fileprivate var elements: [TemplateValue] {
        get throws {
            guard case .list(let list) = self else { throw Missing() }
            return list.elements
        }
    }
}

@Suite("Chat templates compared with Jinja")
struct ChatTemplateReferenceTests {
    private static func golden() throws -> [TemplateCase] {
        let file = try TemplateValue(json: fileBytes(Repository.file("Tests/Fixtures/chat-templates.json")))
        return try #require(file["cases"]).elements.map { try TemplateCase($0, values: file["values"]) }
    }

    /// `Tests/Python/chat_templates.py golden` made the file with Jinja 3.1.6.
    @Test("Small templates give what Jinja gave, and errors where it refused")
    func small() throws {
        let cases = try Self.golden()
        #expect(cases.count > 140)
        for one in cases { one.check() }
    }

    @Test(
        "Published templates write conversations as Jinja does",
        .enabled(if: Shared.isAvailable, "\(Shared.reason)"),
        .enabled(if: PythonTools.isAvailable, "\(PythonTools.reason)"))
    func published() throws {
        let paths = Shared.files(in: "templates", suffixes: [".jinja"])
        #expect(paths.count >= 11)
        let scratch = try Scratch()
        _ = try PythonTools.run("Python/chat_templates.py", ["render", scratch.file("cases.json")] + paths)
        let cases = try TemplateValue(json: fileBytes(scratch.file("cases.json"))).elements.map { try TemplateCase($0) }
        #expect(cases.count >= paths.count * 70)
        for one in cases { one.check() }
    }

    @Test("Mutated templates end with text or an error", arguments: 0..<8)
    func fuzz(seed: UInt64) throws {
        var sources = try Self.golden().map { Array($0.template.unicodeScalars) }
        for path in Shared.isAvailable ? Shared.files(in: "templates", suffixes: [".jinja"]) : [] {
            sources.append(Array(String(decoding: try fileBytes(path), as: UTF8.self).unicodeScalars))
        }
        let values = try #require(try Self.golden().first).values
        var limits = TemplateLimits()
        limits.steps = 20_000
        limits.bytes = 1 << 16
        let parts = [
            "{{", "}}", "{%", "%}", "-", "|", "(", ")", "[", "]", "'", " in ", " if ", " is ", "loop", "{#", "~", "**",
            "9999999999", "messages", "range(9999)", ".items()", "🙂", "\n",
        ]
        .map { Array($0.unicodeScalars) }
        var random = TestRandom(seed: 40 + seed)
        var (written, refused) = (0, 0)
        for _ in 0..<500 {
            guard var text = sources.randomElement(using: &random) else { continue }
            for _ in 0..<Int.random(in: 1...4, using: &random) where !text.isEmpty {
                let place = Int.random(in: 0..<text.count, using: &random)
                let end = min(text.count, place + Int.random(in: 0...6, using: &random))
                switch Int.random(in: 0..<4, using: &random) {
                case 0: text.removeSubrange(place..<end)
                case 1: text.insert(contentsOf: parts.randomElement(using: &random) ?? [], at: place)
                case 2: text.insert(contentsOf: text[place..<end], at: Int.random(in: 0...text.count, using: &random))
                default: text.replaceSubrange(place..<end, with: parts.randomElement(using: &random) ?? [])
                }
            }
            do {
                let template = try ChatTemplate(String(String.UnicodeScalarView(text)), limits: limits)
                let output = try template.render(values: values, localTime: 0)
                #expect(output.utf8.count <= limits.bytes)
                written += 1
            } catch {
                #expect(error.line >= 1 && error.column >= 1)
                refused += 1
            }
        }
        #expect(written > 20 && refused > 20)
    }
}

@Suite("Chat templates")
struct ChatTemplateTests {
    private func render(_ text: String, _ limits: TemplateLimits = TemplateLimits()) throws(TemplateError) -> String {
        try ChatTemplate(text, bos: "<s>", eos: "</s>", limits: limits).render(
            messages: [ChatMessage(role: "user", content: "Hi")], localTime: 0)
    }

    private func error(_ text: String, _ limits: TemplateLimits = TemplateLimits()) -> TemplateError? {
        do {
            _ = try render(text, limits)
            return nil
        } catch {
            return error
        }
    }

    @Test("Errors say what went wrong and where")
    func places() {
        #expect(
            error("a\n  {{ nothing.x }}")
                == .init(kind: .undefined, line: 2, column: 13, reason: "\"nothing\" is undefined"))
        #expect(error("{{ raise_exception('no') }}")?.kind == .raised)
        #expect(error("{{ raise_exception('no') }}")?.reason == "no")
        #expect(error("\n\n{% include 'a' %}")?.kind == .unsupported)
        #expect(error("\n\n{% include 'a' %}")?.line == 3)
        #expect(
            error("{{ 'a' | nothing }}")
                == .init(kind: .unsupported, line: 1, column: 10, reason: "the filter \"nothing\" is not known"))
        #expect(error("ä🙂{{ ( }}")?.column == 8)
        #expect(error("{{ ''.__class__ }}") == nil)
        #expect(error("{{ ''.__class__.x }}")?.kind == .undefined)
        #expect(error("{{ 9223372036854775807 + 1 }}")?.kind == .value)
        #expect(error("{{ 99999999999999999999 }}")?.kind == .syntax)
        #expect("\(TemplateError(kind: .value, line: 3, column: 4, reason: "r"))" == "template, line 3, column 4: r")
    }

    @Test(
        "What would take too long, too much or too deep is refused",
        arguments: [
            "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
            "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
            "{% set ns = namespace(x='ab') %}{% for a in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
            "{% set ns = namespace(x=[1, 2]) %}{% for a in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
            "{% set ns = namespace(x=[]) %}{% for a in range(999) %}{% set ns.x = [ns.x] %}{% endfor %}",
            "{{ 'abcdefgh' * 99999999 }}", "{{ 'a' * 9223372036854775807 }}", "{{ range(9999999) }}",
            "{{ ('a' * 99999).replace('', 'x' * 99999) }}", "{{ ('x' * 99999).join(('a ' * 60000).split()) }}",
            "{% for a in range(99999) %}{{ 'a' * 9999 }}{% endfor %}", "{{ 'x' | indent(101) }}",
            "{% for a in range(9999) %}{{ messages | tojson ~ ('a' * 100000) | length }}{% endfor %}",
        ])
    func bounds(text: String) {
        var limits = TemplateLimits()
        limits.steps = 300_000
        limits.bytes = 1 << 20
        let kind = error(text, limits)?.kind
        #expect(kind == .limit || text.contains("indent") && kind == .value, "\(text)")
    }

    @Test(
        "Nesting in the source is bounded",
        arguments: [
            ("(", "1", ")"), ("[", "1", "]"), ("not ", "1", ""), ("-", "1", ""), ("{'a':", "1", "}"),
            ("1 if 1 else ", "1", ""), ("a[", "1", "]"), ("a(", "1", ")"),
        ])
    func nesting(open: String, inner: String, close: String) {
        func text(_ depth: Int) -> String {
            "{{ " + String(repeating: open, count: depth) + inner + String(repeating: close, count: depth) + " }}"
        }
        #expect(error(text(50_000))?.kind == .limit)
        #expect(error(text(12))?.kind != .limit)
    }

    @Test("Nesting of statements is bounded", arguments: ["{% if 1 %}", "{% for a in [1] %}", "{% set x %}"])
    func nestedStatements(part: String) {
        #expect(error(String(repeating: part, count: 50_000))?.kind == .limit)
    }

    @Test("The deepest evaluation fits the stack of a task's thread")
    func stack() async {
        let recursive = "{% macro m(n) %}{% if n %}{{ [[m(n - 1)]] }}{% endif %}{% endmacro %}{{ m(99) }}"
        let error = await withCheckedContinuation { (continuation: CheckedContinuation<TemplateError?, Never>) in
            let thread = Thread { continuation.resume(returning: self.error(recursive)) }
            #if DEBUG
                // Frames that are not optimised take several times as much.
                thread.stackSize = 8 << 20
            #else
                // As small as those that run tasks on macOS.
                thread.stackSize = 512 << 10
            #endif
            thread.start()
        }
        #expect(error?.kind == .limit)
    }

    @Test("Steps are counted: a bound holds, and one more is enough")
    func steps() throws {
        var limits = TemplateLimits()
        limits.steps = 200
        #expect(try render("{% for a in range(20) %}{{ a }}{% endfor %}", limits) == (0..<20).map(String.init).joined())
        #expect(error("{% for a in range(400) %}{{ a }}{% endfor %}", limits)?.kind == .limit)
    }

    @Test("A long chain of operators is no nesting")
    func chains() throws {
        let sum = (0..<5000).map { _ in "1" }.joined(separator: " + ")
        #expect(try render("{{ \(sum) }}") == "5000")
        let filters = String(repeating: " | trim", count: 2000)
        #expect(try render("{{ ' a '\(filters) }}") == "a")
        #expect(try render("{% if 0 %}" + String(repeating: "{% elif 0 %}", count: 2000) + "{% endif %}x") == "x")
    }

    @Test("A file's template, its special tokens and the formats by name")
    func files() throws {
        func template(_ add: (inout GGUFBytes) -> Void = { _ in }) throws -> ChatTemplate {
            var file = GGUFBytes()
            file.add("general.architecture", "llama")
            TinyVocabulary().add(to: &file)
            add(&file)
            let read = try file.file()
            return try ChatTemplate(read, tokenizer: Tokenizer(read))
        }
        let messages = [
            ChatMessage(role: "system", content: " Be brief. "), ChatMessage(role: "user", content: "Hi"),
            ChatMessage(role: "assistant", content: "Yo"), ChatMessage(role: "user", content: "Bye"),
        ]
        let own = try template {
            $0.add("tokenizer.chat_template", "{{ bos_token ~ messages[1].content ~ eos_token }}")
        }
        #expect(own.source == .file)
        #expect(try own.render(messages: messages, localTime: 0) == "<s>Hi</s>")
        let fallback = try template()
        #expect(fallback.source == .builtIn("llama2"))
        #expect(
            try fallback.render(messages: messages, localTime: 0)
                == "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST] Yo </s><s>[INST] Bye [/INST]")
        #expect(throws: TemplateError.self) { try template { $0.add("tokenizer.chat_template", "{% x %}") } }
    }

    @Test(
        "Built-in formats",
        arguments: [
            (
                "chatml",
                "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nU<|im_end|>\n<|im_start|>assistant\nA<|im_end|>\n<|im_start|>user\nV<|im_end|>\n<|im_start|>assistant\n"
            ),
            (
                "llama3",
                "<s><|start_header_id|>system<|end_header_id|>\n\nS<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nU<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nA<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nV<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"
            ),
            (
                "gemma",
                "<s><start_of_turn>user\nS\n\nU<end_of_turn>\n<start_of_turn>model\nA<end_of_turn>\n<start_of_turn>user\nV<end_of_turn>\n<start_of_turn>model\n"
            ),
            (
                "phi3",
                "<|system|>\nS<|end|>\n<|user|>\nU<|end|>\n<|assistant|>\nA<|end|>\n<|user|>\nV<|end|>\n<|assistant|>\n"
            ),
            ("zephyr", "<|system|>\nS</s>\n<|user|>\nU</s>\n<|assistant|>\nA</s>\n<|user|>\nV</s>\n<|assistant|>\n"),
            ("mistral", "<s>[INST] S\n\nU [/INST]A</s>[INST] V [/INST]"),
            ("deepseek", "<s><｜User｜>S\n\nU<｜Assistant｜>A</s><｜User｜>V<｜Assistant｜>"),
            ("llama2", "<s>[INST] <<SYS>>\nS\n<</SYS>>\n\nU [/INST] A </s><s>[INST] V [/INST]"),
        ])
    func builtIn(name: String, expected: String) throws {
        let template = try #require(ChatTemplate(named: name, bos: "<s>", eos: "</s>"))
        let messages = [("system", "S"), ("user", "U"), ("assistant", "A"), ("user", "V")].map {
            ChatMessage(role: $0.0, content: $0.1)
        }
        #expect(try template.render(messages: messages, localTime: 0) == expected)
        #expect(BuiltInTemplates.known.contains(name))
        #expect(ChatTemplate(named: "nothing").map(\.source) == nil)
    }

    @Test("JSON keeps the order of keys and says where it is unsound")
    func json() throws {
        let value = try TemplateValue(json: Array(#"{"b": [1, -2.5e1, "\u00e9\ud83d\ude42\n"], "a": {"": null}}"#.utf8))
        let text = try ChatTemplate("{{ v | tojson }}").render(values: ["v": value], localTime: 0)
        #expect(text == #"{"b": [1, -25.0, "é🙂\n"], "a": {"": null}}"#)
        for bad in [
            "", "{", "[1,]", "{\"a\":1,\"a\":2}", "01", "1.", "\"\\x\"", "\"\\ud800\"", "nul", "1 2", "[1", "\"a", "-",
            "1e", "\"\n\"",
        ] {
            #expect(throws: TemplateError.self, "\(bad)") { try TemplateValue(json: Array(bad.utf8)) }
        }
        #expect(throws: TemplateError.self) { try TemplateValue(json: Array(String(repeating: "[", count: 1000).utf8)) }
    }
}
