import Commentary
import Testing

@Suite struct PromptFormatTests {
    private let sheet = FactSheet([
        Fact(.people, "one"), Fact(.framing, "mirror_selfie"), Fact(.object, "cell phone", confidence: 0.9),
        Fact(.object, "cup", confidence: 0.5), Fact(.scene, "living_room"),
    ])

    @Test func promptsAreControlTokensAndWords() {
        #expect(
            PromptFormat.prompt(for: sheet, style: .dry)
                == "<s><roast><dry><people> one<framing> mirror selfie<object> cell phone<object> cup"
                + "<scene> living room"
        )
        #expect(PromptFormat.prompt(for: FactSheet([]), style: .altText) == "<s><caption><alt_text>")
    }

    @Test func entriesCiteFirst() {
        let line = CommentLine(facts: [sheet.facts[4], sheet.facts[2]], text: "Hello.")
        #expect(PromptFormat.entry(for: line) == "<c><scene> living room<object> cell phone<say> Hello.")
    }

    @Test(arguments: 0..<30)
    func answersReadBack(seed: UInt64) throws {
        let book = try Weights.book.get()
        var source = SheetSource(seed: seed)
        let sheet = source.sheet()
        let style = CommentStyle.allCases[source.number(below: 6)]
        let candidates = book.candidates(for: sheet, style: style, seed: seed)
        let lines = book.choice(of: 1 + source.number(below: 5), from: candidates, seed: seed)
        let answer = lines.map(PromptFormat.entry).joined() + PromptFormat.end + "<c>and more"
        #expect(PromptFormat.lines(reading: answer, for: sheet) == lines)
    }

    @Test func anEmptyAnswerHasNoLines() {
        #expect(PromptFormat.lines(reading: "</s>", for: sheet) == [])
        #expect(PromptFormat.lines(reading: "", for: sheet) == [])
    }

    @Test(arguments: [
        "Hello.", "<c>", "<c><object> cup", "<c><say> Hello.", "<c><object> cup<say>", "<c><object> cup<say> ",
        "<c><object> cup<say>Hello.", "<c><object> cat<say> Hello.", "<c>object cup<say> Hello.",
        "<c><object> cup<say> One.<say> Two.", "Well,<c><object> cup<say> Hello.", "<c><object>cup<say> Hello.",
    ])
    func otherTextIsNoAnswer(text: String) { #expect(PromptFormat.lines(reading: text, for: sheet) == nil) }

    @Test func controlTokensAreUnique() {
        let tokens = PromptFormat.controlTokens
        #expect(Set(tokens).count == tokens.count)
        #expect(tokens.count == 4 + 2 + 6 + 28)
    }
}

@Suite struct GuardrailTests {
    private let sheet = FactSheet([Fact(.object, "cup"), Fact(.lighting, "dim")])
    private var cup: Fact { sheet.facts[0] }

    @Test func trueLinesPass() {
        let line = CommentLine(facts: [cup], text: "A cup, 'as found'. Déjà vu!")
        #expect(Guardrail(sheet: sheet).refusal(of: line) == nil)
    }

    @Test func linesWithoutFactsAreRefused() {
        #expect(Guardrail(sheet: sheet).refusal(of: CommentLine(facts: [], text: "Hm.")) == .noFacts)
    }

    @Test func factsThatAreNotThereAreRefused() {
        let line = CommentLine(facts: [cup, Fact(.object, "cat")], text: "A cat.")
        #expect(Guardrail(sheet: sheet).refusal(of: line) == .notOnSheet("object=cat"))
    }

    @Test(arguments: [0, 401, 5000])
    func lengthsAreBounded(length: Int) {
        let line = CommentLine(facts: [cup], text: String(repeating: "a", count: length))
        #expect(Guardrail(sheet: sheet).refusal(of: line) == .length(length))
    }

    @Test(arguments: [
        "a\nb", "a\u{0}b", "a\u{1B}[31m", "a<say>b", "a > b", "a {object}", "a\u{2028}b", "a\u{202E}b", "\u{FEFF}a",
    ])
    func strangeCharactersAreRefused(text: String) {
        #expect(Guardrail(sheet: sheet).refusal(of: CommentLine(facts: [cup], text: text)) == .characters)
    }

    @Test func aLineComesOnce() {
        let lines = ["One.", "Two.", "One."].map { CommentLine(facts: [cup], text: $0) }
        let guardrail = Guardrail(sheet: sheet)
        #expect(guardrail.refusal(of: lines[2], after: [lines[0]]) == .repeated)
        #expect(guardrail.passing(lines).map(\.text) == ["One.", "Two."])
    }
}
