import Commentary
package import Engine
import Vision

extension AnalysisResult {
    /// The photo and everything seen in it, without an id.
    ///
    /// - Parameters:
    ///   - models: those of the engine, for their digests.
    ///   - optIn: tasks that were asked for and that nothing serves.
    package func members(models: [ModelDescription], optIn: [String] = []) -> [JSON.Member] {
        let skipped: [JSON] =
            analysis.skipped.map { ["task": .string($0.task.rawValue), "reason": .string($0.reason.rawValue)] }
            + optIn.map { ["task": .string($0), "reason": "not_available"] }
        return [
            .init("image", photo.json),
            .init("faces", .array(analysis.faces.enumerated().map { $1.json(index: $0) })),
            .init("bodies", .array(analysis.bodies.enumerated().map { $1.json(index: $0) })),
            .init("objects", .array(analysis.objects.map(\.json))),
        ] + analysis.measures.members + [
            .init("captured", .optional(analysis.captured) { .string($0) }),
            .init("models", .array(analysis.models.map { $0.json(models: models) })),
            .init("skipped", .array(skipped)),
            .init(
                "failed",
                .array(analysis.failed.map { ["task": .string($0.task.rawValue), "message": .string($0.message)] })),
        ]
    }

    /// The facts as answers list them.
    package var factsJSON: JSON { .array(facts.map(\.json)) }
}

extension Fact {
    var json: JSON {
        [
            "id": .string(id), "key": .string(key.rawValue), "value": .string(value),
            "confidence": .decimal(confidence, places: 3), "source": .string(source),
        ]
    }
}

extension PhotoDescription {
    var json: JSON {
        [
            "width": .integer(width), "height": .integer(height), "format": .string(format),
            "orientation_applied": .integer(orientation), "sha256": .string(sha256),
        ]
    }
}

extension ModelRun {
    func json(models: [ModelDescription]) -> JSON {
        [
            "task": .string(task.rawValue), "id": .string(id),
            "digest": .optional(models.first { $0.id == id }) { .string($0.digest) },
            "ms": .decimal(milliseconds, places: 1),
        ]
    }
}

extension Timings {
    /// Milliseconds, under the names of the answers. What writing takes is left out where nothing was written.
    func json(writing: Bool) -> JSON {
        let writingMembers: [(String, Double)] = writing ? [("ttft_ms", firstToken), ("llm_ms", language)] : []
        let members =
            [("queue_ms", queue), ("decode_ms", decode), ("vision_ms", vision)] + writingMembers
            + [("total_ms", total)]
        return .object(members.map { .init($0, .decimal($1, places: 1)) })
    }
}
