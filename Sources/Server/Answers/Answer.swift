import Commentary
package import Engine

/// The documents that answer requests: of the server, and of the command line's `--json`.
package enum Answer {
    /// A roast or a caption.
    ///
    /// - Parameters:
    ///   - id: nil where nobody can ask for it again, as on the command line.
    ///   - models: those of the engine, for the digests of the ones that looked.
    ///   - optIn: tasks that were asked for and that nothing serves.
    ///   - retainedUntil: when the answer will be forgotten, in RFC 3339; nil where it is not kept.
    package static func comment(
        _ result: CommentResult, id: String?, models: [ModelDescription], optIn: [String] = [],
        retainedUntil: String? = nil
    ) -> JSON {
        var answer: JSON = [
            "object": .string(result.kind.rawValue),
            "style": .string(result.style.rawValue),
            "lines": lines(result.answers.first),
            "facts": result.analysis.factsJSON,
            "safety": ["action": "none", "reasons": []],
            "model": .optional(result.model, model),
            "seed": .optional(result.answers.first) { .seed($0.seed) },
            "usage": [
                "prompt_tokens": .integer(result.promptTokens),
                "completion_tokens": .integer(result.generatedTokens),
                "total_tokens": .integer(result.promptTokens + result.generatedTokens),
            ],
            "timings": result.timings.json(writing: true),
            "retained_until": .optional(retainedUntil) { .string($0) },
            "analysis": result.analysis.json(models: models, optIn: optIn),
        ]
        if let id { answer = answer.with(["id": .string(id)]) }
        if result.answers.count > 1 {
            let others = result.answers.dropFirst().map { ["seed": .seed($0.seed), "lines": lines($0)] as JSON }
            answer = answer.with(["alternatives": .array(others)])
        }
        return answer
    }

    /// What was seen in a photo.
    package static func analysis(
        _ result: AnalysisResult, id: String?, models: [ModelDescription], optIn: [String] = [],
        retainedUntil: String? = nil
    ) -> JSON {
        let answer = result.json(models: models, optIn: optIn).with([
            "object": "analysis",
            "facts": result.factsJSON,
            "timings": result.timings.json(writing: false),
            "retained_until": .optional(retainedUntil) { .string($0) },
        ])
        return id.map { answer.with(["id": .string($0)]) } ?? answer
    }

    /// One line with the ids of the facts it cites.
    static func line(_ line: CommentLine) -> JSON {
        ["text": .string(line.text), "facts": .array(line.facts.map { .string($0.id) })]
    }

    private static func lines(_ answer: CommentResult.Answer?) -> JSON { .array((answer?.lines ?? []).map(line)) }

    private static func model(_ model: ModelDescription) -> JSON {
        ["id": .string(model.id), "digest": .string(model.digest), "quant": .string(model.quantization)]
    }
}
