import Language
import Tensors
import TestSupport
import Testing

@Suite("JSON schema")
struct SchemaTests {
    private static let vocabulary = TinyVocabulary(merges: [
        ("a", "b"), ("{", "\""), ("\"", ":"), ("}", "}"), ("]", "]"), ("1", "2"), ("\"", ","), ("\"", "}"), ("Ã", "©"),
        (",", "\""),
    ])

    static func automaton(
        _ schema: String, whitespace: JSONWhitespace = .single, tokenizer: Tokenizer
    ) throws -> GrammarAutomaton {
        try GrammarAutomaton(
            ContextFreeGrammar(jsonSchema: Array(schema.utf8), whitespace: whitespace), tokenizer: tokenizer)
    }

    private static let person = #"""
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Person", "type": "object",
         "properties": {"name": {"type": "string", "description": "who"}, "age": {"type": "integer", "minimum": 0, "maximum": 130},
           "tags": {"type": "array", "items": {"enum": ["a", "b\"", null, 1.5, {"x": [1]}]}, "maxItems": 2}},
         "required": ["name", "age"], "additionalProperties": false}
        """#
    private static let tree = #"""
        {"$ref": "#/$defs/node", "$defs": {"node": {"type": "object", "properties": {"v": {"type": "boolean"},
         "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}, "kids": {"type": "array", "items": {"$ref": "#/$defs/node"}}},
         "required": ["v"]}}}
        """#
    private static let shapes = #"""
        {"oneOf": [{"type": "object", "properties": {"kind": {"const": "circle"}, "r": {"type": "number", "exclusiveMinimum": 0}},
          "required": ["kind", "r"], "additionalProperties": false},
         {"type": "object", "properties": {"kind": {"const": "box"}, "w": {"type": "integer"}}, "required": ["kind"]}, {"type": "null"}]}
        """#

    /// A schema, and texts that its grammar does and does not describe.
    static let cases: [(String, [String], [String])] = [
        (
            person,
            [
                #"{"name":"é\n","age":0}"#, #"{"name": "","age": 130,"tags": []}"#,
                "{\n\"name\":\"x\", \"age\":99, \"tags\":[null,{\"x\":[1]}] }",
            ],
            [
                "{}", #"{"age":1,"name":"x"}"#, #"{"name":"x","age":131}"#, #"{"name":"x","age":-1}"#,
                #"{"name":"x","age":07}"#,
                #"{"name":"x","age":1,"more":1}"#, #"{"name":"x","age":1,"tags":["a","a","a"]}"#,
                #"{"name":"x","age":1,"tags":["c"]}"#, #"{"name":"x",  "age":1}"#, #"{"name":1,"age":1}"#,
            ]
        ),
        (
            tree,
            [#"{"v":true}"#, #"{"v":true,"next":{"v":false,"next":null},"kids":[{"v":true,"kids":[]},{"v":false}]}"#],
            [#"{"next":null}"#, #"{"v":true,"next":{}}"#, #"{"v":true,"kids":[null]}"#]
        ),
        (
            shapes, [#"{"kind":"circle","r":0.5}"#, #"{"kind":"box"}"#, #"{"kind":"box","w":-3}"#, "null"],
            [#"{"kind":"circle"}"#, #"{"kind":"circle","r":0}"#, #"{"kind":"box","r":1}"#, "{}"]
        ),
        (#"{"type": ["integer", "null"]}"#, ["1", "-12", "0", "null"], ["1.5", "01", "-", "\"1\"", "1e3"]),
        (
            #"{"type": "integer", "minimum": -12, "maximum": 305}"#,
            ["-12", "-9", "0", "7", "99", "100", "300", "305"], ["-13", "-0", "306", "400", "1000", "00"]
        ),
        (
            #"{"type": "integer", "exclusiveMinimum": 9.5, "exclusiveMaximum": 12}"#, ["10", "11"],
            ["9", "12", "1", "100"]
        ),
        (#"{"type": "integer", "maximum": -98}"#, ["-98", "-99", "-100", "-12345"], ["-97", "98", "0", "-9"]),
        (#"{"type": "integer", "minimum": 995}"#, ["995", "999", "1000", "99999"], ["994", "99", "0995", "-995"]),
        (
            #"{"type": "number", "minimum": 0, "maximum": 1}"#, ["0", "0.5", "1", "0.00001"],
            ["1.1", "-0.5", "2", "1.0001"]
        ),
        (
            #"{"type": "number", "exclusiveMinimum": -2, "exclusiveMaximum": 0}"#, ["-1.99", "-1", "-0.01"],
            ["-2", "0", "-0.0", "-2.5", "1"]
        ),
        (#"{"type": "number"}"#, ["1", "-1.5e-10", "0.25", "1E+9"], [".5", "1.", "1e999", "+1"]),
        (
            #"{"type": "string", "minLength": 2, "maxLength": 3}"#,
            [#""ab""#, #""日é😀""#, #""\n\u00e9""#, #""\ud83d\ude00a""#],
            [#""a""#, #""abcd""#, #""\ud83d""#, #""\ud83dab""#]
        ),
        (
            #"{"type": "string", "pattern": "^[A-Z]{2}-\\d+$"}"#, [#""AB-12""#, #""XY-0""#],
            [#""AB-""#, #""aB-1""#, #""AB-1 ""#]
        ),
        (
            #"{"type": "string", "pattern": "a|^b.c|(?:\"|\\\\)$"}"#,
            [#""xax""#, #""bxcd""#, #""a""#, #""x\"""#, #""\\""#], [#""b""#, #""xbxc""#, #""\"x""#]
        ),
        (
            #"{"format": "date"}"#, [#""2024-02-29""#, #""2000-02-29""#, #""2023-12-31""#],
            [#""2023-02-29""#, #""1900-02-29""#, #""2023-04-31""#, #""2023-13-01""#, #""2023-00-10""#]
        ),
        (
            #"{"type": "string", "format": "date-time"}"#,
            [#""2024-01-31T23:59:59Z""#, #""2024-01-31T00:00:00.123+05:30""#],
            [#""2024-01-31""#, #""2024-01-31T24:00:00Z""#, #""2024-01-31T00:00:00""#]
        ),
        (
            #"{"type": "string", "format": "uuid"}"#, [#""123e4567-e89b-12d3-a456-426614174000""#],
            [#""123e4567e89b12d3a456426614174000""#]
        ),
        (
            #"{"enum": ["a", 1, null, [true, {"b": "c"}], "é\""]}"#,
            [#""a""#, "1", "null", #"[true,{"b":"c"}]"#, #""é\"""#], ["true", #""b""#, "11"]
        ),
        (#"{"const": {"a": 1}}"#, [#"{"a":1}"#], [#"{"a":2}"#, "{}"]),
        (#"{"type": "string", "enum": ["a", 1]}"#, [#""a""#], ["1"]),
        (
            #"{"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "items": false, "minItems": 1}"#,
            ["[1]", #"[1,"a"]"#], ["[]", #"["a"]"#, #"[1,"a",1]"#]
        ),
        (
            #"{"type": "array", "items": {"type": "null"}, "minItems": 2, "maxItems": 3}"#,
            ["[null,null]", "[null, null, null]"], ["[]", "[null]", "[null,null,null,null]"]
        ),
        (#"{"type": "array", "maxItems": 0}"#, ["[]"], ["[1]"]),
        (
            #"{"type": "array", "prefixItems": [{"const": 1}], "minItems": 2}"#, ["[1,[]]", "[1,2,3]"],
            ["[1]", "[2,2]"]
        ),
        (
            #"{"properties": {"a": {"const": 1}, "b": {"const": 2}, "c": {"const": 3}}, "required": ["b"]}"#,
            [#"{"b":2}"#, #"{"a":1,"b":2,"c":3}"#, #"{"b":2,"c":3}"#],
            ["{}", #"{"a":1}"#, #"{"b":2,"a":1}"#, #"{"a":1,"c":3}"#, #"{"b":2,"d":1}"#]
        ),
        (
            #"{"type": "object", "properties": {"ab": {"const": 1}}, "additionalProperties": {"type": "null"}}"#,
            ["{}", #"{"ab":1}"#, #"{"ab":1,"a":null,"abc":null,"":null}"#, #"{"x":null}"#, #"{"b":null}"#],
            [#"{"ab":null}"#, #"{"x":1}"#, #"{"x":null,"ab":1}"#]
        ),
        (
            #"{"type": "object", "additionalProperties": {"type": "boolean"}, "required": ["z"]}"#,
            [#"{"z":true}"#, #"{"z":true,"y":false}"#], ["{}", #"{"z":1}"#, #"{"z":true,"z":false}"#]
        ),
        (
            #"{"allOf": [{"type": "object", "properties": {"a": {"minimum": 1, "type": "integer"}}, "required": ["a"]}, {"properties": {"a": {"maximum": 3}, "b": {}}}]}"#,
            [#"{"a":2}"#, #"{"a":3,"b":[{}]}"#], [#"{"a":4}"#, #"{"a":0}"#, #"{"b":1}"#]
        ),
        (
            ##"{"$ref": "#/$defs/a~1b%20c", "maxLength": 1, "$defs": {"a/b c": {"type": "string"}}}"##,
            [#""""#, #""x""#], [#""xx""#]
        ),
        (
            #"{"type": "object", "properties": {"a": true}, "anyOf": [{"required": ["a"]}, {"properties": {"b": {"const": 1}}, "required": ["b"]}]}"#,
            [#"{"a":1}"#, #"{"b":1}"#], ["{}"]
        ),
        ("true", ["1", #"{"a":[null,{"b":"c"}]}"#, "[[],{}]"], ["", "tru", "[1,]"]),
        (#"{"type": "object"}"#, ["{}", #"{"a": 1}"#], ["[]", "1"]),
        (#"{"anyOf": [false, {"const": 1}]}"#, ["1"], ["false"]),
    ]

    @Test("A schema's grammar takes what it allows, in any tokens, and nothing else", arguments: cases.indices)
    func texts(index: Int) throws {
        let tokenizer = try Self.vocabulary.tokenizer()
        let (schema, good, bad) = Self.cases[index]
        let automaton = try Self.automaton(schema, tokenizer: tokenizer)
        let validator = try #require(SchemaValidator(schema))
        for text in good {
            #expect(automaton.accepts(tokenizer.encode(text)), "\(text)")
            #expect(automaton.accepts(text.utf8.map { Int($0) }), "\(text)")
            // Foundation's patterns know no JSON escapes, but the value is unescaped by then.
            #expect(validator.allows(text), "\(text)")
        }
        for text in bad { #expect(!automaton.accepts(tokenizer.encode(text)), "\(text)") }
    }

    @Test("What random choices write is JSON that the schema allows", arguments: cases.indices)
    func randomTexts(index: Int) throws {
        let tokenizer = try Self.vocabulary.tokenizer()
        let schema = Self.cases[index].0
        let validator = try #require(SchemaValidator(schema))
        for whitespace in [JSONWhitespace.none, .single, .indented] {
            let automaton = try Self.automaton(schema, whitespace: whitespace, tokenizer: tokenizer)
            var random = TestRandom(seed: UInt64(index))
            for _ in 0..<15 {
                let tokens = try #require(automaton.randomTokens(&random, exits: Self.exits))
                let text = tokenizer.decode(tokens)
                #expect(validator.allows(text), "\(text)")
            }
        }
    }

    /// Tokens that lead out of strings and brackets.
    static let exits: [Token] = "\"a}],:0nulfltrse".utf8.map { Int($0) }

    @Test("Random schemas: masks end in valid JSON", arguments: 0..<120)
    func randomSchemas(seed: UInt64) throws {
        let tokenizer = try Self.vocabulary.tokenizer()
        var random = TestRandom(seed: seed)
        let definitions = (0..<3).map { "\"d\($0)\":\(Self.schema(&random, depth: 2))" }.joined(separator: ",")
        let schema = "{\"allOf\":[\(Self.schema(&random, depth: 3))],\"$defs\":{\(definitions)}}"
        let validator = try #require(SchemaValidator(schema), "\(schema)")
        let automaton: GrammarAutomaton
        do {
            automaton = try Self.automaton(schema, tokenizer: tokenizer)
        } catch let error as GrammarError {
            // References may go in a circle, and a required one without end describes nothing.
            guard case .leftRecursion = error.kind else {
                #expect(error.kind == .describesNothing, "\(error) \(schema)")
                return
            }
            return
        }
        for _ in 0..<8 {
            let tokens = automaton.randomTokens(&random, patience: 40, exits: Self.exits)
            // Recursion that is required may not have come to its end.
            guard let tokens else { continue }
            let text = tokenizer.decode(tokens)
            #expect(validator.allows(text), "\(schema) \(text)")
        }
    }

    private static func schema(_ random: inout TestRandom, depth: Int) -> String {
        func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
        func sub() -> String { schema(&random, depth: depth - 1) }
        switch pick(depth > 0 ? 12 : 7) {
        case 0: return #"{"type":"\#(["string", "integer", "number", "boolean", "null"][pick(5)])"}"#
        case 1:
            let low = Int.random(in: -1500...1500, using: &random)
            return #"{"type":"\#(["integer", "number"][pick(2)])","minimum":\#(low),"maximum":\#(low + pick(2000))}"#
        case 2:
            return #"{"type":"integer","\#(["exclusiveMinimum", "exclusiveMaximum"][pick(2)])":\#(pick(4000) - 2000)}"#
        case 3: return #"{"type":"string","minLength":\#(pick(3)),"maxLength":\#(3 + pick(3))}"#
        case 4: return #"{"enum":[\#(["1", "null", "\"a\"", "[1,{\"b\":2}]", "1.5"][pick(5)]),"x"]}"#
        case 5:
            return
                #"{"type":"string","\#(["pattern\":\"^[a-c]+[0-9]?$", "format\":\"date", "format\":\"time", "pattern\":\"x"][pick(4)])"}"#
        case 6: return ##"{"$ref":"#/$defs/d\##(pick(3))"}"##
        case 7: return #"{"type":"array","items":\#(sub()),"minItems":\#(pick(2)),"maxItems":\#(1 + pick(3))}"#
        case 8: return #"{"type":"array","prefixItems":[\#(sub()),\#(sub())],"items":\#(["false", sub()][pick(2)])}"#
        case 9: return #"{"anyOf":[\#(sub()),\#(sub())]}"#
        case 10: return #"{"type":"object","additionalProperties":\#(sub())}"#
        default:
            let names = ["a", "ab", "b", "é\\\"", ""].shuffled(using: &random).prefix(1 + pick(4))
            let required = names.filter { _ in pick(2) == 0 } + (pick(5) == 0 ? ["q"] : [])
            let additional = ["", ",\"additionalProperties\":\(sub())"][pick(2)]
            let properties = names.map { "\"\($0)\":\(sub())" }.joined(separator: ",")
            let list = required.map { "\"\($0)\"" }.joined(separator: ",")
            return "{\"type\":\"object\",\"properties\":{\(properties)},\"required\":[\(list)]\(additional)}"
        }
    }
}

@Suite("JSON schemas that cannot be followed")
struct SchemaErrorTests {
    /// A schema, where the error is, and what its text says.
    static let cases: [(String, String, String)] = [
        (#"{"type": "string", "minlength": 2}"#, "#/minlength", "minlength is not supported"),
        (#"{"properties": {"a/b": {"not": {}}}}"#, "#/properties/a~1b/not", "not is not supported"),
        (#"{"type": "array", "uniqueItems": true}"#, "#/uniqueItems", "uniqueItems"),
        (#"{"items": [{"multipleOf": 2}]}"#, "#/items/0/multipleOf", "multipleOf"),
        (#"{"patternProperties": {}}"#, "#/patternProperties", "patternProperties"),
        (#"{"minProperties": 1}"#, "#/minProperties", "minProperties"), (#"{"if": true}"#, "#/if", "if"),
        (#"{"type": "string", "format": "email"}"#, "#/format", "format email"),
        (#"{"type": "strin"}"#, "#/type", "one of object"),
        (#"{"type": ["string", 1]}"#, "#/type/1", "a string expected"),
        (#"{"type": []}"#, "#/type", "not empty"), (#"{"enum": 1}"#, "#/enum", "a list"),
        ("1", "#", "a schema expected"),
        (#"{"minItems": -1}"#, "#/minItems", "not negative"), (#"{"maxLength": "a"}"#, "#/maxLength", "whole number"),
        (#"{"minLength": 20000}"#, "#", "a repetition"), (#"{"minimum": "1"}"#, "#/minimum", "a number expected"),
        (#"{"type": "number", "minimum": 0.5}"#, "#/minimum", "a bound with a fraction"),
        (#"{"type": "integer", "minimum": 1e300}"#, "#/minimum", "more than"),
        (##"{"$ref": "#/$defs/a"}"##, "#/$ref", "#/$defs/a is not defined"),
        (#"{"$ref": "https://example.com/x.json"}"#, "#/$ref", "no JSON pointer"),
        (
            ##"{"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}"##, "#/$defs",
            "left recursion"
        ),
        (
            ##"{"$defs": {"a": {"allOf": [{"$ref": "#/$defs/a"}]}}, "allOf": [{"$ref": "#/$defs/a"}]}"##,
            "#/$defs/a/allOf/0/$ref", "left recursion"
        ),
        (##"{"anyOf": [{"$ref": "#"}, {"type": "null"}], "type": "null"}"##, "#", "nested deeper"),
        (##"{"properties": {"a": {"$ref": "#"}}, "required": ["a"]}"##, "#", "describes no text"),
        ("false", "#", "describes no text"),
        (#"{"allOf": [{"type": "string"}, {"type": "null"}]}"#, "#", "describes no text"),
        (#"{"type": "integer", "minimum": 3, "maximum": 2}"#, "#", "describes no text"),
        (
            #"{"oneOf": [{"type": "integer"}, {"type": "number"}]}"#, "#/oneOf",
            "#/oneOf/0 and #/oneOf/1 are not told apart"
        ),
        (
            #"{"oneOf": [{"properties": {"a": {"const": 1}}}, {"properties": {"a": {"const": 2}}}]}"#, "#/oneOf",
            "not told apart"
        ),
        (#"{"enum": ["a"], "minLength": 2}"#, "#", "enum or const"),
        (#"{"pattern": "a", "minLength": 2}"#, "#", "pattern beside"),
        (#"{"pattern": "a", "format": "date"}"#, "#", "pattern beside format"),
        (#"{"pattern": "(?=a)"}"#, "#/pattern", "a group"), (#"{"pattern": "a\\b"}"#, "#/pattern", "\\b"),
        (#"{"pattern": "(a)\\1"}"#, "#/pattern", "\\1"), (#"{"pattern": "a(^b)"}"#, "#/pattern", "\"^\""),
        (#"{"pattern": "[z-a]"}"#, "#/pattern", "a range"), (#"{"pattern": "a{2"}"#, "#/pattern", "no \"}\""),
        (#"{"pattern": "(a"}"#, "#/pattern", "close"), (#"{"pattern": "a{3,2}"}"#, "#/pattern", "repetition"),
    ]

    @Test("Errors name the place and the cause", arguments: cases.indices)
    func errors(index: Int) {
        let (schema, pointer, text) = Self.cases[index]
        let error = #expect(throws: GrammarError.self) { try ContextFreeGrammar(jsonSchema: Array(schema.utf8)) }
        guard case .pointer(let place)? = error?.place else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(place.hasPrefix(pointer) && error?.description.contains(text) == true, "\(error?.description ?? "")")
    }

    @Test("What is no JSON is an error with line and column")
    func noJSON() {
        let error = #expect(throws: GrammarError.self) {
            try ContextFreeGrammar(jsonSchema: Array("{\n  \"a\" 1}".utf8))
        }
        #expect(error?.place == .text(line: 2, column: 7))
    }

    static let hostileSchemas: [String] = [
        String(repeating: "[", count: 100_000), "{\"a\":" + String(repeating: " ", count: 2 << 20) + "1}",
        // Alternatives that multiply.
        "{\"type\":\"object\",\"allOf\":["
            + (0..<30).map { _ in "{\"anyOf\":[{\"required\":[\"a\"]},{\"required\":[\"b\"]}]}" }.joined(separator: ",")
            + "]}",
        // A long chain of references that have to be merged.
        "{\"allOf\":[{\"$ref\":\"#/$defs/0\"}],\"$defs\":{"
            + (0..<5000).map { "\"\($0)\":{\"allOf\":[{\"$ref\":\"#/$defs/\($0 + 1)\"}]}" }.joined(separator: ",")
            + ",\"5000\":{}}}",
        "{\"properties\":{\"\(String(repeating: "k", count: 300_000))\":{\"properties\":{"
            + (0..<20_000).map { "\"\($0)\":{\"properties\":{\"a\":{}}}" }.joined(separator: ",") + "}}}}",
        "{\"properties\":{" + (0..<30_000).map { "\"\($0)\":{\"type\":\"null\"}" }.joined(separator: ",") + "}}",
        "{\"oneOf\":["
            + (0..<250).map { "{\"properties\":{\"k\":{\"$ref\":\"#\"},\"\($0)\":{}},\"required\":[\"k\"]}" }
            .joined(separator: ",") + "]}",
        "{\"maxLength\":10000,\"minLength\":9000,\"type\":[\"string\"],\"items\":{\"$ref\":\"#\"},\"not\":{}}",
        "{\"type\":\"string\",\"pattern\":\"((((a{9999}){9999}){9999}){9999})\"}",
    ]

    @Test("Hostile schemas are refused", .timeLimit(.minutes(5)), arguments: hostileSchemas.indices)
    func hostile(index: Int) {
        #expect(throws: GrammarError.self) {
            try ContextFreeGrammar(jsonSchema: Array(Self.hostileSchemas[index].utf8))
        }
    }
}
