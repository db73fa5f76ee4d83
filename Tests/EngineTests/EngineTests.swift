import Commentary
import Engine
import Synchronization
import TestSupport
import Testing
import Vision

private let embedded = EngineConfiguration(weights: Repository.file("Weights"))

@Suite struct EngineTests {
    @Test func aPhotoGetsLinesThatCiteItsFacts() async throws {
        let engine = try Engine(configuration: embedded)
        let result = try await engine.comment(
            on: SyntheticPhoto.gradient(), options: CommentOptions(kind: .roast, seed: 7), events: { _ in })
        let lines = try #require(result.answers.first).lines
        #expect((1...3).contains(lines.count))
        let facts = Set(result.analysis.facts.map(\.id))
        for line in lines {
            #expect(!line.text.isEmpty)
            #expect(!line.facts.isEmpty)
            #expect(line.facts.allSatisfy { facts.contains($0.id) })
        }
        #expect(Set(lines.map(\.text)).count == lines.count, "no line twice in an answer")
        #expect(result.model?.origin == .embedded)
        #expect(result.generatedTokens > 0)
    }

    @Test func withoutOtherModelsTheEmbeddedOnesLookAndTheRestIsNamed() async throws {
        let engine = try Engine(configuration: embedded)
        let seen = try await engine.analyze(SyntheticPhoto.gradient(), options: AnalysisOptions(), events: { _ in })
        #expect(seen.analysis.models.map(\.id) == ["heckle_faces", "heckle_people", "heckle_scene"])
        #expect(seen.analysis.faces.isEmpty && seen.analysis.scene?.scores.count == 110)
        let skipped = Dictionary(uniqueKeysWithValues: seen.analysis.skipped.map { ($0.task, $0.reason) })
        #expect(
            skipped == [
                .objects: .noModel, .headPose: .noModel, .bodyPose: .nothingToDo, .expression: .nothingToDo,
                .faceAttributes: .nothingToDo,
            ])
        #expect(seen.facts.contains { $0.key == .lighting })
        #expect(seen.analysis.bodies.isEmpty && seen.analysis.measures.composition.people?.atMost == 0)
        let status = await engine.status()
        let embedded = status.models.filter { $0.origin == .embedded && $0.task != "language" }
        #expect(
            embedded.map(\.id) == [
                "heckle_faces", "heckle_people", "heckle_expression", "heckle_attributes", "heckle_body",
                "heckle_scene",
            ])
        #expect(embedded.allSatisfy { $0.accuracy != nil && $0.byteCount > 0 })
    }

    @Test(arguments: CommentStyle.allCases)
    func everyStyleWrites(_ style: CommentStyle) async throws {
        let engine = try Engine(configuration: embedded)
        let result = try await engine.comment(
            on: SyntheticPhoto.gradient(), options: CommentOptions(kind: style.task, style: style, seed: 3),
            events: { _ in })
        let lines = try #require(result.answers.first).lines
        #expect(!lines.isEmpty)
        if !style.usesLines { #expect(lines.count == 1) }
    }

    @Test func theSameSeedGivesTheSameAnswerAtAnyNumberOfThreads() async throws {
        let photo = try SyntheticPhoto.gradient()
        var answers: [[CommentResult.Answer]] = []
        var facts: [[Fact]] = []
        for threads in [1, 2, 4] {
            var configuration = embedded
            configuration.threads = threads
            let engine = try Engine(configuration: configuration)
            let options = CommentOptions(kind: .roast, maxLines: 5, alternatives: 2, seed: 11)
            let result = try await engine.comment(on: photo, options: options, events: { _ in })
            answers.append(result.answers)
            facts.append(result.analysis.facts)
        }
        #expect(answers[0] == answers[1] && answers[1] == answers[2])
        #expect(facts[0] == facts[1] && facts[1] == facts[2])
        #expect(answers[0].map(\.seed) == [11, 12])
    }

    @Test func whatToAvoidIsAvoided() async throws {
        let engine = try Engine(configuration: embedded)
        let photo = try SyntheticPhoto.gradient()
        for seed in 0..<5 as Range<UInt64> {
            let options = CommentOptions(kind: .roast, maxLines: 5, seed: seed, avoid: ["lighting"])
            let result = try await engine.comment(on: photo, options: options, events: { _ in })
            #expect(!result.answers[0].lines.flatMap(\.facts).contains { $0.key == .lighting })
        }
    }

    @Test func eventsTellTheWholeStory() async throws {
        let engine = try Engine(configuration: embedded)
        let log = Mutex<[EngineEvent]>([])
        let result = try await engine.comment(
            on: SyntheticPhoto.gradient(), options: CommentOptions(kind: .roast, seed: 5)
        ) { event in log.withLock { $0.append(event) } }
        let events = log.withLock { $0 }
        #expect(events.first == .queued(position: 0))
        #expect(events.dropFirst().first == .started)
        var texts: [Int: String] = [:]
        var complete: [String] = []
        for event in events {
            switch event {
            case .text(_, let line, let delta): texts[line, default: ""] += delta
            case .line(_, _, let line): complete.append(line.text)
            default: break
            }
        }
        #expect(complete == result.answers[0].lines.map(\.text))
        #expect(complete == texts.sorted { $0.key < $1.key }.map(\.value), "deltas add up to the lines")
    }

    @Test func valuesOutOfRangeAreRefusedByName() async throws {
        let engine = try Engine(configuration: embedded)
        let photo = try SyntheticPhoto.gradient()
        let wrong: [(CommentOptions, String)] = [
            (CommentOptions(kind: .roast, maxLines: 0), "max_lines"),
            (CommentOptions(kind: .roast, maxLines: 6), "max_lines"),
            (CommentOptions(kind: .roast, alternatives: 4), "n"),
            (CommentOptions(kind: .roast, style: .plain), "style"),
            (CommentOptions(kind: .caption, style: .dry), "style"),
        ]
        for (options, name) in wrong {
            let error = await #expect(throws: EngineError.self) {
                try await engine.comment(on: photo, options: options, events: { _ in })
            }
            guard case .invalidOption(name, _) = error else {
                Issue.record("\(name): \(String(describing: error))")
                continue
            }
        }
        let error = await #expect(throws: EngineError.self) {
            try await engine.analyze(photo, options: AnalysisOptions(tasks: ["weather"]), events: { _ in })
        }
        if case .invalidOption("tasks", _) = error { return }
        Issue.record("\(String(describing: error))")
    }

    @Test(arguments: [[], [0xFF], Array("<html>".utf8), [0xFF, 0xD8, 0xFF, 0xE0]] as [[UInt8]])
    func whatIsNoPhotoIsRefused(_ bytes: [UInt8]) async throws {
        let engine = try Engine(configuration: embedded)
        let error = await #expect(throws: EngineError.self) {
            try await engine.analyze(bytes, options: AnalysisOptions(), events: { _ in })
        }
        if case .photo = error { return }
        Issue.record("\(String(describing: error))")
    }

    @Test func aCancelledRequestEnds() async throws {
        let engine = try Engine(configuration: embedded)
        let photo = try SyntheticPhoto.gradient()
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await engine.comment(on: photo, options: CommentOptions(kind: .roast), events: { _ in })
        }
        task.cancel()
        let result = await task.result
        #expect(throws: EngineError.self) { try result.get() }
    }

    @Test func tooManyRequestsAreRefused() async throws {
        var configuration = embedded
        configuration.maxQueue = 1
        let engine = try Engine(configuration: configuration)
        let photo = try SyntheticPhoto.gradient(width: 1200, height: 900)
        let refused = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    do throws(EngineError) {
                        _ = try await engine.analyze(photo, options: AnalysisOptions(), events: { _ in })
                        return false
                    } catch {
                        if case .queueFull(limit: 1) = error { return true }
                        return false
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(refused > 0)
        // Those refused left no trace: the engine still serves.
        _ = try await engine.analyze(photo, options: AnalysisOptions(), events: { _ in })
    }

    @Test func aFolderThatIsNoneIsNamed() throws {
        var configuration = embedded
        configuration.models = ["/nonexistent/models"]
        let missing = #expect(throws: EngineError.self) { try Engine(configuration: configuration) }
        #expect(missing.map { "\($0)" }?.contains("/nonexistent/models") == true)
        let noWeights = #expect(throws: EngineError.self) {
            try Engine(configuration: EngineConfiguration(weights: "/nonexistent"))
        }
        #expect(noWeights.map { "\($0)" }?.contains("/nonexistent") == true)
    }

    @Test func aModelThatIsNotTheCataloguesIsRefused() throws {
        let catalogue = try Catalogue(path: Repository.file("Weights/catalogue.json"))
        let entry = try #require(catalogue.models.first)
        let scratch = try Scratch()
        try scratch.write([UInt8](repeating: 0, count: entry.bytes), to: entry.file)
        let error = #expect(throws: EngineError.self) { try catalogue.find(in: [scratch.path]) }
        #expect(error.map { "\($0)" }?.contains("SHA-256") == true)
    }
}
