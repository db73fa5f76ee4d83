import Commentary
import Engine
import Tensors
import TestSupport
import Testing

/// The embedded writer over 200 fact sheets that its training did not see.
@Suite struct WriterTests {
    /// The sheets of `Tests/Fixtures`: one a line, facts separated by commas.
    private static func sheets() throws -> [FactSheet] {
        let text = String(decoding: try fileBytes(Repository.file("Tests/Fixtures/unseen-sheets.txt")), as: UTF8.self)
        return try text.split(separator: "\n").map { line in
            FactSheet(try line.split(separator: ",").map { try #require(Fact(parsing: $0), "\($0)") })
        }
    }

    private static func writer(threads: Int = 1) throws -> Writer {
        try Writer(weights: WeightsFolder(Repository.file("Weights")), pool: WorkerPool(threads: threads))
    }

    @Test(arguments: CommentStyle.allCases)
    func linesAreTrueNewAndVaried(_ style: CommentStyle) throws {
        let writer = try Self.writer()
        let sheets = try Self.sheets()
        #expect(sheets.count == 200)
        #expect(writer.description != nil)
        var lines = 0
        var shared = 0
        var texts: [String] = []
        for (number, sheet) in sheets.enumerated() {
            let answers = try [UInt64(number), UInt64(number) + 7_919].map { seed in
                let options = CommentOptions(kind: style.task, style: style, seed: seed)
                return try #require(writer.write(about: sheet, options: options, events: { _ in }).answers.first).lines
            }
            for answer in answers {
                #expect(answer.count == (style.task == .roast ? 3 : 1), "\(sheet.facts.map(\.text))")
                #expect(Set(answer.map(\.text)).count == answer.count, "no line twice in an answer")
                for line in answer {
                    #expect(!line.facts.isEmpty && line.facts.allSatisfy(sheet.holds), "\(line)")
                }
                texts += answer.map(\.text)
            }
            lines += answers[0].count
            shared += Set(answers[0].map(\.text)).intersection(answers[1].map(\.text)).count
        }
        let share = Double(shared) / Double(lines)
        #expect(share <= 0.05, "\(shared) of \(lines) lines shared by two answers to the same sheet")
        let percent = (share * 1000).rounded() / 10
        let variety = "\(percent) % shared by two seeds, distinct-2 \(distinct2(texts))"
        print("\(style.rawValue): \(lines) lines a seed, \(variety)")
    }

    /// Different pairs of neighbouring words over all of them.
    private func distinct2(_ texts: [String]) -> Double {
        let pairs = texts.flatMap { text in
            let words = text.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "'" }
            return zip(words, words.dropFirst()).map { "\($0) \($1)" }
        }
        return (Double(Set(pairs).count) / Double(max(1, pairs.count)) * 1000).rounded() / 1000
    }
}
