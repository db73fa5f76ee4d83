import Commentary
import Foundation
import Testing

@Suite struct FactTests {
    @Test(arguments: [
        ("object=cell phone", "object.cell_phone"), ("lighting=backlit", "lighting.backlit"),
        ("face_position=left_edge", "face_position.left_edge"), ("object=tv", "object.tv"),
        ("scene=living_room", "scene.living_room"),
    ])
    func identity(text: String, id: String) throws {
        let fact = try #require(Fact(parsing: text))
        #expect(fact.id == id)
        #expect(fact.text == text)
    }

    @Test(arguments: [("scene=living_room", "living room"), ("object=cell phone", "cell phone"), ("cast=warm", "warm")])
    func wordsHaveSpaces(text: String, words: String) throws {
        #expect(try #require(Fact(parsing: text)).words == words)
    }

    @Test(arguments: [
        "", "=", "object", "object=", "object=unicorn", "colour", "Object=cup", "object=cup ", "object=cell_phone",
        "age=old", "lighting=backlit=dark",
    ])
    func unknownFactsAreNone(text: String) { #expect(Fact(parsing: text) == nil) }

    @Test(arguments: [(Float.nan, Float(0)), (-1, 0), (2, 1), (.infinity, 1), (0.25, 0.25)])
    func confidenceIsAShare(given: Float, kept: Float) {
        #expect(Fact(.people, "one", confidence: given).confidence == kept)
    }

    @Test func idsAreUnique() {
        let facts = FactKey.allCases.flatMap { key in Vocabulary.values(of: key).map { Fact(key, $0).id } }
        #expect(Set(facts).count == facts.count)
        #expect(facts.count == 273)
    }

    /// The training corpus and the Swift table list the same facts in the same order of values.
    @Test func vocabularyIsThatOfTheCorpus() throws {
        let path = Weights.folder + "/training/language/corpus/vocabulary.json"
        let data = try #require(FileManager.default.contents(atPath: path))
        let corpus = try JSONDecoder().decode([String: [String]].self, from: data)
        #expect(Set(corpus.keys) == Set(FactKey.allCases.map(\.rawValue)))
        for key in FactKey.allCases { #expect(corpus[key.rawValue] == Vocabulary.values(of: key)) }
    }
}

@Suite struct FactSheetTests {
    @Test func keysComeInOrder() {
        let sheet = FactSheet([
            Fact(.time, "night"), Fact(.object, "cup"), Fact(.people, "one"), Fact(.lighting, "dim"),
            Fact(.framing, "selfie"),
        ])
        #expect(sheet.facts.map(\.key) == [.people, .framing, .object, .lighting, .time])
    }

    @Test func surerValuesComeFirst() {
        let sheet = FactSheet([
            Fact(.object, "cup", confidence: 0.5), Fact(.object, "cat", confidence: 0.9),
            Fact(.object, "dog", confidence: 0.7),
        ])
        #expect(sheet.values(of: .object) == ["cat", "dog", "cup"])
    }

    @Test func aSingleValuedKeyKeepsItsSurest() {
        let sheet = FactSheet([
            Fact(.lighting, "dark", confidence: 0.4), Fact(.lighting, "dim", confidence: 0.6),
            Fact(.lighting, "flat", confidence: 0.5),
        ])
        #expect(sheet.values(of: .lighting) == ["dim"])
    }

    @Test func repeatedFactsCountOnceAsTheSurest() {
        let sheet = FactSheet([
            Fact(.object, "cup", confidence: 0.5, source: "objects[3]"),
            Fact(.object, "cup", confidence: 0.8, source: "objects[0]"),
        ])
        #expect(sheet.facts.count == 1)
        #expect(sheet.facts.first?.source == "objects[0]")
    }

    @Test func objectsAreLimited() {
        let facts = Vocabulary.values(of: .object).map { Fact(.object, $0) }
        #expect(FactSheet(facts).facts.count == FactKey.object.limit)
    }

    @Test(arguments: 0..<20)
    func anyOrderGivesTheSameSheet(seed: UInt64) {
        var source = SheetSource(seed: seed)
        let sheet = source.sheet()
        var facts = sheet.facts
        for index in facts.indices.dropFirst() { facts.swapAt(index, source.number(below: index + 1)) }
        #expect(FactSheet(facts) == sheet)
        #expect(FactSheet(facts + facts) == sheet)
    }

    @Test func holdsWhatItStates() {
        let sheet = FactSheet([Fact(.object, "cup", confidence: 0.3)])
        #expect(sheet.holds(Fact(.object, "cup")))
        #expect(!sheet.holds(Fact(.object, "cat")))
        #expect(!sheet.holds(Fact(.scene, "office")))
    }
}
