import Language
import TestSupport
import Testing

@Suite("GBNF")
struct GBNFTests {
    static let vocabulary = TinyVocabulary(merges: [
        ("a", "b"), ("Ġ", "a"), ("\"", ":"), ("}", "}"), ("]", "]"), ("1", "2"), ("+", "+"), ("Ã", "©"), ("(", "("),
        ("\"", ","),
    ])

    static let json = #"""
        # JSON, with blanks
        root   ::= object
        value  ::= object | array | string | number | ("true" | "false" | "null") ws
        object ::= "{" ws (
                     string ":" ws value
                     ("," ws string ":" ws value)*
                   )? "}" ws
        array  ::= "[" ws ( value ("," ws value)* )? "]" ws
        string ::= "\"" ( [^"\\\x7F\x00-\x1F] | "\\" (["\\bfnrt/] | "u" [0-9a-fA-F]{4}) )* "\"" ws
        number ::= ("-"? ([0-9] | [1-9] [0-9]{0,15})) ("." [0-9]+)? ([eE] [-+]? [0-9]{1,3})? ws
        ws     ::= | " " | "\n" [ \t]{0,20}
        """#

    static let arithmetic = #"""
        root ::= (expr "=" num "\n")+
        expr ::= term ([-+*/] term)*
        term ::= num | "(" expr ")"
        num  ::= [0-9]+
        """#

    static let list = #"""
        root ::= item+
        # Items are lines
        item ::= "- " [^\r\n\x0b\x0c\x85\u2028\u2029]+ "\n"
        """#

    static let chess = #"""
        root    ::= "1. " move " " move "\n" ([1-9] [0-9]? ". " move " " move "\n")*
        move    ::= (pawn | piece | castle) [+#]?
        piece   ::= [NBKQR] [a-h]? [1-8]? "x"? [a-h] [1-8]
        pawn    ::= ([a-h] "x")? [a-h] [1-8] ("=" [NBKQR])?
        castle  ::= "O-O" "-O"?
        """#

    static let program = #"""
        root       ::= (declaration)*
        declaration ::= type " " name "(" parameter? ")" "{" statement* "}"
        type       ::= "int" | "float" | "char"
        parameter  ::= type " " name
        name       ::= [a-zA-Z_] [a-zA-Z_0-9]*
        statement  ::= type " " name " = " expression ";" | name " = " expression ";"
                     | "return " expression ";" | "while(" condition "){" statement* "}"
                     | "if(" condition "){" statement* "}" ("else{" statement* "}")?
        condition  ::= expression ("==" | "!=" | "<=" | ">=" | "<" | ">") expression
        expression ::= factor (("+" | "-" | "*") factor)*
        factor     ::= name | [0-9]+ | "(" expression ")" | name "(" (expression ("," expression)*)? ")"
        """#

    /// A grammar, and texts that it does and does not describe.
    static let cases: [(String, [String], [String])] = [
        (
            json,
            [
                "{}", #"{"a":12}"#, #"{ "a":[1,[2,{"b":{}}]],"é\n":null} "#, #"{"x":{"y":{"z":[[[]]]}}}"#,
                #"{"":-0.5e-12}"#,
            ],
            ["", "[]", "{", "{}}", #"{"a":01}"#, #"{"a":[1,2}"#, #"{"a":1,}"#, "{\"a\n\":1}", #"{"\x":1}"#]
        ),
        (
            arithmetic, ["1=2\n", "(1+(2*3))-4=5\n12=12\n", "((((7))))=7\n"],
            ["", "1=2", "(1+2=3\n", "1++2=3\n", "()=1\n"]
        ),
        (list, ["- a\n", "- é 日\n- b\n"], ["", "- \n", "-a\n", "- a", "- a\u{2028}b\n", "- a\u{85}\n"]),
        (
            chess, ["1. e4 e5\n", "1. Nf3 O-O-O+\n2. exd8=Q# Rab1\n"],
            ["1. e9 e5\n", "e4 e5", "1. e4\n", "1. O-O-O-O e4\n"]
        ),
        (
            program,
            ["", "int f(){}", "int f(char c){while(a<=(b+1)){x = f(1,g());if(1==2){}else{return 3;}}}"],
            ["int f(", "int f(){return (1;}", "int 1(){}", "int f(){if(1==2){}else}"]
        ),
        (#"root ::= "a" | "b""#, ["a", "b"], ["", "ab"]),
        ("root ::= [a-c]{2} [^a-c]{1,2} [x]{2,}", ["abdxx", "ccddxxx"], ["abddd", "abxx", "abdx"]),
        (#"root ::= . "é" [あ-ん]+ "\U0001F600" "\x41\u00e9""#, ["日éあん😀Aé", "\néあ😀Aé"], ["éあ😀Aé", "日éア😀Aé"]),
        (
            "root ::= [^あ]", ["い", "a", "😀", "\u{7F}", "\u{80}", "\u{7FF}", "\u{800}", "\u{FFFF}", "\u{10FFFF}"],
            ["あ", "", "ab"]
        ),
        (
            "root ::= [\u{7F}-\u{800}\u{D7FF}-\u{10000}]",
            ["\u{7F}", "\u{80}", "\u{7FF}", "\u{800}", "\u{E000}", "\u{10000}"], ["~", "\u{801}", "\u{10001}"]
        ),
        (#"root ::= [\]\[\\"-]+ [a-]"#, [#"][\"--a"#, "]-"], ["a", "]b"]),
        (
            "root ::= a-b c_d # end\na-b ::= \"a\"\r\nc_d ::=\n  \"b\"\n  | \"c\" |\n  \"d\"", ["ab", "ac", "ad"],
            ["a", "abc"]
        ),
        (#"root ::= "a" root "b" | "#, ["", "ab", "aaabbb"], ["a", "aab", "abb", "ba"]),
        (#"root ::= "a" root | "b""#, ["b", "aab", String(repeating: "a", count: 600) + "b"], ["a", "aa", ""]),
        (#"root ::= "(" root ")" root | "()""#, ["()", "(())()", "((())())()"], ["(", "())", "(()"]),
        ("root ::= s s\ns ::= \"a\"?", ["", "a", "aa"], ["aaa"]),
        ("root ::= (x*)* \"!\"\nx ::= \"a\"? \"b\"?", ["!", "abba!"], ["c!", "ab"]),
        // Palindromes of even length: every reading of the middle has to be kept.
        ("root ::= | \"a\" root \"a\" | \"b\" root \"b\"", ["", "abba", "aabbaa", "bbbb"], ["ab", "aba", "abab"]),
        // Exponentially many readings.
        (
            "root ::= s\ns ::= \"a\" s \"b\" | \"a\" t \"b\" | \"a\" \"b\"\nt ::= \"a\" s \"b\" | \"a\" t \"b\" | \"ab\"",
            ["ab", "aaabbb"], ["aab", "a"]
        ),
    ]

    @Test("A grammar takes its texts in any tokens, and no others", arguments: cases.indices)
    func texts(index: Int) throws {
        let tokenizer = try Self.vocabulary.tokenizer()
        let (text, good, bad) = Self.cases[index]
        let automaton = try GrammarAutomaton(ContextFreeGrammar(gbnf: text), tokenizer: tokenizer)
        for text in good {
            #expect(automaton.accepts(tokenizer.encode(text)), "\(text)")
            #expect(automaton.accepts(text.utf8.map { Int($0) }), "\(text)")
        }
        for text in bad {
            #expect(!automaton.accepts(tokenizer.encode(text)), "\(text)")
            #expect(!automaton.accepts(text.utf8.map { Int($0) }), "\(text)")
        }
    }

    @Test("The mask is exactly the tokens that can be taken, in every state met", arguments: cases.indices)
    func masks(index: Int) throws {
        let tokenizer = try Self.vocabulary.tokenizer()
        let automaton = try GrammarAutomaton(ContextFreeGrammar(gbnf: Self.cases[index].0), tokenizer: tokenizer)
        automaton.expectExactMasks(tokens: tokenizer.count, walks: 6, steps: 40, seed: UInt64(index))
    }

    @Test("What is forgotten is worked out anew, and states outlive it")
    func forgetting() throws {
        let tokenizer = try Self.vocabulary.tokenizer()
        let grammar = try ContextFreeGrammar(gbnf: Self.json)
        let large = try GrammarAutomaton(grammar, tokenizer: tokenizer)
        let small = try GrammarAutomaton(grammar, tokenizer: tokenizer, cacheBytes: 6000)
        let tokens = tokenizer.encode(#"{"a":[[[{"b":[1,2,{"é":{"c":[[1],2]}}]}]]],"d":"e"}"#)
        var (one, other) = (large.start, small.start)
        var states: [(GrammarAutomaton.State, TokenSet)] = []
        for token in tokens {
            #expect(large.allowed(in: one) == small.allowed(in: other))
            states.append((other, small.allowed(in: other)))
            one = try #require(large.advance(one, by: token))
            other = try #require(small.advance(other, by: token))
            #expect(one == other && large.isAccepting(one) == small.isAccepting(other))
        }
        #expect(small.isAccepting(other))
        for (state, mask) in states { #expect(small.allowed(in: state) == mask) }
    }

    @Test("Equal places are equal states, however they were reached")
    func equality() throws {
        let tokenizer = try Self.vocabulary.tokenizer()
        let automaton = try GrammarAutomaton(ContextFreeGrammar(gbnf: Self.arithmetic), tokenizer: tokenizer)
        let short = try #require(automaton.state(after: tokenizer.encode("(1+2")))
        let long = try #require(automaton.state(after: tokenizer.encode("(12*(3-4)+567")))
        let deeper = try #require(automaton.state(after: tokenizer.encode("((1+2")))
        #expect(short == long && short.hashValue == long.hashValue && short != deeper)
    }
}

@Suite("GBNF that is wrong")
struct GBNFErrorTests {
    private typealias Kind = GrammarError.Kind

    /// A text, and the error with its place; nil for an error of the whole.
    static let cases: [(String, GrammarError.Kind, Int, Int)] = [
        ("root := \"a\"", .expected("\"::=\"", got: "\":\""), 1, 6),
        (
            "root ::= \"a\" ::= \"b\"", .expected("\"|\", a part of the rule or the end of the line", got: "\":\""), 1,
            14
        ),
        ("root ::= a\n ::= \"b\"", .expected("a rule's name", got: "\":\""), 2, 2),
        ("root ::= a\nb ::= \"b\" nope", .undefinedRule("a"), 1, 10),
        ("root ::= \"a\"\nb ::= \"b\" no-pe c", .undefinedRule("no-pe"), 2, 11),
        ("rot ::= \"a\"", .missingRoot, 1, 12), ("", .missingRoot, 1, 1), ("# only\n", .missingRoot, 2, 1),
        ("root ::= \"a\"\nroot ::= \"b\"", .duplicateRule("root"), 2, 1),
        ("root ::= \"a", .unterminatedLiteral, 1, 10), ("root ::= \"a\n\"", .unterminatedLiteral, 1, 10),
        ("root ::= [a", .unterminatedClass, 1, 10), ("root ::= [a-\n", .unterminatedClass, 1, 10),
        ("root ::= \"é\" [z-a]", .range(from: "z", to: "a"), 1, 15),
        ("root ::= []", .expected("a character", got: "an empty class"), 1, 10),
        ("root ::= \"\\q\"", .expected("one of n r t \\ \" [ ] x u U behind a backslash", got: "\"q\""), 1, 12),
        ("root ::= \"\\x4g\"", .expected("2 hexadecimal digits", got: "\"g\""), 1, 14),
        ("root ::= \"\\uD800\"", .expected("a Unicode scalar", got: "U+D800"), 1, 13),
        ("root ::= \"\\U00110000\"", .expected("a Unicode scalar", got: "U+110000"), 1, 13),
        ("root ::= \"\\", .expected("a character", got: "the end of the text"), 1, 12),
        ("root ::= (\"a\"", .expected("\")\"", got: "the end of the text"), 1, 14),
        ("root ::= \"a\")", .expected("\"|\", a part of the rule or the end of the line", got: "\")\""), 1, 13),
        ("root ::= \"a\"{}", .expected("a number", got: "\"}\""), 1, 14),
        ("root ::= \"a\"{2", .expected("\",\" or \"}\"", got: "the end of the text"), 1, 15),
        ("root ::= \"a\"{2,x}", .expected("a number or \"}\"", got: "\"x\""), 1, 16),
        ("root ::= \"a\"{3,2}", .repetition(atLeast: 3, atMost: 2), 1, 13),
        ("root ::= \"a\"{99999999999999999999}", .repetition(atLeast: .max, atMost: .max), 1, 13),
        ("root ::= \"a\"{10001,}", .repetition(atLeast: 10001, atMost: nil), 1, 13),
        ("root ::= \"a\"?????", .tooLarge("repetitions of one part", limit: 4), 1, 17),
        ("root ::= root \"a\" | \"b\"", .leftRecursion(["root"]), 1, 1),
        ("root ::= \"x\" a\na ::= b? c*  a \"a\"\nb ::= \"b\"\nc ::= \"\"", .leftRecursion(["a"]), 2, 1),
    ]

    @Test("Errors name the place and the cause", arguments: cases.indices)
    func errors(index: Int) {
        let (text, kind, line, column) = Self.cases[index]
        let error = #expect(throws: GrammarError.self) { try ContextFreeGrammar(gbnf: text) }
        #expect(error == GrammarError(kind, at: .text(line: line, column: column)))
        #expect(error?.description.isEmpty == false)
    }

    @Test("Left recursion through several rules and empty ones is told with its circle")
    func recursion() throws {
        let text = "root ::= \"x\" a\na ::= n b \"1\"\nb ::= (n | c) \"2\"\nc ::= n n a\nn ::= \"\" | \"n\""
        let error = #expect(throws: GrammarError.self) { try ContextFreeGrammar(gbnf: text) }
        guard case .leftRecursion(let names)? = error?.kind else {
            Issue.record("\(String(describing: error))")
            return
        }
        let start = try #require(names.firstIndex(of: "a"))
        #expect(Array(names[start...] + names[..<start]) == ["a", "b", "c"])
    }

    @Test("Rules that never end describe nothing, and do not lead others astray")
    func endless() throws {
        let error = #expect(throws: GrammarError.self) { try ContextFreeGrammar(gbnf: "root ::= \"a\" root") }
        #expect(error?.kind == .describesNothing)
        let tokenizer = try GBNFTests.vocabulary.tokenizer()
        let automaton = try GrammarAutomaton(
            ContextFreeGrammar(gbnf: "root ::= \"a\" (\"b\" | x)\nx ::= \"c\" x"), tokenizer: tokenizer)
        #expect(automaton.allowed(in: automaton.start).contains(97))
        #expect(automaton.accepts([97, 98]) && automaton.state(after: [97, 99]) == nil)
    }

    static let hostile: [String] = [
        "root ::= " + String(repeating: "(", count: 100_000),
        "root ::= " + String(repeating: "(", count: 100) + "\"a\"" + String(repeating: ")", count: 100),
        "root ::= \"a\"" + String(repeating: "*", count: 100_000),
        "root ::= ((\"abcdefgh\"{9999}){9999}){9999}", "root ::= ((((){9999}){9999}){9999}){9999}",
        "root ::= " + String(repeating: "[^a]", count: 40_000),
        String(repeating: "a", count: 2 << 20), String(repeating: "root ::= root\n", count: 2),
        "root ::= \"a\" " + String(repeating: "x", count: 500_000),
        (0..<20_000).map { "r\($0) ::= \"a\"" }.joined(separator: "\n"),
        (0..<9_000).map { "r\($0) ::= r\(($0 + 1) % 9_000)" }.joined(separator: "\n") + "\nroot ::= r0",
    ]

    @Test("Hostile texts are refused", .timeLimit(.minutes(5)), arguments: hostile.indices)
    func hostileText(index: Int) {
        #expect(throws: GrammarError.self) { try ContextFreeGrammar(gbnf: Self.hostile[index]) }
    }

    @Test("Long chains of rules, deep texts and many readings stay within their bounds")
    func heavy() throws {
        let tokenizer = try GBNFTests.vocabulary.tokenizer()
        func automaton(_ text: String) throws -> GrammarAutomaton {
            try GrammarAutomaton(ContextFreeGrammar(gbnf: text), tokenizer: tokenizer)
        }
        let chain = (0..<800).map { "r\($0) ::= r\($0 + 1) \"x\"?" }.joined(separator: "\n")
        #expect(try automaton(chain + "\nr800 ::= \"a\"\nroot ::= r0").accepts(tokenizer.encode("axxx")))
        // Right recursion needs no stack; nesting does, and comes to an end.
        let right = try automaton("root ::= \"a\" root | \"b\"")
        #expect(right.accepts([Token](repeating: 97, count: 20_000) + [98]))
        let nested = try automaton("root ::= \"(\" root \")\" | \"a\"")
        var (state, depth) = (nested.start, 0)
        while let next = nested.advance(state, by: 40), depth < 10_000 { (state, depth) = (next, depth + 1) }
        #expect((1000..<1100).contains(depth))
        // Every split of the text is a reading.
        let readings = try automaton(
            "root ::= a a a a a a a a\na ::= \"a\" a a | \"a\" | \"b\" a \"c\" a | \"b\" a a | \"\"")
        var random = TestRandom(seed: 5)
        var place = readings.start
        for _ in 0..<60 {
            guard let token = readings.allowed(in: place).tokens(below: .max).randomElement(using: &random),
                let next = readings.advance(place, by: token)
            else { break }
            place = next
        }
    }
}
