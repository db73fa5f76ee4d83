import Commentary
import Engine
import TestSupport
import Testing
import Vision

/// The whole way with the real models and photos.
@Suite(.enabled(if: Shared.isAvailable, Comment(rawValue: Shared.reason)))
struct RealPhotoTests {
    private static func engine(threads: Int? = nil) throws -> Engine {
        try Engine(
            configuration: EngineConfiguration(
                weights: Repository.file("Weights"), models: [Shared.file("models")], threads: threads))
    }

    @Test func everyPhotoGetsTrueLines() async throws {
        let engine = try Self.engine()
        let folders = ["portrait", "group", "noface", "lowlight", "fullbody"]
        let photos = folders.flatMap { Shared.files(in: "photos/" + $0, suffixes: [".jpg", ".png"]) }
        #expect(photos.count >= 20)
        for path in photos {
            let result = try await engine.comment(
                on: fileBytes(path), options: CommentOptions(kind: .roast, seed: 1), events: { _ in })
            let facts = Set(result.analysis.facts.map(\.id))
            #expect(result.analysis.analysis.failed.isEmpty, "\(path)")
            #expect(result.answers[0].lines.count == 3, "\(path)")
            for line in result.answers[0].lines {
                #expect(!line.facts.isEmpty && line.facts.allSatisfy { facts.contains($0.id) }, "\(path): \(line)")
            }
        }
    }

    @Test func theNumberOfThreadsChangesNothing() async throws {
        let photo = try fileBytes(Shared.file("photos/group/group-1.jpg"))
        var results: [CommentResult] = []
        for threads in [1, 2, 4] {
            let options = CommentOptions(kind: .roast, maxLines: 4, seed: 42)
            let engine = try Self.engine(threads: threads)
            results.append(try await engine.comment(on: photo, options: options, events: { _ in }))
        }
        for other in results.dropFirst() {
            #expect(other.answers == results[0].answers)
            #expect(other.analysis.facts == results[0].analysis.facts)
            #expect(other.analysis.analysis.faces == results[0].analysis.analysis.faces)
            #expect(other.analysis.analysis.bodies == results[0].analysis.analysis.bodies)
            #expect(other.analysis.analysis.objects == results[0].analysis.analysis.objects)
            #expect(other.analysis.analysis.measures == results[0].analysis.analysis.measures)
        }
    }
}
