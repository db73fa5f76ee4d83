import Language
import Tensors
import TestSupport
import Testing

@Suite("Writing under a schema")
struct SchemaDecodingTests {
    private static let shape = TinyModel(
        merges: [("a", "b"), ("{", "\""), ("\"", ":"), ("\"", ","), ("\"", "}")], seed: 12)

    /// Every text of it is short.
    private static let schema = ##"""
        {"$defs": {"fact": {"type": "string", "pattern": "^[a-e]{1,4}$"}}, "type": "object",
         "properties": {"line": {"type": "string", "maxLength": 12}, "score": {"type": "integer", "minimum": 1, "maximum": 20},
           "facts": {"type": "array", "items": {"$ref": "#/$defs/fact"}, "minItems": 1, "maxItems": 3}, "ok": {"type": "boolean"}},
         "required": ["line", "facts"]}
        """##

    private static func sampling(_ seed: UInt64) -> SamplingOptions {
        SamplingOptions(temperature: 2, topK: 0, topP: 1, minP: 0, seed: seed)
    }

    @Test("A model's answers are JSON that the schema allows, and end by themselves", arguments: 0..<12)
    func answers(seed: UInt64) throws {
        let model = try Self.shape.model()
        let automaton = try SchemaTests.automaton(Self.schema, tokenizer: model.tokenizer)
        let validator = try #require(SchemaValidator(Self.schema))
        // Forks of one sequence share the prompt, the automaton and what it has worked out.
        let shared = model.makeSequence()
        _ = try shared.append([1, 2, 3])
        for sequence in [shared.fork(), shared.fork()] {
            let generator = try Generator(
                sequence, prompt: [1, 2, 3, 4], automaton: automaton,
                options: .init(sampling: Self.sampling(seed), maximumTokens: 400))
            var text = ""
            while let piece = try generator.next() { text += piece.text }
            text += generator.rest
            #expect(validator.allows(text), "\(text)")
            #expect(generator.finish == .automaton)
        }
    }

    @Test("Where the text may go on, the end is the model's choice")
    func ending() throws {
        let model = try Self.shape.model()
        let automaton = try GrammarAutomaton(
            ContextFreeGrammar(gbnf: "root ::= \"(\" root \")\" root | \"\""), tokenizer: model.tokenizer)
        #expect(automaton.isAccepting(automaton.start))
        var finishes: Set<Finish> = []
        for seed in UInt64(0)..<20 {
            let generator = try Generator(
                model.makeSequence(), prompt: [1], automaton: automaton,
                options: .init(sampling: Self.sampling(seed), maximumTokens: 40))
            var text = ""
            while let piece = try generator.next() { text += piece.text }
            finishes.formUnion([generator.finish].compactMap { $0 })
            guard generator.finish == .endToken else { continue }
            #expect(text.filter { $0 == "(" }.count == text.filter { $0 == ")" }.count)
        }
        #expect(finishes.contains(.endToken) && !finishes.contains(.automaton))
    }

    @Test("Past the automaton's limit of nesting an answer ends with an error, not with broken text")
    func limit() throws {
        let model = try TinyModel(context: 6000, seed: 3).model()
        let automaton = try GrammarAutomaton(
            ContextFreeGrammar(gbnf: "root ::= \"(\"{9} | \"[\" root \"]\""), tokenizer: model.tokenizer)
        var state = automaton.start
        while automaton.allowed(in: state).contains(91), let next = automaton.advance(state, by: 91) { state = next }
        #expect(!automaton.isAccepting(state) && automaton.allowed(in: state) == TokenSet([40]))
    }
}

/// Masks over real vocabularies.
@Suite("Schemas and real tokenizers", .enabled(if: Shared.isAvailable, "\(Shared.reason)"))
struct SharedSchemaTests {
    private static let schema = #"""
        {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0, "maximum": 150},
         "notes": {"type": "array", "items": {"type": "string", "maxLength": 40}}}, "required": ["name"]}
        """#

    @Test("Masks agree with trying tokens one by one", arguments: ["llama-bpe", "qwen2"])
    func masks(name: String) throws {
        let tokenizer = try Tokenizer(GGUFFile(path: Shared.file("tokenizers/ggml-vocab-\(name).gguf")))
        let automaton = try SchemaTests.automaton(Self.schema, tokenizer: tokenizer)
        var state = automaton.start
        for token in tokenizer.encode(#"{"name": "Zoé \n", "age": 14}"#) {
            let mask = automaton.allowed(in: state)
            for token in stride(from: 0, to: tokenizer.count, by: 13) {
                #expect(mask.contains(token) == (automaton.advance(state, by: token) != nil))
            }
            state = try #require(automaton.advance(state, by: token))
        }
        #expect(automaton.isAccepting(state))
    }
}
