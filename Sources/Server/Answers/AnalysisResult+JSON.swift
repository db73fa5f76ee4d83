import Commentary
import Engine
import Vision

extension AnalysisResult {
    /// The photo and everything seen in it, without an id.
    ///
    /// - Parameters:
    ///   - models: those of the engine, for their digests.
    ///   - optIn: tasks that were asked for and that nothing serves.
    func json(models: [ModelDescription], optIn: [String]) -> JSON {
        let skipped: [JSON] =
            analysis.skipped.map { ["task": .string($0.task.rawValue), "reason": .string($0.reason.rawValue)] }
            + optIn.map { ["task": .string($0), "reason": "not_available"] }
        let failed: [JSON] = analysis.failed.map {
            ["task": .string($0.task.rawValue), "message": .string($0.message)]
        }
        return [
            "image": photo.json,
            "faces": .array(analysis.faces.enumerated().map { $1.json(index: $0) }),
            "bodies": .array(analysis.bodies.enumerated().map { $1.json(index: $0) }),
            "objects": .array(analysis.objects.map(\.json)),
            "scene": .optional(analysis.scene, \.json),
            "quality": analysis.measures.quality.json,
            "lighting": analysis.measures.lighting.json,
            "colour": analysis.measures.colour.json,
            "scenery": analysis.measures.scenery.json,
            "composition": analysis.measures.composition.json,
            "background": analysis.measures.background.json,
            "captured": .optional(analysis.captured) { .string($0) },
            "models": .array(analysis.models.map { $0.json(models: models) }),
            "skipped": .array(skipped),
            "failed": .array(failed),
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
        let looking: JSON = [
            "queue_ms": .decimal(queue, places: 1), "decode_ms": .decimal(decode, places: 1),
            "vision_ms": .decimal(vision, places: 1), "total_ms": .decimal(total, places: 1),
        ]
        guard writing else { return looking }
        return looking.with(["ttft_ms": .decimal(firstToken, places: 1), "llm_ms": .decimal(language, places: 1)])
    }
}
