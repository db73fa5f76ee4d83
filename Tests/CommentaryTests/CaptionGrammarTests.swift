import Commentary
import Testing

private func json(
    rules: String, readings: String = "{}", start: String = #"{"plain": "plain", "alt_text": "plain"}"#,
    words: String = #"{"plain": 9, "alt_text": 9}"#, least: String = #"{"plain": 1, "alt_text": 1}"#
) -> [UInt8] {
    Array(
        """
        {"format": "heckle-captions", "version": 1, "readings": \(readings), "plural": [], "start": \(start),
         "words": \(words), "least": \(least), "rules": {\(rules)}}
        """.utf8)
}

private func texts(_ rules: String, _ facts: String...) throws -> Set<String> {
    let grammar = try CaptionGrammar(json(rules: rules), named: "test.json")
    let sheet = FactSheet(try facts.map { try #require(Fact(parsing: $0)) })
    return Set(grammar.captions(for: sheet, style: .plain, limit: 100, seed: 1).map(\.text))
}

@Suite struct CaptionGrammarTests {
    @Test func alternativesNeedTheirFacts() throws {
        let rules =
            #""plain": [{"cite": "object=cup", "say": "a cup."}, {"cite": "object=cat|dog", "say": "a(n) {object}."}]"#
        #expect(try texts(rules, "object=cup") == ["A cup."])
        #expect(try texts(rules, "object=dog", "object=cup") == ["A dog.", "A cup."])
        #expect(try texts(rules, "object=cow").isEmpty)
    }

    @Test func wildcardsAndExceptions() throws {
        let rules = #""plain": [{"cite": "object=*!skis|tie", "say": "a(n) {object}."}]"#
        #expect(try texts(rules, "object=skis").isEmpty)
        #expect(try texts(rules, "object=umbrella", "object=tie") == ["An umbrella."])
    }

    @Test func whenAndUnlessCiteNothing() throws {
        let rules =
            #""plain": [{"cite": "object=cup", "when": "people=one", "unless": "lighting=dim,cast=*", "say": "yes."}]"#
        #expect(try texts(rules, "object=cup", "people=one") == ["Yes."])
        #expect(try texts(rules, "object=cup", "people=two").isEmpty)
        #expect(try texts(rules, "object=cup", "people=one", "cast=cool").isEmpty)
        #expect(try texts(rules, "object=cup", "people=one", "lighting=dark") == ["Yes."])
    }

    @Test func aFactIsExpressedOnce() throws {
        let rules = #""plain": [{"say": "<it> and <it>."}], "it": [{"cite": "object=*", "say": "a(n) {object}"}]"#
        #expect(try texts(rules, "object=cup").isEmpty)
        #expect(try texts(rules, "object=cup", "object=apple") == ["A cup and an apple.", "An apple and a cup."])
    }

    @Test func aDeadEndGivesItsFactsBack() throws {
        let rules = #"""
            "plain": [{"say": "<both>."}, {"say": "just <one>."}], "both": [{"say": "<one> in <light>"}],
            "one": [{"cite": "object=*", "say": "{object}"}],
            "light": [{"cite": "lighting=*", "say": "{lighting} light"}]
            """#
        #expect(try texts(rules, "object=cup") == ["Just cup."])
    }

    @Test(arguments: [
        ("a(n)  apple ,, <e>, and<e> a(n) pear  <e>. so <e>.", "An apple, and a pear. So."),
        ("<e>a(n) <e> hour of it,<e> .", "A hour of it."), ("<e>, then.", ", then."), ("one,. two", "One. Two"),
    ])
    func sentencesAreTidied(say: String, expected: String) throws {
        let rules = #""plain": [{"cite": "object=cup", "say": "\#(say)"}], "e": [{"say": ""}]"#
        #expect(try texts(rules, "object=cup") == [expected])
    }

    @Test(arguments: [
        (#""plain": [{"say": "<plain>"}]"#, "leads back to itself"), (#""plain": []"#, "no alternatives"),
        (#""plain": [{"say": "<b>"}], "b": [{"say": "<plain>"}]"#, "leads back to itself"),
        (#""plain": [{"say": "<nothing>"}]"#, "no rule \"nothing\""),
        (#""other": [{"say": "x"}]"#, "no rule \"plain\""),
        (#""plain": [{"say": "{object}"}]"#, "not cited"), (#""plain": [{"say": "{size}"}]"#, "no key"),
        (#""plain": [{"say": "<plain"}]"#, "not closed"), (#""plain": [{"say": "a } b"}]"#, "stray"),
        (#""plain": [{"cite": "object=unicorn", "say": "x"}]"#, "unicorn"),
        (#""plain": [{"cite": "object", "say": "x"}]"#, "not a condition"),
        (#""plain": [{"cite": "object=*cup", "say": "x"}]"#, "not a condition"),
        (#""plain": [{"when": "size=*", "say": "x"}]"#, "not a condition"),
        (#""plain": [{"cite": "object=cup,object=cat", "say": "x"}]"#, "cited twice"),
        (#""plain": [{"weight": 0, "say": "x"}]"#, "weight"), (#""plain": [{"weight": -3, "say": "x"}]"#, "weight"),
        (#""plain": [{"say": "a\u0007"}]"#, "control"), (#""plain": [{"cite": "people=one"}]"#, "say"),
        (#""plain": [{"say": 3}]"#, "say"), (#""plain": {}"#, "plain"), ("]", "JSON"),
    ])
    func brokenGrammarsAreRefused(rules: String, reason: String) {
        let error = #expect(throws: CommentaryError.self) { try CaptionGrammar(json(rules: rules), named: "test.json") }
        #expect(error?.description.hasPrefix("test.json: ") == true)
        #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
    }

    @Test(arguments: [
        (json(rules: #""plain": [{"say": "x"}]"#, readings: #"{"object=unicorn": "horse"}"#), "unicorn"),
        (json(rules: #""plain": [{"say": "x"}]"#, start: #"{"plain": "plain"}"#), "style"),
        (json(rules: #""plain": [{"say": "x"}]"#, start: #"{"dry": "plain"}"#), "dry"),
        (json(rules: #""plain": [{"say": "x"}]"#, words: "{}"), "positive"),
        (json(rules: #""plain": [{"say": "x"}]"#, least: #"{"plain": 0, "alt_text": 1}"#), "positive"),
        (Array(#"{"format": "other"}"#.utf8), "version"), ([], "JSON"), ([0xFF, 0x00], "JSON"),
    ])
    func brokenFilesAreRefused(bytes: [UInt8], reason: String) {
        let error = #expect(throws: CommentaryError.self) { try CaptionGrammar(bytes, named: "test.json") }
        #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
    }

    /// Rules that branch without end in sight stop at a budget.
    @Test func hostileBranchingEnds() throws {
        let rules = (0..<14).map { #""r\#($0)": [{"say": "<r\#($0 + 1)><r\#($0 + 1)><r\#($0 + 1)>"}]"# }
        let all = [#""plain": [{"say": "<r0>"}]"#] + rules + [#""r14": [{"say": "x"}]"#]
        let grammar = try CaptionGrammar(json(rules: all.joined(separator: ",")), named: "test.json")
        let sheet = FactSheet([Fact(.people, "one")])
        #expect(grammar.captions(for: sheet, style: .plain, limit: 10, seed: 1).isEmpty)
    }
}

@Suite struct ShippedGrammarTests {
    private static let styles: [CommentStyle] = [.plain, .altText]

    @Test(arguments: styles, 0..<60)
    func captionsAreSentencesTrueToTheSheet(style: CommentStyle, seed: UInt64) throws {
        let grammar = try Weights.book.get().grammar
        var source = SheetSource(seed: seed)
        let sheet = source.sheet()
        let captions = grammar.captions(for: sheet, style: style, limit: 120, seed: seed)
        #expect(!captions.isEmpty, "\(sheet.facts.map(\.text).joined(separator: " "))")
        for caption in captions {
            let text = caption.text
            #expect(!caption.facts.isEmpty && caption.facts.allSatisfy { sheet.facts.contains($0) })
            #expect(caption.facts == sheet.facts.filter { caption.facts.contains($0) }, "not in sheet order: \(text)")
            #expect(text.last == "." && text.first?.isUppercase == true, "\(text)")
            for wrong in [
                "  ", " ,", " .", ",,", ",.", "..", "(", "<", "{", "_", " a a", " a e", " a i", " a o", " an c",
            ] {
                #expect(!text.contains(wrong), "\"\(wrong)\" in \(text)")
            }
            for (article, next) in zip(text.split(separator: " "), text.split(separator: " ").dropFirst()) {
                let vowel = next.first.map { "aeiou".contains($0) } == true
                if article.lowercased() == "a" { #expect(!vowel, "\(text)") }
                if article.lowercased() == "an" { #expect(vowel, "\(text)") }
            }
        }
    }

    /// What a caption says is on the sheet, by words alone: no object, scene or colour that is not cited is named.
    @Test(arguments: styles, 0..<40)
    func captionsNameOnlyWhatTheyCite(style: CommentStyle, seed: UInt64) throws {
        let grammar = try Weights.book.get().grammar
        var source = SheetSource(seed: 1000 + seed)
        let sheet = source.sheet()
        // Words that stand in sentences for other reasons too.
        let everyday: Set = ["tie", "orange", "mouse", "remote", "bear", "stage", "field", "skis", "low", "book"]
        for caption in grammar.captions(for: sheet, style: style, limit: 80, seed: seed) {
            let words = " " + caption.text.lowercased().filter { $0 != "," && $0 != "." } + " "
            for key in [FactKey.object, .garment, .accessory] {
                for value in Vocabulary.values(of: key) where !everyday.contains(value) {
                    let fact = Fact(key, value)
                    let named = words.contains(" \(grammar.readings.reading(of: fact)) ")
                    let cited = caption.facts.contains { cited in
                        let reading = " \(grammar.readings.reading(of: cited)) "
                        return reading.contains(" \(grammar.readings.reading(of: fact)) ")
                            || reading.contains(" \(value) ")
                    }
                    #expect(!named || cited, "\(value) in \(caption.text)")
                }
            }
        }
    }

    @Test(arguments: styles)
    func anOrdinarySheetHasHundredsOfCaptions(style: CommentStyle) throws {
        let grammar = try Weights.book.get().grammar
        let facts = [
            "people=one", "framing=half_body", "expression=happy", "head=tilted", "pose=sitting", "object=cup",
            "object=laptop", "lighting=dim", "sharpness=soft", "composition=thirds", "background=cluttered",
        ]
        let sheet = FactSheet(try facts.map { try #require(Fact(parsing: $0)) })
        #expect(grammar.captions(for: sheet, style: style, limit: 600, seed: 3).count >= 500)
    }

    @Test(arguments: styles)
    func theSameSeedGivesTheSameCaptions(style: CommentStyle) throws {
        let grammar = try Weights.book.get().grammar
        var source = SheetSource(seed: 5)
        let sheet = source.sheet(of: [.people, .framing, .object, .lighting, .sharpness, .composition])
        let first = grammar.captions(for: sheet, style: style, limit: 50, seed: 9)
        #expect(first == grammar.captions(for: sheet, style: style, limit: 50, seed: 9))
        #expect(first != grammar.captions(for: sheet, style: style, limit: 50, seed: 10))
    }

    /// Any single fact beside the number of people can be told, or is left out, without a broken sentence.
    @Test(arguments: FactKey.allCases)
    func everyValueFits(key: FactKey) throws {
        let grammar = try Weights.book.get().grammar
        for value in Vocabulary.values(of: key) {
            for people in ["none", "one", "few"] {
                let sheet = FactSheet([Fact(.people, people, confidence: 0.5), Fact(key, value)])
                for style in Self.styles {
                    for caption in grammar.captions(for: sheet, style: style, limit: 20, seed: 1) {
                        #expect(caption.text.hasSuffix(".") && !caption.text.contains(" ."), "\(caption.text)")
                    }
                }
            }
        }
    }
}

@Suite struct CommentBookTests {
    @Test(arguments: CommentStyle.allCases, 0..<8)
    func choicesAreCandidatesEachOnce(style: CommentStyle, seed: UInt64) throws {
        let book = try Weights.book.get()
        var source = SheetSource(seed: seed)
        let sheet = source.sheet()
        let candidates = book.candidates(for: sheet, style: style, seed: seed)
        let chosen = book.choice(of: 3, from: candidates, seed: seed)
        #expect(chosen.count == min(3, candidates.count))
        #expect(Set(chosen).count == chosen.count)
        #expect(chosen.allSatisfy(candidates.contains))
        #expect(chosen == book.choice(of: 3, from: candidates, seed: seed))
        let guardrail = Guardrail(sheet: sheet)
        #expect(candidates.allSatisfy { guardrail.refusal(of: $0) == nil })
    }

    /// One answer chooses from a quarter of the lines: enough, and others for another seed.
    @Test(arguments: [CommentStyle.gentle, .dry, .spicy, .social])
    func shortlistsAreAShareOfTheLines(style: CommentStyle) throws {
        let book = try Weights.book.get()
        var source = SheetSource(seed: 78)
        let sheet = source.sheet(of: [.people, .object, .scene, .lighting, .sharpness, .background, .composition])
        let all = book.table.lines(for: sheet, style: style)
        let first = book.candidates(for: sheet, style: style, seed: 1)
        #expect(first.count == min(all.count, max(CommentBook.shortest, (all.count + 3) / 4)))
        #expect(first.allSatisfy(all.contains))
        #expect(first == book.candidates(for: sheet, style: style, seed: 1))
        let others = (2..<40).map { book.candidates(for: sheet, style: style, seed: $0) }
        #expect(Set(others.joined()).count > all.count * 9 / 10)
        #expect(Set(others).count > 35)
    }

    @Test func differentSeedsChooseDifferently() throws {
        let book = try Weights.book.get()
        var source = SheetSource(seed: 77)
        let sheet = source.sheet(of: [.people, .object, .lighting, .sharpness, .background, .composition])
        let candidates = book.candidates(for: sheet, style: .dry, seed: 0)
        let answers = (0..<20).map { book.choice(of: 3, from: candidates, seed: $0) }
        #expect(Set(answers).count > 15)
    }

    @Test func nothingGivesNothing() throws {
        let book = try Weights.book.get()
        for style in CommentStyle.allCases {
            let none = book.candidates(for: FactSheet([]), style: style, seed: 0)
            #expect(none.isEmpty)
            #expect(book.choice(of: 3, from: none, seed: 0).isEmpty)
        }
    }

    @Test func aFolderWithoutFilesIsAnError() {
        #expect(throws: CommentaryError.self) { try CommentBook(folder: "/no/such/folder") }
    }
}
