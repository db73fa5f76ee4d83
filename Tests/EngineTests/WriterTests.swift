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
            let answers = try (0..<3 as Range<UInt64>).map { round in
                let options = CommentOptions(kind: style.task, style: style, seed: UInt64(number) + 7_919 * round)
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
            // Each answer against the next, the last against the first: every pair once.
            for (index, answer) in answers.enumerated() {
                let other = Set(answers[(index + 1) % answers.count].map(\.text))
                lines += answer.count
                shared += answer.count { other.contains($0.text) }
            }
        }
        let share = Double(shared) / Double(lines)
        #expect(share <= 0.05, "\(shared) of \(lines) lines shared by two answers to the same sheet")
        let percent = (share * 1000).rounded() / 10
        let variety = "\(percent) % shared by two seeds, distinct-2 \(distinct2(texts))"
        print("\(style.rawValue): \(lines) lines, all true, \(variety)")
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
