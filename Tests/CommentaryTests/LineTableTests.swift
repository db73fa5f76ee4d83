import Commentary
import Testing

private let header = "heckle-lines\t1\n"

private func table(_ rows: String) throws -> LineTable {
    try LineTable(Array((header + rows).utf8), named: "test.tsv")
}

private func sheet(_ facts: String...) throws -> FactSheet {
    FactSheet(try facts.map { try #require(Fact(parsing: $0)) })
}

@Suite struct LineTableTests {
    @Test func linesNeedAllTheirFacts() throws {
        let table = try table("dry\tobject=cup,lighting=dim\tA cup, dimly.\ndry\tobject=cup\tA cup.\n")
        #expect(try table.lines(for: sheet("object=cup"), style: .dry).map(\.text) == ["A cup."])
        #expect(
            try table.lines(for: sheet("object=cup", "lighting=dim"), style: .dry).map(\.text)
                == ["A cup, dimly.", "A cup."])
        #expect(try table.lines(for: sheet("object=cat"), style: .dry).isEmpty)
        #expect(try table.lines(for: sheet("object=cup"), style: .spicy).isEmpty)
    }

    @Test func linesCiteTheSheetsOwnFacts() throws {
        let table = try table("dry\tlighting=dim,object={object}\tThe {object} is dim.\n")
        let cup = Fact(.object, "cup", confidence: 0.7, source: "objects[0]")
        let dim = Fact(.lighting, "dim", confidence: 0.6, source: "lighting")
        let lines = table.lines(for: FactSheet([cup, dim]), style: .dry)
        #expect(lines == [CommentLine(facts: [dim, cup], text: "The cup is dim.")])
    }

    @Test(arguments: [
        ("object=umbrella", "A {object} came.", "An umbrella came."),
        ("object=cup", "An {object} came.", "A cup came."),
        ("object=orange", "Not a {object}.", "Not an orange."),
        ("object=cup", "Like a {object}.", "Like a cup."),
        ("object=umbrella", "Banana {object}.", "Banana umbrella."),
        ("object=umbrella", "{object}: noted.", "Umbrella: noted."),
        ("object=cell phone", "The {object}'s off.", "The telephone's off."),
        ("object=teddy bear", "The {object}, and the {object} again.", "The teddy bear, and the teddy bear again."),
    ])
    func slotsAreFilled(fact: String, line: String, expected: String) throws {
        let table = try table("@reading\tobject=cell phone\ttelephone\ngentle\tobject={object}\t\(line)\n")
        #expect(try table.lines(for: sheet(fact), style: .gentle).map(\.text) == [expected])
    }

    @Test func slotsTakeEveryValue() throws {
        let table = try table("dry\tcolour={colour},garment={garment}\tA {colour} {garment}.\n")
        let sheet = try sheet("colour=red", "garment=skirt", "garment=vest")
        #expect(table.lines(for: sheet, style: .dry).map(\.text) == ["A red vest.", "A red skirt."])
    }

    @Test func singularSlotsTakeNoPlural() throws {
        let table = try table(
            "@plural\tobject=skis\ndry\tobject={object}\tThe {object:one} is here.\n"
                + "dry\tobject={object}\tHail the {object}.\n"
        )
        #expect(try table.lines(for: sheet("object=skis"), style: .dry).map(\.text) == ["Hail the skis."])
        #expect(try table.lines(for: sheet("object=cup"), style: .dry).count == 2)
    }

    @Test func aTextComesOnce() throws {
        let table = try table("dry\tobject=cup\tSame.\ndry\tlighting=dim\tSame.\n")
        #expect(try table.lines(for: sheet("object=cup", "lighting=dim"), style: .dry).count == 1)
    }

    @Test(arguments: [
        ("", 1, "first line"), ("heckle-lines\t2\n", 1, "first line"), ("dry\tobject=cup\tA cup.\n", 1, "first line"),
        (header + "dry\tobject=cup\n", 2, "2 fields"), (header + "\ndry\tobject=cup\tA\tcup.\n", 3, "4 fields"),
        (header + "droll\tobject=cup\tA cup.\n", 2, "droll"), (header + "dry\tobject=unicorn\tA.\n", 2, "unicorn"),
        (header + "dry\t\tA cup.\n", 2, "not a fact"), (header + "dry\tobject=cup,\tA cup.\n", 2, "not a fact"),
        (header + "dry\tobject=cup,object=cup\tA cup.\n", 2, "twice"),
        (header + "dry\tobject=cup\t\n", 2, "empty"), (header + "dry\tobject=cup\t A cup.\n", 2, "white space"),
        (header + "dry\tobject=cup\tA \u{7}cup.\n", 2, "control"),
        (header + "dry\tobject=cup\tA </s> cup.\n", 2, "< or >"),
        (header + "dry\tobject=cup\tA \u{202E}cup.\n", 2, "control"),
        (header + "dry\tobject=cup\tA {object}.\n", 2, "not object={object} in its facts"),
        (header + "dry\tobject={object}\tA cup.\n", 2, "not in the line"),
        (header + "dry\tobject={object}\tA {object.\n", 2, "without its }"),
        (header + "dry\tobject={object}\tA {object}}.\n", 2, "without its {"),
        (header + "dry\tobject={object}\tA {object} {size}.\n", 2, "size"),
        (header + "dry\tobject={scene}\tA {object}.\n", 2, "not a fact"),
        (header + "@reading\tobject=unicorn\thorse\n", 2, "unicorn"),
        (header + "@reading\tobject=cup\n", 2, "@reading"),
        (header + "@worth\tobject\tmuch\n", 2, "much"), (header + "@worth\tobject\t-1\n", 2, "-1"),
        (header + "@worth\tobject\tnan\n", 2, "nan"), (header + "@worth\tsize\t1\n", 2, "size"),
        (header + "@other\tobject=cup\n", 2, "@other"),
        (header + "dry\tobject=cup\t" + String(repeating: "a", count: 241) + "\n", 2, "240"),
    ])
    func brokenTablesAreRefused(text: String, line: Int, reason: String) throws {
        let error = #expect(throws: CommentaryError.self) { try LineTable(Array(text.utf8), named: "test.tsv") }
        #expect(error?.line == line)
        #expect(error?.file == "test.tsv")
        #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
    }

    @Test func bytesThatAreNotTextAreRefused() {
        let bytes = Array(header.utf8) + [0x64, 0xFF, 0xFE, 0x0A]
        let error = #expect(throws: CommentaryError.self) { try LineTable(bytes, named: "test.tsv") }
        #expect(error?.line == 2)
    }

    @Test(arguments: ["/no/such/file.tsv", "/dev/null", "/"])
    func unreadableFilesAreRefused(path: String) {
        let error = #expect(throws: CommentaryError.self) { try LineTable(path: path) }
        #expect(error?.file == path)
    }

    /// Cut anywhere, a table is an error or a shorter table, never a crash.
    @Test func truncatedTables() {
        let whole = Array((header + "@plural\tobject=skis\ndry\tobject={object}\tThe {object:one} is.\n").utf8)
        for end in whole.indices {
            guard let table = try? LineTable(Array(whole[..<end]), named: "cut") else { continue }
            #expect(table.count == 1)
        }
    }
}

@Suite struct ShippedTableTests {
    @Test func everyLineIsSound() throws {
        let table = try Weights.book.get().table
        #expect(table.count > 9000)
        var styles: [CommentStyle: Int] = [:]
        table.forEach { style, facts, slots, text in
            styles[style, default: 0] += 1
            #expect(!facts.isEmpty || !slots.isEmpty)
            #expect(text.split(separator: " ").count <= 40, "\(text)")
            #expect(text.last.map { ".?!'\"".contains($0) } == true, "\(text)")
            #expect(!text.contains("  "), "\(text)")
        }
        for style in [CommentStyle.gentle, .dry, .spicy] { #expect(styles[style, default: 0] > 2500) }
        #expect(styles[.social, default: 0] > 750)
    }

    @Test(arguments: [CommentStyle.gentle, .dry, .spicy, .social], 0..<25)
    func candidatesAreTrueToTheSheet(style: CommentStyle, seed: UInt64) throws {
        let table = try Weights.book.get().table
        var source = SheetSource(seed: seed)
        let sheet = source.sheet()
        let lines = table.lines(for: sheet, style: style)
        #expect(Set(lines.map(\.text)).count == lines.count)
        for line in lines {
            #expect(!line.facts.isEmpty)
            #expect(line.facts.allSatisfy { sheet.facts.contains($0) })
            #expect(!line.text.contains("{"))
            #expect(line.text.first?.isLowercase == false)
        }
    }

    /// What nearly every photo has leaves a wide choice in every style.
    @Test(arguments: [
        [
            "people=one", "framing=portrait", "expression=happy", "head=straight", "lighting=balanced",
            "sharpness=sharp",
        ],
        ["people=none", "object=cup", "lighting=dim", "composition=centred", "background=plain"],
        ["people=few", "framing=group", "expression=neutral", "lighting=flat", "composition=crowded", "cast=warm"],
        ["lighting=dark", "sharpness=blurry", "noise=noisy", "saturation=muted", "composition=tilted"],
    ])
    func ordinarySheetsHaveAWideChoice(facts: [String]) throws {
        let table = try Weights.book.get().table
        let sheet = FactSheet(try facts.map { try #require(Fact(parsing: $0)) })
        for style in [CommentStyle.gentle, .dry, .spicy] { #expect(table.lines(for: sheet, style: style).count >= 55) }
        #expect(table.lines(for: sheet, style: .social).count >= 12)
    }
}
